// Reads a run of an owner's journal for export: entries one after the other without a gap, page by page, so that memory does not grow
// with the journal and requests go on in between.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Schema } from '../store/schema.ts';
import type { ExportedEntry } from './export-line.ts';
import { genesisHash } from './hash-entry.ts';

/** From when (inclusive) to when (exclusive); epoch milliseconds. Without them, from the first entry to the last there is now. */
export interface Period {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** About a millisecond of work. */
const PAGE = 100;

/** The entries of the period, a page at a time, as the journal stands now: what is written meanwhile is not among them. */
export async function* readJournal(
  db: Kysely<Schema>,
  ownerId: string,
  { fromMs, toMs }: Period,
): AsyncGenerator<readonly ExportedEntry[]> {
  const lastSeq = await readLastSeq(db, ownerId);
  const first = fromMs === undefined ? 1 : await firstSeqSince(db, ownerId, fromMs, lastSeq);
  const end = toMs === undefined ? lastSeq + 1 : await firstSeqSince(db, ownerId, toMs, lastSeq);
  let previousHash = await readHash(db, ownerId, first - 1);
  for (let seq = first; seq < end; seq += PAGE) {
    const rows = await db
      .selectFrom('journal')
      .selectAll()
      .where('owner_id', '=', ownerId)
      .where('seq', '>=', seq)
      .where('seq', '<', Math.min(seq + PAGE, end))
      .orderBy('seq')
      .execute();
    yield rows.map(({ id: _databaseOrder, ...row }) => {
      const entry = { ...row, previous_hash: previousHash };
      previousHash = row.hash;
      return entry;
    });
    // Reads of the embedded database return at once: without this nobody else would have a turn until the reader is slow.
    await nextTurn();
  }
}

async function readLastSeq(db: Kysely<Schema>, ownerId: string): Promise<number> {
  const row = await db
    .selectFrom('journal')
    .select('seq')
    .where('owner_id', '=', ownerId)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? 0;
}

/** By halves over the numbering, which has no gaps: an owner's entries are in the order of their times, and no index is by time. */
async function firstSeqSince(
  db: Kysely<Schema>,
  ownerId: string,
  atMs: number,
  lastSeq: number,
): Promise<number> {
  let [low, high] = [1, lastSeq + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = await entryAt(db, ownerId, middle);
    if (row && row.at < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The hash of an entry; of "entry 0", what stands before the first. */
async function readHash(db: Kysely<Schema>, ownerId: string, seq: number): Promise<string> {
  if (seq === 0) return genesisHash(ownerId);
  return (await entryAt(db, ownerId, seq))?.hash ?? '';
}

const entryAt = (db: Kysely<Schema>, ownerId: string, seq: number) =>
  db
    .selectFrom('journal')
    .select(['at', 'hash'])
    .where('owner_id', '=', ownerId)
    .where('seq', '=', seq)
    .executeTakeFirst();
