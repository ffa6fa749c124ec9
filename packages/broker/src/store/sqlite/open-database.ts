// Opens one SQLite connection the way every connection of the store is opened.

import { DatabaseSync } from 'node:sqlite';

/** Earlier releases have a race that can corrupt a database in WAL mode (https://sqlite.org/wal.html, "The WAL-reset bug"). */
const OLDEST_SQLITE = [3, 51, 3] as const;

const BUSY_TIMEOUT_MS = 5000;

/**
 * Enough for the pages that many commits in a row write. More is slower, not faster: whenever a page of an index splits, SQLite looks
 * through its whole cache at the commit. What is read beside it comes from the system's own cache.
 */
const CACHE_KIBIBYTES = 8192;

/** The log goes into the file when it has this many pages (64 MB): pages that many calls wrote in the meantime go there once. */
const LOG_PAGES = 16_000;

/** `scratch` writes without waiting for the disk: for a database that ends with its process. */
type OpenMode = 'read' | 'write' | 'scratch';

/**
 * A connection to the file at `path`. The writing one is durable at every commit: WAL with `synchronous=FULL`.
 * Throws if SQLite is older than 3.51.3.
 */
export function openDatabase(path: string, mode: OpenMode): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: mode === 'read', timeout: BUSY_TIMEOUT_MS });
  const row = database.prepare('select sqlite_version() as version').get();
  assertSqliteVersion(String(row?.version));
  if (mode !== 'read') {
    database.exec('pragma journal_mode = wal; pragma foreign_keys = on;');
    // What is erased leaves no bytes in the file's free space.
    database.exec('pragma secure_delete = on');
    database.exec(`pragma synchronous = ${mode === 'write' ? 'full' : 'off'}`);
    database.exec(`pragma cache_size = -${CACHE_KIBIBYTES}; pragma wal_autocheckpoint = ${LOG_PAGES}`);
  }
  return database;
}

/** Throws when `version`, such as `3.50.1`, is older than 3.51.3. */
export function assertSqliteVersion(version: string): void {
  const parts = version.split('.').map(Number);
  for (const [position, oldest] of OLDEST_SQLITE.entries()) {
    const part = parts[position] ?? 0;
    if (part > oldest) return;
    if (part < oldest) {
      throw new Error(
        `SQLite ${version} is too old: Valetkey needs ${OLDEST_SQLITE.join('.')} or newer. Use the Node.js that npm installs with Valetkey.`,
      );
    }
  }
}
