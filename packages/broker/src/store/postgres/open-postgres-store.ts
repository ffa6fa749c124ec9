// Opens the database that replicas share, and brings its schema up to date, one replica at a time.

import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Ambient } from '../../clock.ts';
import type { Store } from '../contract.ts';
import { migrate } from '../migrate.ts';
import { MIGRATIONS, type Migration } from '../migrations/list.ts';
import type { Schema } from '../schema.ts';
import { connectionConfig, openPool } from './connections.ts';
import { createReplicaLedger } from './ledger-schema.ts';

/** The store that replicas share, with what their ledger needs beside Kysely. */
export interface PostgresStore extends Store {
  readonly engine: 'postgres';
  /** Connections for the ledger alone, so that a slow page never keeps a request from being admitted. */
  readonly ledgerPool: pg.Pool;
  /** A connection of its own, not connected yet, such as for listening. */
  newClient(): pg.Client;
}

/** Where the database is and whose clock stamps migrations. */
export interface PostgresStoreOptions {
  readonly url: string;
  readonly ambient: Pick<Ambient, 'now'>;
  /** Connections for the ledger; as many again are used by all other rooms together. */
  readonly connections?: number;
}

/** The migrations of PostgreSQL: the common ones and its own. */
export const POSTGRES_MIGRATIONS: readonly Migration[] = [
  ...MIGRATIONS,
  { name: 'postgres-0001-replica-ledger', up: createReplicaLedger },
];

const DEFAULT_CONNECTIONS = 8;

/** Older releases lack nothing we use today but are not tried. */
const OLDEST_VERSION = 15;

/** An arbitrary number that no other program of the database should lock. */
const MIGRATION_LOCK = 7_823_011_962;

const MIGRATION_MS = 120_000;

/**
 * The database at `url` (`postgres://...`), migrated to this release. Throws with a sentence for people when it can not be reached, is
 * too old, or a newer release has written it. The sentence never repeats the url, which may hold a password.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const { url, ambient, connections = DEFAULT_CONNECTIONS } = options;
  await migrateAlone(url, ambient.now);
  const config = connectionConfig(url);
  const ledgerPool = openPool(config, connections);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: openPool(config, connections) }) });
  let closed: Promise<unknown> | null = null;
  return {
    engine: 'postgres',
    db,
    ledgerPool,
    newClient: () => new pg.Client(config),
    async close() {
      closed ??= Promise.all([db.destroy(), ledgerPool.end()]);
      await closed;
    },
  };
}

/** Replicas that start together migrate one after the other: the lock ends with the connection, however that ends. */
async function migrateAlone(url: string, now: () => number): Promise<void> {
  const patience = {
    query_timeout: MIGRATION_MS,
    statement_timeout: MIGRATION_MS,
    lock_timeout: MIGRATION_MS,
  };
  const pool = openPool({ ...connectionConfig(url), ...patience }, 1);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  try {
    await assertServer(db);
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`.execute(db);
    await migrate(db, now, POSTGRES_MIGRATIONS);
  } finally {
    await db.destroy();
  }
}

async function assertServer(db: Kysely<Schema>): Promise<void> {
  const found = await sql<{ version: string; encoding: string; can_not_write: boolean }>`
    select current_setting('server_version') as version, current_setting('server_encoding') as encoding,
      pg_is_in_recovery() as can_not_write`
    .execute(db)
    .catch((error: Error) => {
      throw new Error(`The database at VALETKEY_DATABASE_URL can not be reached: ${error.message}`);
    });
  const [server] = found.rows;
  if (Number.parseInt(server?.version ?? '', 10) < OLDEST_VERSION) {
    throw new Error(`PostgreSQL ${server?.version} is too old: Valetkey needs ${OLDEST_VERSION} or newer.`);
  }
  if (server?.encoding !== 'UTF8') {
    throw new Error(`The database has the encoding ${server?.encoding}. Create it with the encoding UTF8.`);
  }
  if (server.can_not_write)
    throw new Error('The database is a standby. Point VALETKEY_DATABASE_URL at the primary.');
}
