// What an owner's page about changes reads: every entry that is not one of a call, newest first. Calls are millions, changes are few.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** What a query MUST say word by word to be served by the index. */
export const CHANGES = `kind not in ('call.admitted', 'call.settled', 'call.ceiling', 'call.released', 'call.refused', 'call.replayed')`;

/** Creates the index of changes. */
export async function createJournalChanges(db: Kysely<Schema>): Promise<void> {
  await sql.raw(`create index journal_changes on journal (owner_id, seq) where ${CHANGES}`).execute(db);
}
