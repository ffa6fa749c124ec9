// Reads which old calls were removed: the entries that say so, and the table that finds a gap. MUST read one owner's rows unless it is told
// to read everyone's.

import { type Kysely, sql } from 'kysely';
import type { OwnersRemoval } from '../ledger/verify/verify-entries.ts';
import { CHANGES } from '../store/migrations/0011-journal-changes.ts';
import type { Schema } from '../store/schema.ts';
import { parseRemoval, REMOVAL } from './removal.ts';

/** The removals that a journal names, oldest first: the owner's, or with null everyone's. What can not be read is left out: a walk names it. */
export const readRemovals = async (
  db: Kysely<Schema>,
  ownerId: string | null,
): Promise<readonly OwnersRemoval[]> => {
  const query = db
    .selectFrom('journal')
    .select(['owner_id', 'body'])
    .where(sql.raw<boolean>(CHANGES))
    .where('kind', '=', REMOVAL)
    .$if(ownerId !== null, (all) => all.where('owner_id', '=', ownerId));
  const rows = await query.orderBy('owner_id').orderBy('seq').execute();
  return rows.flatMap(({ owner_id, body }) => {
    const removal = parseRemoval(body);
    return removal ? [{ ...removal, ownerId: owner_id }] : [];
  });
};

/** What is gone of an owner's calls. */
export interface RemovedCalls {
  /** Calls from before this moment (epoch milliseconds) may be gone. */
  readonly untilMs: number;
  /** The entry that said so last. */
  readonly seq: number;
}

/** What is gone of the owner's calls; null if nothing ever was. */
export const readRemoved = async (db: Kysely<Schema>, ownerId: string): Promise<RemovedCalls | null> => {
  const gap = await db
    .selectFrom('journal_gaps')
    .select('until_at')
    .where('owner_id', '=', ownerId)
    .orderBy('until_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  // Most owners: the index of gaps has nothing of them.
  if (!gap) return null;
  const entry = await db
    .selectFrom('journal')
    .select('seq')
    .where('owner_id', '=', ownerId)
    .where(sql.raw<boolean>(CHANGES))
    .where('kind', '=', REMOVAL)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return { untilMs: Number(gap.until_at), seq: Number(entry?.seq ?? 0) };
};
