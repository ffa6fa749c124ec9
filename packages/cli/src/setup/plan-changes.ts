// Works out how files change before any is touched: what an earlier setup wrote is taken out, what the next one needs comes in. Taking a setup
// back is the same with nothing to come in. It MUST fail rather than guess about a file that somebody changed.

import { createHash } from 'node:crypto';
import { type Result, succeed } from '@valetkey/core';
import { type Failure, failWith } from '../failure.ts';
import { t } from '../messages/messages.ts';
import { type FoundFile, findFile } from '../write-whole.ts';
import { undoMember } from './jsonc.ts';
import { type TextEdit, undoEdit } from './text-edit.ts';
import type { ToolFile } from './tools.ts';

/** What was done to a file, as it is remembered. */
export interface KeptFile {
  readonly path: string;
  /** Its permissions before; null where it was not there. */
  readonly mode: number | null;
  /** SHA-256 of its text before. */
  readonly before: string;
  readonly edits: readonly TextEdit[];
  readonly isSecret: boolean;
}

/** How a file will change. */
export interface FileChange {
  readonly path: string;
  readonly before: FoundFile | null;
  readonly after: FoundFile | null;
  /** What has to be remembered of it; null once nothing of ours is in it. */
  readonly kept: KeptFile | null;
  /** Whether a token is in it, before or after. */
  readonly isSecret: boolean;
}

/** The changes; files that stay as they are among them. */
export function planChanges(
  old: readonly KeptFile[],
  files: readonly ToolFile[],
): Result<readonly FileChange[], Failure> {
  const changes: FileChange[] = [];
  for (const path of new Set([...old, ...files].map((each) => each.path))) {
    const kept = old.find((each) => each.path === path);
    const change = planOne(
      path,
      kept,
      files.find((each) => each.path === path),
    );
    if (!change.ok) return change;
    changes.push(change.value);
  }
  return succeed(changes);
}

function planOne(
  path: string,
  old: KeptFile | undefined,
  file: ToolFile | undefined,
): Result<FileChange, Failure> {
  const found = findFile(path);
  if (!found.ok) return found;
  const before = found.value;
  const base = old ? takenBack(before, old) : found;
  if (!base.ok) return base;
  const isSecret = file?.isSecret === true || old?.isSecret === true;
  if (!file) return succeed({ path, before, after: base.value, kept: null, isSecret });
  const after = written(base.value, file);
  return after.ok ? succeed({ path, before, ...after.value, isSecret }) : after;
}

function written(
  base: FoundFile | null,
  { path, format, settings, rivals, isSecret = false }: ToolFile,
): Result<Pick<FileChange, 'after' | 'kept'>, Failure> {
  const refuse = (problem: string) => failWith(t.toolFiles.leftAlone(path, problem));
  const text = base?.text ?? '';
  const winning = rivals?.(text) ?? succeed([]);
  if (!winning.ok) return refuse(winning.error);
  if (winning.value.length > 0) return refuse(t.toolFiles.rivals(winning.value));
  const edited = format(text, settings);
  if (!edited.ok) return refuse(edited.error);
  const { edits } = edited.value;
  // What cannot be taken back is not done.
  if (undoAll(edited.value.text, edits)?.text !== text) return refuse(t.toolFiles.holdsAlready);
  const mode = (base?.mode ?? 0o600) & (isSecret ? 0o700 : 0o7777);
  const kept = { path, mode: base?.mode ?? null, before: hashOf(text), edits, isSecret };
  return succeed({ after: { text: edited.value.text, mode }, kept });
}

/** The file as it would be had it not been set up. */
function takenBack(
  found: FoundFile | null,
  { path, mode, before, edits, isSecret }: KeptFile,
): Result<FoundFile | null, Failure> {
  if (found === null) return succeed(null);
  const asBefore = (text: string) =>
    succeed(text.trim() === '' && mode === null ? null : { text, mode: mode ?? found.mode });
  if (hashOf(found.text) === before) return asBefore(found.text);
  const undone = undoAll(found.text, edits);
  if (undone) return asBefore(mode === null && undone.text.trim() === '{}' ? '' : undone.text);
  const lost = edits.filter((edit) => !undoEdit(found.text, edit).ok);
  const names = lost.map(({ inserted }) => shownLine(inserted.trim().replace(/\s+/g, ' '), isSecret));
  return failWith(t.toolFiles.changed(path, names.join(' / ')));
}

function undoAll(text: string, edits: readonly TextEdit[]): { readonly text: string } | null {
  let now = text;
  for (const edit of edits.toReversed()) {
    const undone = undoEdit(now, edit);
    const next = undone.ok ? undone.value : undoMember(now, edit);
    if (next === null) return null;
    now = next;
  }
  return { text: now };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The lines that go and come, for people; what may be a secret is not among them. */
export function changedLines({ before, after, isSecret }: FileChange): readonly string[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const without = (lines: readonly string[], others: readonly string[]) => {
    const left = [...others];
    return lines.filter((line) => {
      const at = left.indexOf(line);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
  };
  return [
    ...without(old, fresh).map((line) => `- ${shownLine(line, isSecret)}`),
    ...without(fresh, old).map((line) => `+ ${shownLine(line, isSecret)}`),
  ];
}

/** A line of a file with a token in it shows no value that may be one. */
const shownLine = (line: string, isSecret: boolean): string =>
  isSecret ? line.replace(/^([^=]*(?:KEY|TOKEN)[^=]*=|(?!.*=)).*$/, '$1…') : line;

const linesOf = (file: FoundFile | null): string[] =>
  file === null || file.text === '' ? [] : file.text.replace(/\r?\n$/, '').split(/\r?\n/);
