// Which balances are saved with which batch: few with each, so that no call waits for many, and so many in all that a start has little to
// read again.

import { type AppendBatch, ENTRY_COLUMNS, type SqlStatement } from '../../store/sqlite/messages.ts';
import type { ResidentBooks } from './resident-books.ts';

/** Balances that a batch may save beyond one for each of its entries: those that a crash left behind are caught up with step by step. */
const EXTRA_BALANCES = 100;

/** See the head of this file. */
export class CheckpointPace {
  readonly #books: ResidentBooks;
  readonly #entries: number;
  /** The newest entry when the last mark was written. */
  markedAt: number;
  #catchUpTo: number | null = null;

  /** `entries` is how many journal entries a balance may be ahead of its checkpoint. */
  constructor(books: ResidentBooks, entries: number, markedAt: number) {
    this.#books = books;
    this.#entries = entries;
    this.markedAt = markedAt;
  }

  /** Whether there is something to save also without an entry. */
  get isCatchingUp(): boolean {
    return this.#catchUpTo !== null;
  }

  /** Saves with the next batches every balance up to the entry `journalId`. */
  catchUp(journalId: number): void {
    this.#catchUpTo = journalId;
  }

  /** What goes into the transaction of this batch; `journalId` is the newest entry before it. */
  due(batch: AppendBatch, journalId: number): SqlStatement[] {
    const entries = batch.entries.length / ENTRY_COLUMNS.length;
    const before = this.#catchUpTo ?? journalId - this.#entries;
    const balances = this.#books.saveBalances(before, entries + EXTRA_BALANCES, entries, batch.atMs);
    // A mark names every open call: with more of them it comes less often, so that each entry pays for a few bytes of it at most.
    const spacing = this.#entries / 4 + this.#books.calls.size;
    if (this.#books.savedThrough >= (this.#catchUpTo ?? Number.POSITIVE_INFINITY)) this.#catchUpTo = null;
    else if (journalId - this.markedAt < spacing) return balances;
    this.markedAt = journalId;
    return [...balances, this.#books.saveMark(entries)];
  }
}
