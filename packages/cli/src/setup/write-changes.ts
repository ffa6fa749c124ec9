// Carries planned changes of files out: all of them, or none.

import { rmSync } from 'node:fs';
import { type Result, succeed } from '@valetkey/core';
import { type Failure, failWith } from '../failure.ts';
import { t } from '../messages/messages.ts';
import { type FoundFile, findFile, writeWhole } from '../write-whole.ts';
import type { FileChange } from './plan-changes.ts';

const isSame = (one: FoundFile | null, other: FoundFile | null): boolean =>
  one?.text === other?.text && one?.mode === other?.mode;

/** The paths that changed; where one cannot be written, those before it are put back. */
export function writeChanges(changes: readonly FileChange[]): Result<readonly string[], Failure> {
  const real = changes.filter(({ before, after }) => !isSame(before, after));
  const done: FileChange[] = [];
  for (const change of real) {
    const found = findFile(change.path);
    const isAsPlanned = found.ok && isSame(found.value, change.before);
    const written = isAsPlanned
      ? put(change.path, change.after)
      : failWith(t.toolFiles.changedMeanwhile(change.path));
    if (!written.ok) {
      for (const { path, before } of done.toReversed()) put(path, before);
      return written;
    }
    done.push(change);
  }
  return succeed(real.map(({ path }) => path));
}

function put(path: string, file: FoundFile | null): Result<void, Failure> {
  if (file) return writeWhole(path, file.text, file.mode);
  try {
    rmSync(path, { force: true });
    return succeed(undefined);
  } catch (error) {
    return failWith(t.toolFiles.cannotRemove(path, (error as NodeJS.ErrnoException).code));
  }
}
