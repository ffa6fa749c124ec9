// Opens the database that replicas share, and brings its schema up to date, one replica at a time.

import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Ambient } from '../../clock.ts';
import type { Store } from '../contract.ts';
import { migrate } from '../migrate.ts';
import { MIGRATIONS, type Migration } from '../migrations/list.ts';
import type { Schema } from '../schema.ts';
import { storeCeilings } from './ceilings.ts';
import { connectionConfig, openPool, tellOutages } from './connections.ts';
import { createReplicaLedger } from './ledger-schema.ts';
import { storeLimitResets } from './limit-resets.ts';
import { addReplicaKeys } from './replica-keys.ts';

/** The store that replicas share, with what their ledger needs beside Kysely. */
export interface PostgresStore extends Store {
  readonly engine: 'postgres';
  /** Connections for the ledger alone, so that a slow page never keeps a request from being admitted. */
  readonly ledgerPool: pg.Pool;
  /** A connection of its own, not connected yet, such as for listening. */
  newClient(): pg.Client;
  /** Runs `work` while no other replica runs anything so: what is made once per database is then made by one of them. */
  alone<Value>(work: () => Promise<Value>): Promise<Value>;
}

/** Where the database is and whose clock stamps migrations. */
export interface PostgresStoreOptions {
  readonly url: string;
  readonly ambient: Pick<Ambient, 'now'>;
  /** Connections for the ledger; as many again are used by all other rooms together. */
  readonly connections?: number;
  /** About how long anything may wait for the database, 5 s unless told. */
  readonly waitMs?: number;
  /** Those of this release unless told. */
  readonly migrations?: readonly Migration[];
}

/** The migrations of PostgreSQL: the common ones and its own. */
export const POSTGRES_MIGRATIONS: readonly Migration[] = [
  ...MIGRATIONS,
  { name: 'postgres-0001-replica-ledger', up: createReplicaLedger },
  { name: 'postgres-0002-limit-resets', up: storeLimitResets },
  { name: 'postgres-0003-replica-keys', compatibleFrom: '0001-initial', up: addReplicaKeys },
  { name: 'postgres-0004-ceilings', up: storeCeilings },
];

const DEFAULT_CONNECTIONS = 8;

/** Older releases lack nothing we use today but are not tried. */
const OLDEST_VERSION = 15;

/** An arbitrary number that no other program of the database should lock. */
const START_LOCK = 7_823_011_962;

/** Migrations, and waiting for those of another replica, take longer than anything else may. */
const PATIENCE = { query_timeout: 120_000, statement_timeout: 120_000, lock_timeout: 120_000 };

/**
 * The database at `url` (`postgres://...`), migrated to this release. Throws with a sentence for people when it can not be reached, is
 * too old, or a newer release has written it. The sentence never repeats the url, which may hold a password.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const {
    url,
    ambient,
    connections = DEFAULT_CONNECTIONS,
    waitMs,
    migrations = POSTGRES_MIGRATIONS,
  } = options;
  const config = connectionConfig(url, waitMs);
  await workAlone(config, () => migrateStore(config, ambient.now, migrations));
  const ledgerPool = openPool(config, connections);
  const pool = tellOutages(openPool(config, connections));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  let closed: Promise<unknown> | null = null;
  return {
    engine: 'postgres',
    db,
    ledgerPool,
    newClient: () => new pg.Client(config),
    alone: (work) => workAlone(config, work),
    async close() {
      closed ??= Promise.all([db.destroy(), ledgerPool.end()]);
      await closed;
    },
  };
}

/** Runs `work` while no other replica is at it. The lock ends with its connection, however that ends. */
async function workAlone<Value>(config: pg.ClientConfig, work: () => Promise<Value>): Promise<Value> {
  const client = new pg.Client({ ...config, ...PATIENCE });
  client.on('error', () => {
    // Then the lock is gone as well; what is done under it is safe without, only not tidy.
  });
  await client.connect().catch((error: Error) => {
    throw new Error(`The database at VALETKEY_DATABASE_URL can not be reached: ${error.message}`);
  });
  try {
    await client.query('select pg_advisory_lock($1)', [START_LOCK]);
    return await work();
  } finally {
    await client.end();
  }
}

async function migrateStore(
  config: pg.ClientConfig,
  now: () => number,
  migrations: readonly Migration[],
): Promise<void> {
  const pool = openPool({ ...config, ...PATIENCE }, 1);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  try {
    await assertServer(db);
    await migrate(db, now, { migrations, isInUse: () => hasReplicas(db), begin: holdCommits });
  } finally {
    await db.destroy();
  }
}

/**
 * Every commit and decision of the ledger begins with its owner's row. So running replicas wait there, for as long as the migration takes,
 * and hold nothing that it could wait for: without this they and it would end each other as deadlocks.
 */
async function holdCommits(transaction: Kysely<Schema>): Promise<void> {
  await sql`do $$ begin
    if to_regclass('ledger_owners') is not null then lock table ledger_owners in access exclusive mode; end if;
  end $$`.execute(transaction);
}

/** Whether a replica lives, as far as can be told: one that was killed counts until it would be declared dead. */
async function hasReplicas(db: Kysely<Schema>): Promise<boolean> {
  const table = await sql<{ name: string | null }>`select to_regclass('replicas')::text as name`.execute(db);
  if (table.rows[0]?.name === null) return false;
  const living = await sql`select from replicas
    where ended_at is null and heartbeat_at > clock_timestamp() - interval '30 seconds' limit 1`.execute(db);
  return living.rows.length > 0;
}

async function assertServer(db: Kysely<Schema>): Promise<void> {
  const found = await sql<{ version: string; encoding: string; can_not_write: boolean }>`
    select current_setting('server_version') as version, current_setting('server_encoding') as encoding,
      pg_is_in_recovery() as can_not_write`.execute(db);
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
