// Brings a database up to this release's schema, forward only. MUST refuse a database that a newer release has written: it could hold
// rules this release does not know.

import { type Kysely, sql } from 'kysely';
import { MIGRATIONS, type Migration } from './migrations/list.ts';
import type { Schema } from './schema.ts';

/**
 * Applies the migrations that are missing, each in a transaction of its own: a killed start resumes where it stopped.
 * Throws with a sentence for people when the database knows a migration that this release does not.
 */
export async function migrate(
  db: Kysely<Schema>,
  now: () => number,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  await sql`create table if not exists migrations (name text primary key, applied_at bigint not null)`.execute(
    db,
  );
  const applied = await db.selectFrom('migrations').select('name').orderBy('name').execute();
  const known = new Set(migrations.map((migration) => migration.name));
  const newer = applied.find((row) => !known.has(row.name));
  if (newer) {
    throw new Error(
      `The database was made by a newer release of Valetkey (it has the migration ${newer.name}). Install that release, or restore a backup made by this one.`,
    );
  }
  const done = new Set(applied.map((row) => row.name));
  for (const { name, up } of migrations.filter((migration) => !done.has(migration.name))) {
    await db.transaction().execute(async (transaction) => {
      await up(transaction);
      await transaction.insertInto('migrations').values({ name, applied_at: now() }).execute();
    });
  }
}
