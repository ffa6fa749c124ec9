// Finds a place in an owner's journal: its newest entry, or the first of a moment. No index is by time; the chain is in its order.

import type { Kysely } from 'kysely';
import type { Schema } from '../store/schema.ts';

const seqsOf = (db: Kysely<Schema>, ownerId: string) =>
  db.selectFrom('journal').select('seq').where('owner_id', '=', ownerId).limit(1);

/** The number of the owner's newest entry; 0 if there is none. */
export const readLastSeq = async (db: Kysely<Schema>, ownerId: string): Promise<number> => {
  const newest = await seqsOf(db, ownerId).orderBy('seq', 'desc').executeTakeFirst();
  return newest?.seq ?? 0;
};

/** The number of the owner's first entry of that moment or later, found by halving; one more than the newest has if there is none. */
export const firstSeqSince = async (db: Kysely<Schema>, ownerId: string, atMs: number): Promise<number> => {
  let [low, high] = [1, (await readLastSeq(db, ownerId)) + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const entry = await seqsOf(db, ownerId)
      .select('at')
      .where('seq', '>=', middle)
      .orderBy('seq')
      .executeTakeFirst();
    if (entry && entry.at < atMs) low = entry.seq + 1;
    else high = middle;
  }
  return low;
};
