// Walks journal entries and checks both of their promises at once: that each owner's chain is whole, and that the money adds up.

import { GapBook } from '../../audit/gap-book.ts';
import { REMOVAL, type Removal } from '../../audit/removal.ts';
import { type ChainHead, chainProblem, genesisHead, nextHead } from '../../audit/verify-journal.ts';
import { type EntryRow, Rebuild } from './rebuild.ts';
import { type LedgerFault, type LedgerReport, MOST_FAULTS } from './report.ts';

/** A removal of old calls, and whose they were. */
export interface OwnersRemoval extends Removal {
  readonly ownerId: string;
}

/** A walk over the journal, or over one owner's entries, in their order. MUST be ended with `end`. */
export class EntryWalk {
  readonly rebuild: Rebuild;
  readonly faults: LedgerFault[] = [];
  entries = 0;
  lastId = 0;
  lastSeq = 0;
  lastAtMs = 0;
  readonly #heads = new Map<string, ChainHead>();
  /** When the last entry of each owner was written. */
  readonly #lastAtMs = new Map<string, number>();
  /** Owners whose chain is broken: what follows the break is not judged. */
  readonly #broken = new Set<string>();
  /** The hash that the chain goes on from after a gap, by owner and the place of the gap's last entry. */
  readonly #hashes = new Map<string, string>();
  readonly #gaps = new Map<string, GapBook>();

  /** `removals` are all that the journal to be walked names: sums and hashes of what is gone. */
  constructor(parents: ReadonlyMap<string, string | null>, removals: readonly OwnersRemoval[]) {
    this.rebuild = new Rebuild(parents);
    for (const removal of removals) {
      this.rebuild.postRemoved(removal);
      for (const { to, hash } of removal.gaps) this.#hashes.set(`${removal.ownerId} ${to}`, hash);
    }
  }

  get owners(): number {
    return this.#heads.size;
  }

  /** Takes the next entry. */
  take(row: EntryRow): void {
    this.entries += 1;
    this.lastId = Number(row.id);
    this.lastSeq = Number(row.seq);
    this.lastAtMs = Number(row.at);
    const ownerId = String(row.owner_id);
    this.#chain(ownerId, row);
    this.#lastAtMs.set(ownerId, this.lastAtMs);
    if (row.kind === REMOVAL) this.#gapsOf(ownerId).name(this.lastSeq, this.lastAtMs, String(row.body));
    const problem = this.rebuild.post(row);
    if (problem) this.report({ entryId: this.lastId, ownerId, problem });
  }

  /** Says that there are no more entries: every gap MUST have been named by now. */
  end(): void {
    for (const [ownerId, gaps] of this.#gaps) {
      const fault = this.#broken.has(ownerId) ? null : gaps.fault();
      const problem = fault && `Entry ${fault.seq} of this owner ${fault.problem}.`;
      if (problem) this.report({ entryId: null, ownerId, problem });
    }
  }

  /** What was found; `links` were compared. */
  toReport(links: number): LedgerReport {
    const { entries, owners, faults } = this;
    const { calls, openCallIds, removedCalls } = this.rebuild;
    return { entries, owners, calls, openCalls: openCallIds.length, removedCalls, links, faults };
  }

  /** Notes a fault; beyond `MOST_FAULTS` they are not kept. */
  report(fault: LedgerFault): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push(fault);
  }

  #chain(ownerId: string, row: EntryRow): void {
    const head = this.#overGap(ownerId, this.#heads.get(ownerId) ?? genesisHead(ownerId));
    const next = nextHead(ownerId, head, row);
    this.#heads.set(ownerId, next.ok ? next.value : head);
    if (next.ok || this.#broken.has(ownerId)) return;
    this.#broken.add(ownerId);
    this.report({ entryId: this.lastId, ownerId, problem: chainProblem(next.error.reason) });
  }

  /** The head before the entry that was taken last: what an entry names as removed is stepped over. */
  #overGap(ownerId: string, head: ChainHead): ChainHead {
    const to = this.lastSeq - 1;
    const hash = to > head.seq ? this.#hashes.get(`${ownerId} ${to}`) : undefined;
    if (hash === undefined) return head;
    this.#gapsOf(ownerId).miss({ from: head.seq + 1, to, hash, afterMs: this.#lastAtMs.get(ownerId) ?? 0 });
    return { seq: to, hash };
  }

  #gapsOf(ownerId: string): GapBook {
    const known = this.#gaps.get(ownerId) ?? new GapBook();
    this.#gaps.set(ownerId, known);
    return known;
  }
}
