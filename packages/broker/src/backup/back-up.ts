// Copies the database of a data folder into one file, as it stands at one moment, whether or not a broker writes to it meanwhile.
// MUST NOT put the master key beside the copy, and MUST NOT replace a file.

import { closeSync, existsSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backup, type DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../store/sqlite/open-database.ts';

/** What a backup holds. */
export interface BackupReport {
  /** The newest journal entry in it and its hash: whoever keeps these knows later what a restored database must contain. */
  readonly lastEntry: {
    readonly id: number;
    readonly ownerId: string;
    readonly seq: number;
    readonly hash: string;
  } | null;
  readonly bytes: number;
  /** The file of the master key that opens it; null if the key is not kept in the data folder. */
  readonly masterKeyFile: string | null;
}

/** All pages in one step, and so in one read transaction: in several, each commit of the broker would begin the copy anew. */
const EVERY_PAGE = 2 ** 31 - 1;

const LAST = 'select id, owner_id, seq, hash from journal order by id desc limit 1';

/**
 * Writes the backup to `file`, mode 0600, and waits for the disk. Throws with a sentence for people, and leaves no file, if there is no
 * database, the file exists already or can not be written.
 */
export async function backUp(dataDir: string, file: string): Promise<BackupReport> {
  const path = join(dataDir, 'valetkey.sqlite');
  if (!existsSync(path)) throw new Error(`There is no database in ${dataDir}. Name another with --data-dir.`);
  reserve(file);
  const source = openDatabase(path, 'read');
  try {
    await backup(source, file, { rate: EVERY_PAGE });
    synchronize(dirname(file));
    return { ...describe(file), masterKeyFile: masterKeyFileIn(dataDir) };
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    source.close();
  }
}

/** Creates the empty file, so that it never has wider rights and never replaces another. */
function reserve(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Error(`${file} exists already. A backup never replaces a file: choose another name.`);
  }
}

/** Makes a new name in a folder durable. */
function synchronize(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

function describe(file: string): Omit<BackupReport, 'masterKeyFile'> {
  const copy: DatabaseSync = openDatabase(file, 'read');
  try {
    const last = copy.prepare(LAST).get();
    const size = copy
      .prepare('select page_count * page_size as bytes from pragma_page_count, pragma_page_size')
      .get();
    const bytes = Number(size?.bytes);
    if (!last) return { lastEntry: null, bytes };
    const { id, owner_id, seq, hash } = last;
    return {
      lastEntry: { id: Number(id), ownerId: String(owner_id), seq: Number(seq), hash: String(hash) },
      bytes,
    };
  } finally {
    copy.close();
    // Reading a copy in WAL mode can leave these beside it; there is nothing in them.
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
  }
}

function masterKeyFileIn(dataDir: string): string | null {
  const path = join(dataDir, 'master.key');
  return existsSync(path) ? path : null;
}
