// Counts that all replicas share: how often something was tried within a window of time.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

const STATEMENTS = [
  `create table quotas (
    key text primary key,
    used bigint not null,
    ends_at bigint not null
  )`,
];

/** Creates the table of counts. */
export async function createQuotas(db: Kysely<Schema>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
