// Sets root keys and adds tables in the text of a TOML file, and touches nothing else. A text that is not understood to its end MUST be
// refused, and so is a table that is there already: what somebody wrote in it is theirs.

import { fail, type Result, succeed } from '@valetkey/core';
import { t } from '../messages/messages.ts';
import { type Edited, type Format, replaceAt, type Setting } from './text-edit.ts';

interface Statement {
  readonly kind: 'pair' | 'table' | 'array';
  /** From the root: names joined by dots, without quotes that they do not need. */
  readonly name: string;
  /** Whether it stands before the first table. */
  readonly isRoot: boolean;
  readonly start: number;
  readonly end: number;
}

const SPACE = /(?:[ \t\r\n]|#[^\n]*)*/y;
const WORD = String.raw`(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')`;
const NAME = String.raw`${WORD}(?:[ \t]*\.[ \t]*${WORD})*`;
const TABLE = new RegExp(String.raw`\[\[?[ \t]*(${NAME})[ \t]*\]\]?(?=[ \t]*(?:#[^\n]*)?(?:\r?\n|$))`, 'y');
const PAIR = new RegExp(String.raw`(${NAME})[ \t]*=`, 'y');
const PIECE =
  /"""(?:\\[\s\S]|(?!""")[^\\])*"{3,5}|'''(?:(?!''')[\s\S])*'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[[\]{}]|[^\s"'#[\]{}]+|[ \t]+|\r?\n/y;

const match = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

/** Where the value that begins at `from` ends, without what stands behind it on its line; null where none is understood. */
function endOfValue(text: string, from: number): number | null {
  let end: number | null = null;
  let depth = 0;
  for (let at = from; at < text.length; ) {
    const piece = match(PIECE, text, at)?.[0];
    if (piece === undefined) return null;
    if (depth === 0 && piece.endsWith('\n') && piece.trim() === '') break;
    at += piece.length;
    if (piece === '[' || piece === '{') depth += 1;
    if (piece === ']' || piece === '}') depth -= 1;
    if (depth < 0) return null;
    if (piece.trim() !== '' && !piece.startsWith('#')) end = at;
  }
  return depth === 0 ? end : null;
}

function statementsOf(text: string): Result<Statement[], string> {
  const statements: Statement[] = [];
  let within: string | null = null;
  for (let at = 0; ; ) {
    at += match(SPACE, text, at)![0].length;
    if (at >= text.length) return succeed(statements);
    const table = match(TABLE, text, at);
    const head = table ?? match(PAIR, text, at);
    const end = head && (table ? at + table[0].length : endOfValue(text, at + head[0].length));
    if (!head || end === null) return fail(t.toolFiles.notToml(text.slice(0, at).split('\n').length));
    const own = head[1]!.replace(/(["'])([\w-]+)\1/g, '$2').replace(/[ \t]*\.[ \t]*/g, '.');
    const kind = !table ? 'pair' : text.startsWith('[[', at) ? 'array' : 'table';
    const name: string = table || within === null ? own : `${within}.${own}`;
    if (table) within = own;
    statements.push({ kind, name, isRoot: within === null, start: at, end });
    at = end;
  }
}

const isWithin = (name: string, other: string): boolean => name === other || name.startsWith(`${other}.`);

const isThere = ({ name }: Statement) => fail(t.toolFiles.has(name));

const pair = (key: string, value: unknown): string =>
  // TOML's basic strings and arrays of them are written as those of JSON.
  `${key} = ${JSON.stringify(value)}`;

/** Everything before the first table belongs to the root, so a new key goes to the top. */
function setRoot(edited: Edited, key: string, value: unknown): Result<Edited, string> {
  const { text } = edited;
  const statements = statementsOf(text);
  if (!statements.ok) return statements;
  const there = statements.value.find(({ name, kind, isRoot }) => name === key && kind === 'pair' && isRoot);
  const line = pair(key, value);
  const inTheWay = statements.value.find(({ name }) => isWithin(name, key));
  if (!there && inTheWay) return isThere(inTheWay);
  if (!there) return succeed(replaceAt(edited, 0, { removed: '', inserted: `${line}\n` }));
  const removed = text.slice(there.start, there.end);
  return succeed(removed === line ? edited : replaceAt(edited, there.start, { removed, inserted: line }));
}

function addTable(edited: Edited, name: string, settings: readonly Setting[]): Result<Edited, string> {
  const { text } = edited;
  const statements = statementsOf(text);
  if (!statements.ok) return statements;
  const [top = ''] = name.split('.');
  const inTheWay = statements.value.find(
    (each) =>
      isWithin(each.name, name) ||
      (each.kind !== 'table' && isWithin(name, each.name)) ||
      // Tables below what dotted keys of the root have made are not understood alike everywhere.
      (each.isRoot && isWithin(each.name, top)),
  );
  if (inTheWay) return isThere(inTheWay);
  const lines = [`[${name}]`, ...settings.map(([path, value]) => pair(path.at(-1)!, value))];
  const gap = text === '' ? '' : text.endsWith('\n') ? '\n' : '\n\n';
  return succeed(replaceAt(edited, text.length, { removed: '', inserted: `${gap}${lines.join('\n')}\n` }));
}

/** A path of one name is a root key; the names of a longer one before its last are a table, which must be new. */
export const toml: Format = (text, settings) => {
  let edited: Result<Edited, string> = succeed({ text, edits: [] });
  const tables = Map.groupBy(settings, ([path]) => path.slice(0, -1).join('.'));
  for (const [table, inside] of tables) {
    for (const [path, value] of table === '' ? inside.toReversed() : []) {
      if (edited.ok) edited = setRoot(edited.value, path[0]!, value);
    }
    if (edited.ok && table !== '') edited = addTable(edited.value, table, inside);
  }
  return edited;
};
