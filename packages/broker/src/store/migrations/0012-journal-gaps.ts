// Runs of entries that are no longer in the journal, because their calls were old: what an export needs to go on after each. The entry
// `calls.removed` that names a run is the proof; this table only finds it.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

const STATEMENTS = [
  `create table journal_gaps (
    owner_id text not null,
    from_seq bigint not null,
    to_seq bigint not null,
    hash text not null,
    until_at bigint not null,
    primary key (owner_id, from_seq)
  )`,
  `create index journal_gaps_until on journal_gaps (owner_id, until_at)`,
];

/** Creates the table of gaps. */
export async function createJournalGaps(db: Kysely<Schema>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
