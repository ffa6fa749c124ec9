// Removes calls from the journal that are older than they are kept, and has an entry name the gaps that they leave: some hundred entries at a
// time, each time in one transaction. MUST NOT run inside a call, and MUST NOT remove what no entry names.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { compiled } from '../../grants/grant-rows.ts';
import type { Ledger, Statement } from '../../ledger/contract.ts';
import { refusedFault } from '../../store/outage.ts';
import type { Schema } from '../../store/schema.ts';
import { callsOf, FEWEST_DAYS, type Gap, REMOVAL, type Removal } from '../removal.ts';
import { findOldCalls } from './find-old-calls.ts';

const DAY_MS = 86_400_000;

/** What a remover works with. */
export interface RemoverParts {
  readonly db: Kysely<Schema>;
  readonly ledger: Pick<Ledger, 'change'>;
  /** Resolves with the id of an entry before which no start of a ledger needs those of calls that have ended. */
  readonly checkpoint: () => Promise<number>;
  /** Runs what replicas do one at a time. */
  readonly alone: <Value>(work: () => Promise<Value>) => Promise<Value>;
  readonly now: () => number;
  readonly days: number;
}

/** See the head of this file. */
export class CallRemover {
  readonly #parts: RemoverParts;
  #running: Promise<number> | null = null;
  #isClosed = false;
  /** Up to here everything is removed that can be. */
  #doneUntilMs = 0;

  constructor(parts: RemoverParts) {
    if (parts.days < FEWEST_DAYS) throw new Error(`calls are kept for at least ${FEWEST_DAYS} days`);
    this.#parts = parts;
  }

  /** Removes all calls that are old enough, once for each day (UTC). Resolves with how many; rejects if it broke off, and goes on next time. */
  run(): Promise<number> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Ends after what is being written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running?.catch(() => undefined);
  }

  async #run(): Promise<number> {
    const { now, days, checkpoint } = this.#parts;
    const untilMs = (Math.floor(now() / DAY_MS) - days) * DAY_MS;
    if (untilMs <= this.#doneUntilMs) return 0;
    const beforeId = await checkpoint();
    let calls = 0;
    for (let owner = await this.#ownerAfter(''); owner !== null; owner = await this.#ownerAfter(owner)) {
      let afterSeq: number | null = 0;
      while (afterSeq !== null && !this.#isClosed) {
        const found = await this.#removeNext({ ownerId: owner, afterSeq, untilMs, beforeId });
        calls += found.calls;
        afterSeq = found.nextSeq;
        // Reads of the embedded database return at once: without this nobody else would have a turn.
        await nextTurn();
      }
    }
    if (!this.#isClosed) this.#doneUntilMs = untilMs;
    return calls;
  }

  /** From index entry to index entry: there may be millions of entries for each owner. */
  async #ownerAfter(ownerId: string): Promise<string | null> {
    const row = await this.#parts.db
      .selectFrom('journal')
      .select('owner_id')
      .where('owner_id', '>', ownerId)
      .orderBy('owner_id')
      .limit(1)
      .executeTakeFirst();
    return row?.owner_id ?? null;
  }

  async #removeNext(query: Parameters<typeof findOldCalls>[1]) {
    const { db, alone } = this.#parts;
    const { removal, nextSeq } = await findOldCalls(db, query);
    if (removal === null) return { calls: 0, nextSeq };
    return alone(async () => {
      // Looked at again under the lock: another replica may have been first.
      const found = await findOldCalls(db, query);
      if (found.removal) await this.#remove(query.ownerId, found.removal);
      return { calls: found.removal ? callsOf(found.removal) : 0, nextSeq: found.nextSeq };
    });
  }

  async #remove(ownerId: string, removal: Removal): Promise<void> {
    const { db, ledger } = this.#parts;
    const rows = removalRows(db, ownerId, removal);
    const entries = [{ ownerId, kind: REMOVAL, body: { ...removal } }];
    const changed = await ledger.change({ links: [], rows, entries });
    if (!changed.ok) throw refusedFault(changed.error);
  }
}

/**
 * The statements that take a removal's entries out. A gap without a hash is refused by its table, and with it the whole change: that is how
 * this fails if an entry of a gap is not there any more, or is of no call.
 */
function removalRows(db: Kysely<Schema>, ownerId: string, { until, gaps }: Removal): readonly Statement[] {
  const lengthOf = ({ from, to }: Gap) => to - from + 1;
  const rows = gaps.map((gap) => ({
    owner_id: ownerId,
    from_seq: gap.from,
    to_seq: gap.to,
    hash: sql<string>`(select case when count(*) = ${lengthOf(gap)} then max(case when seq = ${gap.to} then hash end) end
      from journal where owner_id = ${ownerId} and seq between ${gap.from} and ${gap.to}
      and kind in ('call.admitted', 'call.settled', 'call.ceiling', 'call.released', 'call.corrected', 'call.refused', 'call.replayed'))`,
    until_at: until,
  }));
  const seqs = gaps.flatMap((gap) => Array.from({ length: lengthOf(gap) }, (_, index) => gap.from + index));
  return [
    compiled(db.insertInto('journal_gaps').values(rows)),
    compiled(db.deleteFrom('journal').where('owner_id', '=', ownerId).where('seq', 'in', seqs)),
  ];
}
