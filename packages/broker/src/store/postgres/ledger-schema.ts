// What only PostgreSQL needs: the replicas, and the functions in which a ledger batch is one statement. The functions decide nothing about
// money: they check that the owner stands as the replica has read it, and write. MUST NOT be changed once released: add new ones.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

const TABLES = [
  // `revision` rises with every batch of the owner; `seq`, `hash` and `at` are those of the last journal entry.
  `create table ledger_owners (
    owner_id text primary key,
    revision bigint not null,
    seq bigint not null,
    hash text not null,
    at bigint not null
  ) with (fillfactor = 50)`,

  // Counters as JSON text, as they stand after the owner's last batch.
  `create table balances (
    link_id text primary key,
    owner_id text not null,
    counters text not null
  ) with (fillfactor = 50)`,
  `create index balances_owner on balances (owner_id)`,

  `create table replicas (
    id text primary key,
    name text not null,
    heartbeat_at timestamptz not null,
    ended_at timestamptz
  )`,
  `create index replicas_running on replicas (heartbeat_at) where ended_at is null`,

  `create table open_calls (
    call_id text primary key,
    owner_id text not null,
    replica_id text not null references replicas (id),
    link_id text not null,
    grant_id text,
    admitted_at bigint not null,
    held_nanos bigint not null,
    held_tokens bigint not null
  )`,
  `create index open_calls_replica on open_calls (replica_id)`,
];

const STATE = `create function valetkey_state(p_owner text, p_links text[], p_calls text[])
  returns jsonb language sql stable as $$
  select jsonb_build_object(
    'revision', head.revision, 'seq', head.seq, 'hash', head.hash, 'at', head.at,
    'links', (
      with recursive chain as (
        select links.* from links where id = any (p_links)
        union
        select links.* from links join chain on links.id = chain.parent_id
      )
      select coalesce(jsonb_agg(to_jsonb(chain) || jsonb_build_object('counters', balances.counters)), '[]')
      from chain left join balances on balances.link_id = chain.id
    ),
    'open_calls', (
      select coalesce(jsonb_agg(to_jsonb(open_calls)), '[]') from open_calls where call_id = any (p_calls)
    ),
    'outcomes', (
      select coalesce(jsonb_agg(jsonb_build_object('call_id', call_id, 'nanos', settled_nanos)), '[]')
      from journal
      where call_id = any (p_calls) and kind in ('call.settled', 'call.ceiling', 'call.released')
    )
  ) from ledger_owners head where owner_id = p_owner
$$`;

// With p_lock the owner's row is locked, which waits for batches under way, and the revision rises, which makes every batch that was
// decided before fail: what is read then stays true until the transaction ends, and nothing older can still be written after it.
const OPEN = `create function valetkey_open(p_owner text, p_genesis text, p_links text[], p_calls text[], p_lock boolean)
  returns jsonb language plpgsql as $$
begin
  if p_lock or not exists (select from ledger_owners where owner_id = p_owner) then
    insert into ledger_owners (owner_id, revision, seq, hash, at) values (p_owner, 1, 0, p_genesis, 0)
    on conflict (owner_id) do update set revision = ledger_owners.revision + 1;
  end if;
  return valetkey_state(p_owner, p_links, p_calls);
end
$$`;

const COMMIT = `create function valetkey_commit(
    p_owner text, p_replica text, p_revision bigint, p_links text[], p_calls text[], p_write jsonb)
  returns jsonb language plpgsql as $$
declare
  found_revision bigint;
begin
  if p_write is null then
    select revision into found_revision from ledger_owners where owner_id = p_owner;
  else
    select revision into found_revision from ledger_owners where owner_id = p_owner for update;
  end if;
  if not exists (select from replicas where id = p_replica and ended_at is null) then
    return '{"ended": true}';
  end if;
  if found_revision is distinct from p_revision then
    return jsonb_build_object('moved', valetkey_state(p_owner, p_links, p_calls));
  end if;
  if p_write is null then
    return '{"committed": true}';
  end if;
  perform valetkey_write(p_owner, p_replica, p_write);
  return '{"committed": true}';
end
$$`;

const WRITE = `create function valetkey_write(p_owner text, p_replica text, p_write jsonb)
  returns void language plpgsql as $$
begin
  insert into journal (owner_id, seq, at, kind, call_id, grant_id, link_id, held_nanos, settled_nanos, held_tokens,
    settled_tokens, held_requests, settled_requests, body, hash)
  select p_owner, seq, (p_write->>'at')::bigint, kind, call_id, grant_id, link_id, held_nanos, settled_nanos, held_tokens,
    settled_tokens, held_requests, settled_requests, body, hash
  from jsonb_to_recordset(p_write->'entries') as entry (seq bigint, kind text, call_id text, grant_id text, link_id text,
    held_nanos bigint, settled_nanos bigint, held_tokens bigint, settled_tokens bigint, held_requests bigint,
    settled_requests bigint, body text, hash text)
  order by seq;

  delete from open_calls where call_id in (select jsonb_array_elements_text(p_write->'closed'));
  insert into open_calls (call_id, owner_id, replica_id, link_id, grant_id, admitted_at, held_nanos, held_tokens)
  select call_id, p_owner, p_replica, link_id, grant_id, admitted_at, held_nanos, held_tokens
  from jsonb_to_recordset(p_write->'opened') as call (call_id text, link_id text, grant_id text, admitted_at bigint,
    held_nanos bigint, held_tokens bigint);

  insert into balances (link_id, owner_id, counters)
  select link_id, p_owner, counters from jsonb_to_recordset(p_write->'balances') as balance (link_id text, counters text)
  on conflict (link_id) do update set counters = excluded.counters;

  perform valetkey_put_link(p_owner, link) from jsonb_array_elements(p_write->'links') link;

  update ledger_owners set revision = revision + 1, at = greatest(at, (p_write->>'at')::bigint),
    seq = (p_write->>'seq')::bigint, hash = p_write->>'hash'
  where owner_id = p_owner;

  perform pg_notify('valetkey', notice) from jsonb_array_elements_text(p_write->'notices') notice;
end
$$`;

// A link's provider key is its parent's, or itself; its provider that of its access, or of its provider key.
const PUT_LINK = `create function valetkey_put_link(p_owner text, p_link jsonb)
  returns void language plpgsql as $$
begin
  insert into links (id, owner_id, parent_id, grant_id, provider_key_id, provider, version, status, expires_at, access, limits,
    max_concurrent)
  select id, p_owner, parent_id, grant_id,
    coalesce((select provider_key_id from links parent where parent.id = link.parent_id), id),
    coalesce(link.provider, (select provider from provider_keys key where key.id = link.id), ''),
    version, status, expires_at, access, limits, max_concurrent
  from jsonb_to_record(p_link) as link (id text, parent_id text, grant_id text, provider text, version integer, status text,
    expires_at bigint, access text, limits text, max_concurrent integer)
  on conflict (id) do update set version = excluded.version, status = excluded.status, expires_at = excluded.expires_at,
    access = excluded.access, limits = excluded.limits, max_concurrent = excluded.max_concurrent;
end
$$`;

/** Creates the tables and functions of the ledger on PostgreSQL. */
export async function createReplicaLedger(db: Kysely<Schema>): Promise<void> {
  for (const statement of [...TABLES, STATE, OPEN, WRITE, PUT_LINK, COMMIT])
    await sql.raw(statement).execute(db);
}
