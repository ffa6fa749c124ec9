// Replaces files as a whole: a reader sees the old text or the new one, never a part, and a file that could not be written is as it was.

import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type Result, succeed } from '@valetkey/core';
import { type Failure, failWith } from './failure.ts';
import { t } from './messages/messages.ts';

/** A file that somebody else may have written. */
export interface FoundFile {
  readonly text: string;
  /** Its permissions. */
  readonly mode: number;
}

/** The file, null if there is none; fails where it cannot be read as UTF-8. */
export function findFile(path: string): Result<FoundFile | null, Failure> {
  try {
    if (!lstatSync(path, { throwIfNoEntry: false })) return succeed(null);
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return succeed({ text: decoder.decode(readFileSync(path)), mode: statSync(path).mode & 0o7777 });
  } catch (error) {
    return failWith(t.files.cannotReadToChange(path, codeOf(error)));
  }
}

/**
 * Writes `text` to `path` with exactly these permissions, in a folder that is made with those of `folderMode` if it is not there. A link is
 * followed, so that it stays one.
 */
export function writeWhole(
  path: string,
  text: string,
  mode: number,
  folderMode = 0o755,
): Result<void, Failure> {
  let draft = '';
  try {
    mkdirSync(dirname(path), { recursive: true, mode: folderMode });
    const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    const target = isThere ? realpathSync(path) : path;
    draft = `${target}.${process.pid}.tmp`;
    rmSync(draft, { force: true });
    writeFileSync(draft, text, { mode: mode & 0o600, flag: 'wx' });
    // The mode above is subject to the umask, which can only take away; an odd umask MUST NOT lock the owner out.
    chmodSync(draft, mode);
    renameSync(draft, target);
    return succeed(undefined);
  } catch (error) {
    if (draft !== '') rmSync(draft, { force: true });
    return failWith(t.files.cannotWrite(path, codeOf(error), dirname(path)));
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? t.files.notUtf8;
