// Sets and removes members in the text of a JSON file, with or without comments and trailing commas, and touches nothing else. A text that
// is not understood to its end MUST be refused.

import { fail, type Result, succeed } from '@valetkey/core';
import { t } from '../messages/messages.ts';
import { type Edited, type Format, replaceAt, type Setting, type TextEdit } from './text-edit.ts';

interface Node {
  readonly start: number;
  readonly end: number;
  /** Null for what is no object. */
  readonly members: readonly Member[] | null;
}

interface Member {
  readonly key: string;
  readonly start: number;
  readonly value: Node;
}

const SPACE = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const STRING = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;

/** The root; throws a `SyntaxError` whose message is the line where the text is no JSON. */
function parse(text: string): Node {
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    at += found?.length ?? 0;
    return found;
  };
  const skip = () => void take(SPACE);
  const expect = (pattern: RegExp): string => {
    const found = take(pattern);
    if (found === null) throw new SyntaxError(String(text.slice(0, at).split('\n').length));
    return found;
  };
  const items = (close: RegExp, item: () => void): void => {
    for (skip(); take(close) === null; ) {
      item();
      skip();
      if (take(/,/y) !== null) skip();
      else {
        expect(close);
        return;
      }
    }
  };
  const value = (): Node => {
    const start = at;
    if (take(/\[/y) !== null) items(/\]/y, value);
    else if (take(/\{/y) !== null) {
      const members: Member[] = [];
      items(/\}/y, () => {
        const from = at;
        const key: string = JSON.parse(expect(STRING));
        skip();
        expect(/:/y);
        skip();
        members.push({ key, start: from, value: value() });
      });
      return { start, end: at, members };
    } else if (take(STRING) === null) expect(SCALAR);
    return { start, end: at, members: null };
  };
  skip();
  const root = value();
  skip();
  expect(/$/y);
  return root;
}

/** The members along the path as far as they are there, and the object in which the next would be. */
function walk(root: Node, path: readonly string[]): Result<{ found: Member[]; inside: Node }, string> {
  const found: Member[] = [];
  let inside = root;
  for (const key of path) {
    if (inside.members === null) return fail(t.toolFiles.notObject(found.at(-1)?.key));
    const [member, twice] = inside.members.filter((each) => each.key === key);
    if (twice) return fail(t.toolFiles.keyTwice(key));
    if (!member) break;
    found.push(member);
    if (found.length < path.length) inside = member.value;
  }
  return inside.members === null
    ? fail(t.toolFiles.notObject(found.at(-1)?.key))
    : succeed({ found, inside });
}

const understood = (text: string): Result<Node, string> => {
  try {
    return succeed(parse(text));
  } catch (error) {
    return fail(t.toolFiles.notJson(error instanceof SyntaxError ? error.message : null));
  }
};

/** White space at the beginning of the line. */
const indentAt = (text: string, at: number): string =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', at - 1) + 1, at))![0];

/** `value` under what is left of the path. */
const wrapped = (path: readonly string[], value: unknown): unknown =>
  path.reduceRight((inner, key) => ({ [key]: inner }), value);

/** A new member goes right after the brace, because nothing that is there has to be touched then. */
function insertion(text: string, { start, members }: Node, unit: string, key: string, value: unknown) {
  const [first] = members!;
  const open = start + 1;
  const isOnLines = !first || text.slice(open, first.start).includes('\n');
  if (!isOnLines) {
    const oneLine = JSON.stringify(value, null, 1).replace(/\n */g, ' ');
    return { at: first.start, inserted: `${JSON.stringify(key)}: ${oneLine}, ` };
  }
  const outer = indentAt(text, start);
  const indent = first ? indentAt(text, first.start) : outer + unit;
  const lines = JSON.stringify(value, null, unit).replaceAll('\n', `\n${indent}`);
  const member = `\n${indent}${JSON.stringify(key)}: ${lines}`;
  return { at: open, inserted: first ? `${member},` : `${member}\n${outer}` };
}

function setMember(edited: Edited, setting: Setting): Result<Edited, string> {
  const { text } = edited;
  const [path, value] = setting;
  if (text.trim() === '') {
    const whole = `${JSON.stringify(wrapped(path, value), null, 2)}\n`;
    return succeed(replaceAt(edited, 0, { removed: '', inserted: whole, member: { setting, known: 0 } }));
  }
  const root = understood(text);
  if (!root.ok) return root;
  const place = walk(root.value, path);
  if (!place.ok) return place;
  const { found, inside } = place.value;
  const known = found.length;
  if (known < path.length) {
    const first = root.value.members![0];
    const unit = (first && indentAt(text, first.start)) || '  ';
    const { at, inserted } = insertion(
      text,
      inside,
      unit,
      path[known]!,
      wrapped(path.slice(known + 1), value),
    );
    return succeed(replaceAt(edited, at, { removed: '', inserted, member: { setting, known } }));
  }
  const member = found.at(-1)!;
  const before = text.slice(member.start, member.value.end);
  if (text.slice(member.value.start, member.value.end) === JSON.stringify(value)) return succeed(edited);
  const inserted = `${JSON.stringify(member.key)}: ${JSON.stringify(value)}`;
  return succeed(replaceAt(edited, member.start, { removed: before, inserted, member: { setting, known } }));
}

/** Sets members; a file that is empty or not there yet becomes an object of them. New ones come to the top, in their order. */
export const jsonc: Format = (text, settings) =>
  settings.reduceRight<Result<Edited, string>>(
    (edited, setting) => (edited.ok ? setMember(edited.value, setting) : edited),
    succeed({ text, edits: [] }),
  );

/** Which of these paths the text has; fails with what is wrong with the text. */
export function membersOf(text: string, paths: readonly (readonly string[])[]): Result<string[], string> {
  if (text.trim() === '') return succeed([]);
  const root = understood(text);
  if (!root.ok) return root;
  const there = paths.filter((path) => {
    const place = walk(root.value, path);
    return place.ok && place.value.found.length === path.length;
  });
  return succeed(there.map((path) => path.join('.')));
}

/**
 * Takes a member back that was written around since, so that what came in is not found as one piece: it is taken out (what was there before
 * is put back) if it still has the value that it was given. Null if it has not.
 */
export function undoMember(text: string, { removed, member }: TextEdit): string | null {
  const root = understood(text);
  if (!root.ok || !member) return null;
  const {
    setting: [path, set],
    known,
  } = member;
  const place = walk(root.value, path);
  const last = place.ok && place.value.found.length === path.length ? place.value.found.at(-1)! : null;
  if (last === null) return null;
  if (text.slice(last.value.start, last.value.end) !== JSON.stringify(set)) return null;
  if (known === path.length) return text.slice(0, last.start) + removed + text.slice(last.value.end);
  const rest = removeMember(text, place.ok ? place.value.inside : root.value, last);
  // Objects that came in around it go, too, once there is nothing in them.
  return emptyGone(rest, path.slice(0, -1), known);
}

function removeMember(text: string, { members }: Node, member: Member): string {
  const before = members![members!.indexOf(member) - 1];
  const gap = text.slice(0, member.start);
  const from = gap.trimEnd().length;
  const after = /^\s*,/.exec(text.slice(member.value.end))?.[0];
  if (after !== undefined || !before)
    return text.slice(0, from) + text.slice(member.value.end + (after?.length ?? 0));
  const comma = text.indexOf(',', before.value.end);
  return text.slice(0, comma) + text.slice(comma + 1, from) + text.slice(member.value.end);
}

function emptyGone(text: string, path: readonly string[], known: number): string {
  const root = understood(text);
  const place = root.ok && path.length > known ? walk(root.value, path) : null;
  const last = place?.ok && place.value.found.length === path.length ? place.value.found.at(-1)! : null;
  if (!place?.ok || last === null || !/^\{\s*\}$/.test(text.slice(last.value.start, last.value.end)))
    return text;
  return emptyGone(removeMember(text, place.value.inside, last), path.slice(0, -1), known);
}
