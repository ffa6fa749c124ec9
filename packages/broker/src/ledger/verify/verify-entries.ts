// Walks journal entries and checks both of their promises at once: that each owner's chain is whole, and that the money adds up.

import { type ChainHead, chainProblem, genesisHead, nextHead } from '../../audit/verify-journal.ts';
import { type EntryRow, Rebuild } from './rebuild.ts';
import { type LedgerFault, MOST_FAULTS } from './report.ts';

/** A walk over the journal, or over one owner's entries, in their order. */
export class EntryWalk {
  readonly rebuild: Rebuild;
  readonly faults: LedgerFault[] = [];
  entries = 0;
  lastId = 0;
  lastSeq = 0;
  lastAtMs = 0;
  readonly #heads = new Map<string, ChainHead>();
  /** Owners whose chain is broken: what follows the break is not judged. */
  readonly #broken = new Set<string>();

  constructor(parents: ReadonlyMap<string, string | null>) {
    this.rebuild = new Rebuild(parents);
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
    const problem = this.rebuild.post(row);
    if (problem) this.report({ entryId: this.lastId, ownerId, problem });
  }

  /** Notes a fault; beyond `MOST_FAULTS` they are not kept. */
  report(fault: LedgerFault): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push(fault);
  }

  #chain(ownerId: string, row: EntryRow): void {
    const head = this.#heads.get(ownerId) ?? genesisHead(ownerId);
    const next = nextHead(ownerId, head, row);
    this.#heads.set(ownerId, next.ok ? next.value : head);
    if (next.ok || this.#broken.has(ownerId)) return;
    this.#broken.add(ownerId);
    this.report({ entryId: this.lastId, ownerId, problem: chainProblem(next.error.reason) });
  }
}
