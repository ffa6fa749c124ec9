// Changes of a text as pieces that went out and came in, so that the rest of a file stays as somebody wrote it and a change can be taken back
// also when other places of the file have changed since.

import { fail, type Result, succeed } from '@valetkey/core';

/** What is set in a file: where, in the words of its format, and to what. */
export type Setting = readonly [path: readonly string[], value: string | number | readonly string[]];

/** One change. */
export interface TextEdit {
  readonly removed: string;
  /** Never empty. */
  readonly inserted: string;
  /** Of a member of JSON: what was set, and how many names of its path were there before. */
  readonly member?: { readonly setting: Setting; readonly known: number };
}

/** A text with its changes. */
export interface Edited {
  readonly text: string;
  /** In the order in which they were made. */
  readonly edits: readonly TextEdit[];
}

/** Sets all of these in the text of a file; fails with what is wrong with the text. */
export type Format = (text: string, settings: readonly Setting[]) => Result<Edited, string>;

/** The text with the piece of `removed` at `at` replaced, in the line ends of the text. */
export function replaceAt({ text, edits }: Edited, at: number, edit: TextEdit): Edited {
  const ends = text.includes('\r\n') ? '\r\n' : '\n';
  const own = { ...edit, inserted: edit.inserted.replaceAll('\n', ends) };
  const changed = text.slice(0, at) + own.inserted + text.slice(at + own.removed.length);
  return { text: changed, edits: [...edits, own] };
}

/** The text before this edit; fails where what came in is not there (any more), or more than once. */
export function undoEdit(text: string, { removed, inserted }: TextEdit): Result<string, null> {
  const at = text.indexOf(inserted);
  if (at < 0 || text.includes(inserted, at + 1)) return fail(null);
  return succeed(text.slice(0, at) + removed + text.slice(at + inserted.length));
}
