// Corrections of calls that were posted at their ceiling: at most one for each call, found by call and by owner.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

const STATEMENTS = [
  `create unique index journal_correction on journal (call_id) where kind = 'call.corrected'`,
  `create index journal_corrections on journal (owner_id, id) where kind = 'call.corrected'`,
];

/** Creates the indexes of corrections. */
export async function createCorrections(db: Kysely<Schema>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
