// The books of the one writing process: they decide in memory for as long as it runs, and are rebuilt from the store.

import type { SqlStatement } from '../../store/sqlite/messages.ts';
import type { StatementCache } from '../../store/sqlite/statement-cache.ts';
import { Books } from '../rules/books.ts';
import { saveBalances, saveMark } from './checkpoint.ts';
import { LinkMemory } from './link-memory.ts';
import { type Replayed, replay } from './replay.ts';

/** See `Books`. Links are loaded at their first use and forgotten when there are too many. */
export class ResidentBooks extends Books {
  readonly #reader: StatementCache;
  readonly #memory: LinkMemory;

  constructor(reader: StatementCache) {
    const memory = new LinkMemory(reader);
    super(memory);
    this.#reader = reader;
    this.#memory = memory;
  }

  /** Forgets everything and reads what is durable. */
  rebuild(): Omit<Replayed, 'calls'> {
    this.#memory.clear();
    const { calls, ...journal } = replay(this.#reader, this.#memory);
    this.calls.clear();
    for (const [callId, call] of calls) this.calls.set(callId, call);
    return journal;
  }

  /** Notes that everything up to the entry `journalId` is durable. */
  committed(journalId: number): void {
    this.#memory.journalId = journalId;
  }

  /** The entry up to which every balance is saved. */
  get savedThrough(): number {
    return this.#memory.savedThrough;
  }

  /**
   * The statements that save the balances which have not been saved since the entry `before`, at most `count` of them; none if there are
   * none. MUST go into the transaction that writes the `entries` entries these balances count already.
   */
  saveBalances(before: number, count: number, entries: number, atMs: number): SqlStatement[] {
    const links = this.#memory.takeUnsaved(before, count);
    return links.length === 0 ? [] : [saveBalances(links, entries, atMs)];
  }

  /** The statement that saves up to where all balances are saved; under the same condition. */
  saveMark(entries: number): SqlStatement {
    return saveMark(this.#memory.savedThrough, this.calls.keys(), entries);
  }

  /** Forgets the saved links that no open call needs, if there are more than `maxLinks`. MUST only be called between commits. */
  trim(maxLinks: number): void {
    if (this.#memory.savedSize <= maxLinks + this.calls.size) return;
    this.#memory.keepOnly([...this.calls.values()].map((call) => call.leaf));
  }
}
