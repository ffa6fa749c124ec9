// What a replica says of the data keys that it seals with and opens, so that none is used before everyone opens it, nor deleted while one
// still seals with it.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Adds the column. */
export async function addReplicaKeys(db: Kysely<Schema>): Promise<void> {
  await sql`alter table replicas add column data_keys text`.execute(db);
}

/** Writes what this replica says, unless it stands there. */
export async function announceKeys(db: Kysely<Schema>, replicaId: string, text: string): Promise<void> {
  await sql`update replicas set data_keys = ${text} where id = ${replicaId} and data_keys is distinct from ${text}`.execute(
    db,
  );
}

/** What every replica says that was not declared dead; null for one that said nothing, such as an older release. */
export async function announcedKeys(db: Kysely<Schema>): Promise<readonly (string | null)[]> {
  const said = await sql<{
    data_keys: string | null;
  }>`select data_keys from replicas where ended_at is null`.execute(db);
  return said.rows.map(({ data_keys }) => data_keys);
}
