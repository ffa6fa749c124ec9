// Holds what is missing in one owner's chain against what its entries name as removed. Every missing run MUST be named by a later entry,
// whole and with the hash that the chain goes on from; nothing that is there may be named, nor what was not old by then.

import { type Gap, isOldEnough, parseRemoval, type Removal } from './removal.ts';
import { chainProblem } from './verify-journal.ts';

/** The first place that is not as the entries say, and what is wrong there, after the name of the entry. */
export interface GapFault {
  readonly seq: number;
  readonly problem: string;
}

interface NamedGap extends Gap {
  /** The place of the entry that names it. */
  readonly by: number;
  readonly untilMs: number;
}

interface MissingGap extends Gap {
  /** When the entry before it was written: what is missing is no older. */
  readonly afterMs: number;
}

/** Filled while a chain is walked, judged at its end. */
export class GapBook {
  /** Of the removals that were named: the latest moment before which calls are gone, and the place of its entry; null if none was. */
  newest: { readonly untilMs: number; readonly seq: number } | null = null;
  readonly #missing: MissingGap[] = [];
  readonly #named: NamedGap[] = [];
  readonly #hashes = new Map<number, string>();

  /** The runs that are missing, in their order. */
  get missing(): readonly Gap[] {
    return this.#missing;
  }

  /** Notes that nothing is there from `from` to `to`, and that the entry after it is chained to `hash`. */
  miss(gap: MissingGap): void {
    this.#missing.push(gap);
  }

  /** Takes the body of the entry `calls.removed` at `seq`, written at `atMs`. Returns what it says; null if that can not be. */
  name(seq: number, atMs: number, body: string): Removal | null {
    const removal = parseRemoval(body);
    if (!removal || !isOldEnough(removal, atMs) || removal.gaps.some(({ to }) => to >= seq)) return null;
    for (const gap of removal.gaps) {
      this.#named.push({ ...gap, by: seq, untilMs: removal.until });
      this.#hashes.set(gap.to, gap.hash);
    }
    if (!this.newest || removal.until >= this.newest.untilMs) this.newest = { untilMs: removal.until, seq };
    return removal;
  }

  /** The hash of the last entry of a run that ends at `seq`; undefined if none does. */
  hashAt(seq: number): string | undefined {
    return this.#hashes.get(seq);
  }

  /** The first fault; null if all is as it is named. What is named before `firstSeq`, where the walk began, is not looked at. */
  fault(firstSeq = 1): GapFault | null {
    const named = this.#named.filter(({ to }) => to >= firstSeq).sort((a, b) => a.from - b.from);
    let next = 0;
    for (const { from, to, hash, afterMs } of this.#missing) {
      for (let seq = from; seq <= to; ) {
        const gap = named[next];
        if (gap && (gap.from < seq || (gap.from === seq && gap.to > to))) return stillThere(gap);
        if (gap?.from !== seq) return { seq, problem: UNNAMED };
        if (gap.untilMs <= afterMs) return tooYoung(gap);
        if (gap.to === to && gap.hash !== hash) return { seq: to + 1, problem: chainProblem('wrong_hash') };
        seq = gap.to + 1;
        next += 1;
      }
    }
    const [rest] = named.slice(next);
    return rest ? stillThere(rest) : null;
  }
}

/** Of an entry that is not there. */
export const UNNAMED = 'is missing or was moved, and no entry says that its call was removed';

const tooYoung = ({ from, by }: NamedGap): GapFault => ({
  seq: from,
  problem: `is said to be removed by entry ${by} as older than the entry before it, which can not be`,
});

const stillThere = ({ from, by }: NamedGap): GapFault => ({
  seq: from,
  problem: `is said to be removed by entry ${by}, which is not so`,
});
