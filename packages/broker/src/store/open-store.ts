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
import { AnchorKeeper } from './sqlite/anchor.ts';
import { checkDatabase } from './sqlite/check-database.ts';
import { sqliteDialect } from './sqlite/dialect.ts';
import { FileHeadroom, type Headroom } from './sqlite/headroom.ts';
import { createPrivateFile, lockFolder } from './sqlite/lock-folder.ts';
import { openDatabase } from './sqlite/open-database.ts';
import { StatementCache } from './sqlite/statement-cache.ts';
import { SqliteWriter } from './sqlite/writer.ts';

/** How old the anchor may be: how much of the newest can be lost without a trace. */
const ANCHOR_MS = 1000;

/** The embedded store, with what the embedded ledger needs beside Kysely: the one writer, and reads without a promise. */
export interface SqliteStore extends Store {
  readonly engine: 'sqlite';
  readonly writer: SqliteWriter;
  readonly reader: StatementCache;
  /** Room kept for outcomes; null in memory. */
  readonly headroom: Headroom | null;
}

/** Where the database is and whose clock stamps migrations. `:memory:` is a folder of its own that is removed at `close`. */
export interface StoreOptions {
  readonly dataDir: string;
  readonly ambient: Pick<Ambient, 'now'>;
}

/**
 * The database in `dataDir` (`valetkey.sqlite`, mode 0600), migrated to this release. Throws with a sentence for people when another
 * process owns the folder, the file is not a database or is damaged, or a newer release has written it.
 */
export async function openStore({ dataDir, ambient }: StoreOptions): Promise<SqliteStore> {
  const temporary = dataDir === ':memory:';
  const folder = temporary ? mkdtempSync(join(tmpdir(), 'valetkey-')) : dataDir;
  const unlock = lockFolder(folder);
  const path = join(folder, 'valetkey.sqlite');
  createPrivateFile(path);
  const headroom = temporary ? null : new FileHeadroom(folder);
  const writer = new SqliteWriter({ path, mode: temporary ? 'scratch' : 'write' });
  let database: DatabaseSync | null = null;
  let stopKeeping = (): void => {};
  // The writer closes last: only then SQLite moves everything from the log into the file and removes the log.
  const closeOnce = async () => {
    stopKeeping();
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
    if (!temporary) checkDatabase(folder, reader);
    const db = new Kysely<Schema>({ dialect: sqliteDialect(writer, reader, ambient.now) });
    await migrate(db, ambient.now);
    if (headroom) stopKeeping = keepBeside(folder, reader, headroom);
    return { engine: 'sqlite', db, writer, reader, headroom, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Keeps what stands beside the database: its anchor and, once it has run for a moment, its head-room. Returns what ends that. */
function keepBeside(dataDir: string, reader: StatementCache, headroom: Headroom): () => void {
  const keeper = new AnchorKeeper(dataDir, reader);
  const timer = setInterval(() => {
    keeper.keep();
    if (headroom.isHeld) headroom.restore();
  }, ANCHOR_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    keeper.keep();
  };
}
