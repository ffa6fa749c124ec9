// Makes sure that one process alone owns a data folder: two would each decide on their own balances. The lock is SQLite's lock on an
// empty database, held by the operating system, so that it ends with the process however that ends.

import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Creates the folder (mode 0700) if need be and locks it. Returns what unlocks it. Throws when another process has it. */
export function lockFolder(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'valetkey.lock');
  createPrivateFile(path);
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (!/locked/.test((error as Error).message)) throw error;
    throw new Error(
      `Another Valetkey process is using the data folder ${dataDir}. Stop it first, or set VALETKEY_DATA_DIR to another folder.`,
    );
  }
  return () => lock.close();
}

/**
 * Creates a file that only this user can read and write, or takes those rights from others, so that SQLite never creates it with wider
 * ones. MUST NOT open a file that exists: closing it would drop every lock that this process has on it (fcntl(2)).
 */
export function createPrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    chmodSync(path, 0o600);
  }
}
