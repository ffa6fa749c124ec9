// In which language an owner is written to while nobody asks, such as in alerts. Owners of older releases have said none yet.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Adds the column. */
export async function addOwnerLanguage(db: Kysely<Schema>): Promise<void> {
  await sql`alter table owners add column language text`.execute(db);
}
