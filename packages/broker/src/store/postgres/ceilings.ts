// The function that stores a link, since a provider key can hang below a ceiling. MUST NOT be changed once released: add a new one.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

// What is of no grant is its own provider key.
const PUT_LINK = `create or replace function valetkey_put_link(p_owner text, p_link jsonb)
  returns void language plpgsql as $$
begin
  insert into links (id, owner_id, parent_id, grant_id, provider_key_id, provider, version, status, expires_at, access, limits,
    resets, max_concurrent)
  select id, p_owner, parent_id, grant_id,
    case when grant_id is null then id
      else coalesce((select provider_key_id from links parent where parent.id = link.parent_id), id) end,
    coalesce(link.provider, (select provider from provider_keys key where key.id = link.id), ''),
    version, status, expires_at, access, limits,
    coalesce(link.resets, (select known.resets from links known where known.id = link.id), '[]'), max_concurrent
  from jsonb_to_record(p_link) as link (id text, parent_id text, grant_id text, provider text, version integer, status text,
    expires_at bigint, access text, limits text, resets text, max_concurrent integer)
  on conflict (id) do update set version = excluded.version, status = excluded.status, expires_at = excluded.expires_at,
    access = excluded.access, limits = excluded.limits, resets = excluded.resets, max_concurrent = excluded.max_concurrent;
end
$$`;

/** Replaces the function that stores a link. */
export async function storeCeilings(db: Kysely<Schema>): Promise<void> {
  await sql.raw(PUT_LINK).execute(db);
}
