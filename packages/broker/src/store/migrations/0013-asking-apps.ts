// What apps need that ask by themselves: counts that all replicas share, of codes that were tried and apps that registered, and the token
// with which an app manages its own registration.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

const STATEMENTS = [
  `create table quotas (
    key text primary key,
    used bigint not null,
    ends_at bigint not null
  )`,
  `alter table clients add column registration_token_hash text`,
];

/** Creates the table of counts and the column. */
export async function addAskingApps(db: Kysely<Schema>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
