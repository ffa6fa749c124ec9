// Brings a database up to this release's schema, forward only. MUST refuse a database on which a newer release has done what this one can
// not run with: it could hold rules this release does not know.

import { type Kysely, sql } from 'kysely';
import { MIGRATIONS, type Migration } from './migrations/list.ts';
import type { Schema } from './schema.ts';

/** How migrations are run. */
export interface MigrateOptions {
  readonly migrations?: readonly Migration[];
  /** Whether processes that may be of an older release use the database at this moment. */
  readonly isInUse?: () => Promise<boolean>;
  /** Begins the transaction of each: keeps off whoever uses the database meanwhile. */
  readonly begin?: (transaction: Kysely<Schema>) => Promise<void>;
}

const noStep = async (): Promise<void> => undefined;

/**
 * Applies the migrations that are missing, each in a transaction of its own: a killed start resumes where it stopped.
 * Throws with a sentence for people when the database has a migration that this release can not run with, or when the processes that use
 * it could not go on with one that is missing; then nothing was applied.
 */
export async function migrate(
  db: Kysely<Schema>,
  now: () => number,
  { migrations = MIGRATIONS, isInUse = async () => false, begin = noStep }: MigrateOptions = {},
): Promise<void> {
  await createTable(db);
  const applied = await db
    .selectFrom('migrations')
    .select(['name', 'compatible_from'])
    .orderBy('name')
    .execute();
  const known = new Set(migrations.map(({ name }) => name));
  const newer = applied.find((row) => !known.has(row.name) && !known.has(row.compatible_from ?? ''));
  if (newer) {
    throw new Error(
      `The database was made by a newer release of Valetkey (it has the migration ${newer.name}, which this release can not run with). Install that release, or restore a backup made by this one.`,
    );
  }
  const done = new Set(applied.map((row) => row.name));
  const missing = migrations.filter(({ name }) => !done.has(name));
  const breaking = missing.find(({ name, compatibleFrom = name }) => !done.has(compatibleFrom));
  if (breaking && done.size > 0 && (await isInUse())) {
    throw new Error(
      `Brokers of an older release use the database, and can not go on with the migration ${breaking.name}. Stop them all, then start this release; one that was killed counts for 30 s.`,
    );
  }
  for (const { name, compatibleFrom = name, up } of missing) {
    await db.transaction().execute(async (transaction) => {
      await begin(transaction);
      await up(transaction);
      const row = { name, applied_at: now(), compatible_from: compatibleFrom };
      await transaction.insertInto('migrations').values(row).execute();
    });
  }
}

/** The table of what was applied. Databases of the first releases have it without `compatible_from`. */
async function createTable(db: Kysely<Schema>): Promise<void> {
  await sql`create table if not exists migrations (name text primary key, applied_at bigint not null, compatible_from text)`.execute(
    db,
  );
  const tables = await db.introspection.getTables();
  const columns = tables.find(({ name }) => name === 'migrations')?.columns ?? [];
  if (columns.some(({ name }) => name === 'compatible_from')) return;
  await sql`alter table migrations add column compatible_from text`.execute(db);
}
