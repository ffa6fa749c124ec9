// Answers that are kept for requests with an Idempotency-Key, so that a repeated request is answered and not forwarded again.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

const STATEMENTS = [
  `create table idempotency_keys (
    id text primary key,
    owner_id text not null,
    grant_id text not null,
    call_id text not null,
    request_hash text not null,
    answer text,
    created_at bigint not null,
    expires_at bigint not null
  )`,
  `create index idempotency_keys_expiry on idempotency_keys (expires_at)`,
];

/** Creates the table of used idempotency keys. */
export async function createIdempotencyKeys(db: Kysely<Schema>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
