// Makes a data folder of a backup, once all of it has been found whole: the file's structure, every chain of the journal, every balance.
// MUST NOT touch a folder that holds anything, and leaves none behind that did not pass.

import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { verifyFile } from '../ledger/embedded/verify-file.ts';
import type { LedgerReport } from '../ledger/verify/report.ts';
import { lockFolder } from '../store/sqlite/lock-folder.ts';

/**
 * Restores the backup in `file` to the folder `dataDir`, which is made if need be. What was found in it is returned; with faults among
 * it nothing was restored. Throws with a sentence for people if there is no such file, it is no database, or the folder is not empty.
 */
export function restore(file: string, dataDir: string): LedgerReport {
  if (!existsSync(file)) throw new Error(`There is no backup ${file}.`);
  const isNew = !existsSync(dataDir);
  if (!isNew && readdirSync(dataDir).length > 0) {
    throw new Error(
      `${dataDir} is not empty. A backup is never restored over anything: name an empty folder or a new one.`,
    );
  }
  const unlock = lockFolder(dataDir);
  let report: LedgerReport | null = null;
  try {
    report = restoreInto(dataDir, file);
    return report;
  } finally {
    unlock();
    if (report === null || report.faults.length > 0) clear(dataDir, isNew);
  }
}

/** Only what was verified gets the name that the broker looks for. */
function restoreInto(dataDir: string, file: string): LedgerReport {
  const unverified = join(dataDir, 'unverified');
  mkdirSync(unverified, { mode: 0o700 });
  const copy = join(unverified, 'valetkey.sqlite');
  copyFileSync(file, copy, constants.COPYFILE_EXCL);
  chmodSync(copy, 0o600);
  synchronize(copy);
  const report = verify(unverified, file);
  if (report.faults.length > 0) return report;
  renameSync(copy, join(dataDir, 'valetkey.sqlite'));
  rmSync(unverified, { recursive: true });
  synchronize(dataDir);
  return report;
}

function verify(dataDir: string, file: string): LedgerReport {
  try {
    return verifyFile(dataDir);
  } catch (error) {
    throw new Error(`${file} is not a whole backup: ${(error as Error).message}`);
  }
}

function synchronize(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

function clear(dataDir: string, isNew: boolean): void {
  if (isNew) rmSync(dataDir, { recursive: true, force: true });
  else for (const name of readdirSync(dataDir)) rmSync(join(dataDir, name), { recursive: true, force: true });
}
