// Reads which old calls were removed: the entries that say so, and the table that finds a gap. MUST read one owner's rows unless it is told
// to read everyone's.

import { type Kysely, sql } from 'kysely';
import type { OwnersRemoval } from '../ledger/verify/verify-entries.ts';
import { CHANGES } from '../store/migrations/0011-journal-changes.ts';
import type { Schema } from '../store/schema.ts';
import { joinRemovals, parseRemoval, REMOVAL, type Removal } from './removal.ts';

/** Entries that are read at once: kilobytes each. */
const PAGE = 100;

/**
 * What a journal names as removed, all of it as one for each owner: the owner's, or with null everyone's. What can not be read is left out:
 * a walk over the journal names it.
 */
export const readRemovals = async (
  db: Kysely<Schema>,
  ownerId: string | null,
): Promise<readonly OwnersRemoval[]> => {
  const removals = new Map<string, Removal>();
  for (let afterId: number | undefined = 0; afterId !== undefined; ) {
    const rows: { id: number; owner_id: string; body: string }[] = await db
      .selectFrom('journal')
      .select(['id', 'owner_id', 'body'])
      .where(sql.raw<boolean>(CHANGES))
      .where('kind', '=', REMOVAL)
      .where('id', '>', afterId)
      .$if(ownerId !== null, (all) => all.where('owner_id', '=', ownerId))
      .orderBy('id')
      .limit(PAGE)
      .execute();
    for (const [owner, own] of Map.groupBy(rows, ({ owner_id }) => owner_id)) {
      const read = own.flatMap(({ body }) => parseRemoval(body) ?? []);
      removals.set(owner, joinRemovals([...(removals.has(owner) ? [removals.get(owner)!] : []), ...read]));
    }
    afterId = rows.at(-1)?.id;
  }
  return [...removals].map(([owner, removal]) => ({ ...removal, ownerId: owner }));
};

/** How many gaps there are: more of them, and calls have been removed meanwhile. */
export const countGaps = async (db: Kysely<Schema>, ownerId: string): Promise<number> => {
  const row = await db
    .selectFrom('journal_gaps')
    .select((e) => e.fn.countAll<number>().as('gaps'))
    .where('owner_id', '=', ownerId)
    .executeTakeFirst();
  return Number(row?.gaps);
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
