// A provider key that no vault sealed: its row and its link, for rooms that never open it.

import type { Limit } from '@valetkey/core';
import type { Kysely } from 'kysely';
import type { Ledger } from '../src/ledger/contract.ts';
import { openRoot } from '../src/ledger/root-link.ts';
import type { Schema } from '../src/store/schema.ts';

/** A key to add; of `openai` and made at 0 unless it says otherwise. */
export interface AddedKey {
  readonly id: string;
  readonly ownerId: string;
  readonly provider?: string;
  readonly label?: string;
  readonly createdAtMs?: number;
  readonly limits?: readonly Limit[];
}

/** Adds it, and writes it into the journal if `isTold`. Throws unless it was written. */
export async function addKey(
  { db, ledger }: { readonly db: Kysely<Schema>; readonly ledger: Pick<Ledger, 'change'> },
  { id, ownerId, provider = 'openai', label = provider, createdAtMs = 0, limits = [] }: AddedKey,
  isTold = false,
): Promise<void> {
  const sealed = { version: 1, last_four: '', sealed: '' };
  const times = { created_at: createdAtMs, replaced_at: null, last_used_at: null, removed_at: null };
  const row = db
    .insertInto('provider_keys')
    .values({ id, owner_id: ownerId, provider, label, ...sealed, ...times });
  const body = { provider_key_id: id, provider, version: 1 };
  const changed = await ledger.change({
    links: [openRoot(id, ownerId, { limits })],
    rows: [row.compile()],
    entries: isTold ? [{ ownerId, kind: 'provider_key.added', body }] : [],
  });
  if (!changed.ok) throw new Error(changed.error.detail);
}
