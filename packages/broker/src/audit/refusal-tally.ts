// Keeps a flood of refusals from flooding its owner's journal: the first ones of a minute are entries of their own, the rest are counted
// and stand in one. MUST NOT lose the fact that there were more; a crash may lose how many of the minute that it ended.

import type { Ledger } from '../ledger/contract.ts';

/** Refusals of one grant for one reason that are entries of their own in a minute. */
export const REFUSALS_TOLD = 10;

/** Grants and reasons that are counted at a time; beyond, every refusal is an entry again. */
export const MOST_COUNTED = 10_000;

/** Whose refusals, and for what. */
export interface RefusedAs {
  readonly what: 'call' | 'delegation';
  readonly ownerId: string;
  readonly grantId: string;
  readonly code: string;
}

interface Count extends RefusedAs {
  seen: number;
  readonly sinceMs: number;
}

const keyOf = ({ what, grantId, code }: RefusedAs): string => `${what} ${grantId} ${code}`;

/** Counts refusals by grant and reason. `flush` MUST be called about once a minute, and at an orderly end. */
export class RefusalTally {
  readonly #ledger: Pick<Ledger, 'record'>;
  readonly #counts = new Map<string, Count>();
  /** Counts that are on their way to the journal and may come back. */
  #writing = 0;

  constructor(ledger: Pick<Ledger, 'record'>) {
    this.#ledger = ledger;
  }

  /** Whether this refusal is to be an entry of its own; if not, it is counted. */
  isTold(refused: RefusedAs, atMs: number): boolean {
    const key = keyOf(refused);
    const count = this.#counts.get(key);
    if (count) {
      count.seen += 1;
      return count.seen <= REFUSALS_TOLD;
    }
    if (this.#counts.size + this.#writing < MOST_COUNTED)
      this.#counts.set(key, { ...refused, seen: 1, sinceMs: atMs });
    return true;
  }

  /** Writes how many there were beyond those that were told, and begins anew. Rejects when nothing can be recorded; the counts are kept. */
  async flush(): Promise<void> {
    const counted = [...this.#counts.values()];
    this.#counts.clear();
    const more = counted.filter(({ seen }) => seen > REFUSALS_TOLD);
    if (more.length === 0) return;
    const entries = more.map(({ what, ownerId, grantId, code, seen, sinceMs }) => ({
      ownerId,
      kind: `${what}.refusals`,
      grantId,
      body: { code, more: seen - REFUSALS_TOLD, since: sinceMs },
    }));
    this.#writing += more.length;
    try {
      await this.#ledger.record(entries);
    } catch (error) {
      for (const count of more) this.#putBack(count);
      throw error;
    } finally {
      this.#writing -= more.length;
    }
  }

  #putBack(count: Count): void {
    const key = keyOf(count);
    const since = this.#counts.get(key);
    this.#counts.set(key, since ? { ...count, seen: count.seen + since.seen } : count);
  }
}
