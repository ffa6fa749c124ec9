// Opens the embedded database: locks the data folder, starts the writing thread and brings the schema up to date.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import type { Ambient } from '../clock.ts';
import type { Store } from './contract.ts';
import { migrate } from './migrate.ts';
import type { Schema } from './schema.ts';
import { sqliteDialect } from './sqlite/dialect.ts';
import { createPrivateFile, lockFolder } from './sqlite/lock-folder.ts';
import { openDatabase } from './sqlite/open-database.ts';
import { StatementCache } from './sqlite/statement-cache.ts';
import { SqliteWriter } from './sqlite/writer.ts';

/** The embedded store, with what the embedded ledger needs beside Kysely: the one writer, and reads without a promise. */
export interface SqliteStore extends Store {
  readonly engine: 'sqlite';
  readonly writer: SqliteWriter;
  readonly reader: StatementCache;
}

/** Where the database is and whose clock stamps migrations. `:memory:` is a folder of its own that is removed at `close`. */
export interface StoreOptions {
  readonly dataDir: string;
  readonly ambient: Pick<Ambient, 'now'>;
}

/**
 * The database in `dataDir` (`valetkey.sqlite`, mode 0600), migrated to this release. Throws with a sentence for people when another
 * process owns the folder, the file is not a database, or a newer release has written it.
 */
export async function openStore({ dataDir, ambient }: StoreOptions): Promise<SqliteStore> {
  const temporary = dataDir === ':memory:';
  const folder = temporary ? mkdtempSync(join(tmpdir(), 'valetkey-')) : dataDir;
  const unlock = lockFolder(folder);
  const path = join(folder, 'valetkey.sqlite');
  createPrivateFile(path);
  const writer = new SqliteWriter({ path, mode: temporary ? 'scratch' : 'write' });
  let database: DatabaseSync | null = null;
  // The writer closes last: only then SQLite moves everything from the log into the file and removes the log.
  const closeOnce = async () => {
    database?.close();
    await writer.close();
    unlock();
    if (temporary) rmSync(folder, { recursive: true, force: true });
  };
  let closed: Promise<void> | null = null;
  const close = () => {
    closed ??= closeOnce();
    return closed;
  };
  try {
    // The writer's first statement puts the file in WAL mode, which a read-only connection can not.
    await writer.run({ sql: 'select 1', parameters: [] });
    database = openDatabase(path, 'read');
    const reader = new StatementCache(database);
    const db = new Kysely<Schema>({ dialect: sqliteDialect(writer, reader) });
    await migrate(db, ambient.now);
    return { engine: 'sqlite', db, writer, reader, close };
  } catch (error) {
    await close();
    throw error;
  }
}
