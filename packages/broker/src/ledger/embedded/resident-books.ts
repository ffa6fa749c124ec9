// The books of the one writing process: they decide in memory for as long as it runs, and are rebuilt from the store.

import type { SqlStatement } from '../../store/sqlite/messages.ts';
import type { StatementCache } from '../../store/sqlite/statement-cache.ts';
import { Books } from '../rules/books.ts';
import { saveCheckpoint } from './checkpoint.ts';
import { LinkMemory } from './link-memory.ts';
import { type Replayed, replay } from './replay.ts';

/** See `Books`. Links are loaded at their first use and forgotten after checkpoints. */
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

  /** The statements that save every balance as of the journal entry `journalId`, which MUST be the last one posted. */
  checkpoint(journalId: number, atMs: number): SqlStatement[] {
    const openCallIds = [...this.calls.keys()];
    return saveCheckpoint({ journalId, openCallIds }, this.#memory.takeUnsaved(), atMs);
  }

  /** Forgets the links that no open call needs, if there are more than `maxLinks`. MUST follow a durable checkpoint at once. */
  trim(maxLinks: number): void {
    if (this.#memory.size <= maxLinks) return;
    this.#memory.keepOnly([...this.calls.values()].map((call) => call.leaf));
  }
}
