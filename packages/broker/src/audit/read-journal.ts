// Reads a run of an owner's journal for export: entries one after the other, page by page, so that memory does not grow with the journal
// and requests go on in between. Steps over the gaps that old calls left.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Schema } from '../store/schema.ts';
import type { ExportedEntry } from './export-line.ts';
import { firstSeqSince, readLastSeq } from './find-seq.ts';
import { genesisHash } from './hash-entry.ts';
import { countGaps } from './read-removals.ts';

/** From when (inclusive) to when (exclusive); epoch milliseconds. Without them, from the first entry to the last there is now. */
export interface Period {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** About a millisecond of work. */
const PAGE = 100;

/**
 * The entries of the period, a page at a time, as the journal stands now: what is written meanwhile is not among them, unless it names old
 * calls that were removed meanwhile.
 */
export async function* readJournal(
  db: Kysely<Schema>,
  ownerId: string,
  { fromMs, toMs }: Period,
): AsyncGenerator<readonly ExportedEntry[]> {
  let seq = fromMs === undefined ? 0 : (await firstSeqSince(db, ownerId, fromMs)) - 1;
  let previousHash = await readHash(db, ownerId, seq);
  for (let gaps = -1; gaps !== (await countGaps(db, ownerId)); ) {
    gaps = await countGaps(db, ownerId);
    const end =
      toMs === undefined ? (await readLastSeq(db, ownerId)) + 1 : await firstSeqSince(db, ownerId, toMs);
    for (;;) {
      const rows = await readPage(db, ownerId, seq, end);
      const entries: ExportedEntry[] = [];
      for (const { id: _databaseOrder, ...row } of rows) {
        if (row.seq !== seq + 1) previousHash = await readHash(db, ownerId, row.seq - 1);
        entries.push({ ...row, previous_hash: previousHash });
        [seq, previousHash] = [row.seq, row.hash];
      }
      if (entries.length === 0) break;
      yield entries;
      // Reads of the embedded database return at once: without this nobody else would have a turn until the reader is slow.
      await nextTurn();
    }
    if (toMs !== undefined) return;
  }
}

const ownEntries = (db: Kysely<Schema>, ownerId: string) =>
  db.selectFrom('journal').where('owner_id', '=', ownerId);

const readPage = (db: Kysely<Schema>, ownerId: string, afterSeq: number, end: number) =>
  ownEntries(db, ownerId)
    .selectAll()
    .where('seq', '>', afterSeq)
    .where('seq', '<', end)
    .orderBy('seq')
    .limit(PAGE)
    .execute();

const gapsOf = (db: Kysely<Schema>, ownerId: string) =>
  db.selectFrom('journal_gaps').where('owner_id', '=', ownerId);

/** The hash of an entry, or of the last one of a gap; of "entry 0", what stands before the first. */
async function readHash(db: Kysely<Schema>, ownerId: string, seq: number): Promise<string> {
  if (seq === 0) return genesisHash(ownerId);
  const entry = await ownEntries(db, ownerId).select('hash').where('seq', '=', seq).executeTakeFirst();
  const gap = await gapsOf(db, ownerId)
    .select(['to_seq', 'hash'])
    .where('from_seq', '<=', seq)
    .orderBy('from_seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return entry?.hash ?? (gap?.to_seq === seq ? gap.hash : '');
}
