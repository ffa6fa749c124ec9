// The first schema. Plain SQL that SQLite and PostgreSQL read alike, so that what stands in the database can be read here.

import { type Kysely, PostgresAdapter, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** A key that rises by itself: the one thing that the two say differently. */
const RISING_KEY = {
  sqlite: 'integer primary key',
  postgres: 'bigint generated always as identity primary key',
};

const statements = (risingKey: string) => [
  `create table provider_keys (
    id text primary key,
    owner_id text not null,
    provider text not null,
    label text not null,
    last_four text not null,
    sealed text not null,
    version integer not null,
    created_at bigint not null,
    replaced_at bigint,
    last_used_at bigint,
    removed_at bigint
  )`,
  `create index provider_keys_owner on provider_keys (owner_id)`,

  `create table clients (
    id text primary key,
    owner_id text,
    name text not null,
    url text,
    origin text not null,
    metadata text not null,
    secret_hash text,
    created_at bigint not null,
    disabled_at bigint
  )`,
  `create index clients_owner on clients (owner_id)`,

  `create table grants (
    id text primary key,
    owner_id text not null,
    client_id text,
    name text not null,
    parent_grant_id text,
    status text not null,
    unknown_fields text not null,
    via text not null,
    shown_hash text,
    key_token_hash text,
    created_at bigint not null,
    revoked_at bigint
  )`,
  `create index grants_owner on grants (owner_id, created_at)`,
  `create index grants_client on grants (client_id)`,
  `create index grants_parent on grants (parent_grant_id)`,
  `create unique index grants_key_token on grants (key_token_hash) where key_token_hash is not null`,

  `create table links (
    id text primary key,
    owner_id text not null,
    parent_id text references links (id),
    grant_id text,
    provider_key_id text not null,
    provider text not null,
    version integer not null,
    status text not null,
    expires_at bigint,
    access text,
    limits text not null,
    max_concurrent integer
  )`,
  `create index links_grant on links (grant_id)`,
  `create index links_parent on links (parent_id)`,
  `create index links_provider_key on links (provider_key_id)`,

  `create table journal (
    id ${risingKey},
    owner_id text not null,
    seq bigint not null,
    at bigint not null,
    kind text not null,
    call_id text,
    grant_id text,
    link_id text,
    held_nanos bigint not null,
    settled_nanos bigint not null,
    held_tokens bigint not null,
    settled_tokens bigint not null,
    held_requests bigint not null,
    settled_requests bigint not null,
    body text not null,
    hash text not null
  )`,
  `create unique index journal_chain on journal (owner_id, seq)`,
  // By grant, one entry per call: most pages that an admission touches are this index's, so outcomes are found by their call instead.
  `create index journal_grant_calls on journal (grant_id, id) where kind = 'call.admitted'`,
  `create index journal_grant_events on journal (grant_id, id) where grant_id is not null and link_id is null`,
  // One admission and one outcome per call, whatever else goes wrong.
  `create unique index journal_admission on journal (call_id) where kind = 'call.admitted'`,
  `create unique index journal_outcome on journal (call_id)
    where kind in ('call.settled', 'call.ceiling', 'call.released')`,

  `create table checkpoints (
    link_id text primary key,
    journal_id bigint not null,
    balances text not null
  )`,

  `create table revoked_tokens (
    token_id text primary key,
    grant_id text not null,
    expires_at bigint not null
  )`,
  `create index revoked_tokens_grant on revoked_tokens (grant_id)`,
  `create index revoked_tokens_expiry on revoked_tokens (expires_at)`,

  `create table oauth_artifacts (
    kind text not null,
    id text not null,
    payload text not null,
    grant_id text,
    uid text,
    user_code text,
    expires_at bigint,
    consumed_at bigint,
    primary key (kind, id)
  )`,
  `create index oauth_artifacts_grant on oauth_artifacts (grant_id) where grant_id is not null`,
  `create index oauth_artifacts_uid on oauth_artifacts (uid) where uid is not null`,
  `create index oauth_artifacts_user_code on oauth_artifacts (user_code) where user_code is not null`,
  `create index oauth_artifacts_expiry on oauth_artifacts (expires_at) where expires_at is not null`,

  `create table secrets (
    id text primary key,
    purpose text not null,
    sealed text not null,
    created_at bigint not null,
    retired_at bigint
  )`,
  `create index secrets_purpose on secrets (purpose)`,

  `create table house (key text primary key, value text not null)`,
];

/** Creates every table of the product and the indexes its queries need. */
export async function createTables(db: Kysely<Schema>): Promise<void> {
  const engine = db.getExecutor().adapter instanceof PostgresAdapter ? 'postgres' : 'sqlite';
  for (const statement of statements(RISING_KEY[engine])) await sql.raw(statement).execute(db);
}
