// What the list of calls reads by: those that were refused, cost nothing or were posted at their ceiling are few among many that went well.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

const STATEMENTS = [
  `create index journal_refused on journal (owner_id, seq) where kind = 'call.refused'`,
  `create index journal_ceilings on journal (owner_id, seq) where kind = 'call.ceiling'`,
  `create index journal_released on journal (owner_id, seq) where kind = 'call.released'`,
];

/** Creates the indexes of rare calls. */
export async function indexRareCalls(db: Kysely<Schema>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
