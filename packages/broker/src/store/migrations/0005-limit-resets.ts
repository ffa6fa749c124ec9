// Resets of limits, beside the limits they are of.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Adds their column; no limit of an older release was reset. */
export async function addLimitResets(db: Kysely<Schema>): Promise<void> {
  await sql.raw(`alter table links add column resets text not null default '[]'`).execute(db);
}
