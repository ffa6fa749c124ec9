// Requests for more: what the holder of a grant asked of its owner, and what became of it.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

const STATEMENTS = [
  `create table access_requests (
    id text primary key,
    owner_id text not null,
    grant_id text not null,
    via text not null,
    asked text not null,
    asked_hash text not null,
    message text,
    used text not null,
    status text not null,
    given text,
    created_at bigint not null,
    expires_at bigint not null,
    decided_at bigint
  )`,
  `create index access_requests_grant on access_requests (grant_id, created_at)`,
  `create index access_requests_owner on access_requests (owner_id, created_at)`,
];

/** Creates the table of requests for more. */
export async function createAccessRequests(db: Kysely<Schema>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
