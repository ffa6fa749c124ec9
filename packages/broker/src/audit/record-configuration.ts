// What a broker is configured to decide by, as entries: when it differs from what an owner's journal said last, it is said anew. MUST hold
// no secret; what could be one, or an address inside somebody's network, stands as a hash.

import { type Kysely, sql } from 'kysely';
import { sha256 } from '../digest.ts';
import { compiled } from '../grants/grant-rows.ts';
import type { Ledger } from '../ledger/contract.ts';
import { refusedFault } from '../store/outage.ts';
import type { Schema } from '../store/schema.ts';

/** Where it is written and remembered. */
export interface ConfigurationParts {
  readonly db: Kysely<Schema>;
  readonly ledger: Pick<Ledger, 'change'>;
}

/** Everything by which decisions of a broker differ from those of another; plain JSON. */
export type ConfigurationFacts = Readonly<Record<string, string | number | readonly string[] | null>>;

/** What is told of, and where what was told last is remembered. */
const KINDS = { 'broker.configured': 'configuration', 'broker.master_key_rotated': 'master_key' } as const;

/** Writes the facts into the journal of an owner, unless they stand there as the last ones of their kind. */
export async function recordConfiguration(
  { db, ledger }: ConfigurationParts,
  ownerId: string,
  facts: ConfigurationFacts,
  kind: keyof typeof KINDS = 'broker.configured',
): Promise<void> {
  const key = `${KINDS[kind]}/${ownerId}`;
  const value = sha256(JSON.stringify(facts));
  const known = await db.selectFrom('house').select('value').where('key', '=', key).executeTakeFirst();
  if (known?.value === value) return;
  const row = db
    .insertInto('house')
    .values({ key, value })
    .onConflict((clash) => clash.column('key').doUpdateSet({ value }));
  const entries = [{ ownerId, kind, body: facts }];
  const changed = await ledger.change({ links: [], rows: [compiled(row)], entries });
  if (!changed.ok) throw refusedFault(changed.error);
}

/** Everyone whose journal is to hold it. */
export const readOwnerIds = async (db: Kysely<Schema>): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`select id from "user" order by id`.execute(db);
  return rows.map(({ id }) => id);
};
