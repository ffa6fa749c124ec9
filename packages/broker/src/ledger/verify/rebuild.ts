// Adds up every balance anew from journal entries, without any of the state that the ledger decides by. Each entry must follow from the
// ones before: an outcome gives back exactly what its admission held. Pure over rows, so that it works on a copy, offline, on any engine.

import { callsOf, parseRemoval, REMOVAL, type Removal } from '../../audit/removal.ts';
import { type Amounts, Counters } from '../rules/counters.ts';

/** A row of `journal`. */
export type EntryRow = Readonly<Record<string, unknown>>;

interface Call {
  readonly linkId: string;
  readonly admittedAtMs: number;
  readonly held: Amounts;
}

const NOTHING: Amounts = [0, 0, 0];
const OUTCOMES: ReadonlySet<unknown> = new Set(['call.settled', 'call.ceiling', 'call.released']);

const heldOf = (row: EntryRow): Amounts => [
  Number(row.held_nanos),
  Number(row.held_requests),
  Number(row.held_tokens),
];
const settledOf = (row: EntryRow): Amounts => [
  Number(row.settled_nanos),
  Number(row.settled_requests),
  Number(row.settled_tokens),
];
const isNothing = (amounts: Amounts): boolean => amounts.every((amount) => amount === 0);

/** Balances while they are added up, entry by entry in the order of the journal. */
export class Rebuild {
  /** How many calls were admitted, of those that are still in the journal. */
  calls = 0;
  /** How many were removed. */
  removedCalls = 0;
  readonly #parents: ReadonlyMap<string, string | null>;
  readonly #counters = new Map<string, Counters>();
  /** The last entry that was posted on each link. */
  readonly #touchedAt = new Map<string, number>();
  readonly #open = new Map<string, Call>();
  /** Calls posted at their ceiling, with what they may be corrected from. */
  readonly #unconfirmed = new Map<string, { readonly call: Call; readonly settled: Amounts }>();
  /** For links that removed calls were charged to, the moment before which those were. */
  readonly #removedUntil = new Map<string, number>();

  /** `parents` names every link and the link above it. */
  constructor(parents: ReadonlyMap<string, string | null>) {
    this.#parents = parents;
  }

  /**
   * Posts what removed calls had settled, as long ago: it counts in `total` alone. MUST be told before any entry of these links is posted:
   * the entry that says so stands behind entries that the sum is needed for.
   */
  postRemoved({ until, links }: Removal): void {
    for (const { link_id: leafId, settled_nanos, settled_requests, settled_tokens } of links) {
      const settled: Amounts = [settled_nanos, settled_requests, settled_tokens];
      for (const id of this.#pathOf(leafId)) {
        this.#standing(id).post(0, NOTHING, settled);
        this.#removedUntil.set(id, Math.max(until, this.removedUntilOf(id)));
      }
    }
  }

  /** The moment before which calls of a link were removed: what windows that began earlier had settled is not known. 0 if none was. */
  removedUntilOf(linkId: string): number {
    return this.#removedUntil.get(linkId) ?? 0;
  }

  get openCallIds(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Links that anything was posted on, with the id of the last entry that was. */
  get touchedAt(): ReadonlyMap<string, number> {
    return this.#touchedAt;
  }

  /** The counters of a link, in the windows open at `atMs`, which MUST NOT go back. */
  countersOf(linkId: string, atMs: number): Counters {
    const counters = this.#standing(linkId);
    counters.rollTo(atMs);
    return counters;
  }

  /** Posts one entry. Returns what is wrong with it, or null. */
  post(row: EntryRow): string | null {
    const callId = String(row.call_id);
    if (row.kind === 'call.admitted') return this.#admit(callId, row);
    if (OUTCOMES.has(row.kind)) return this.#settle(callId, row);
    if (row.kind === 'call.corrected') return this.#correct(callId, row);
    if (row.link_id !== null || !isNothing(heldOf(row)) || !isNothing(settledOf(row)))
      return `moves money, which an entry of the kind ${row.kind} must not`;
    return row.kind === REMOVAL ? this.#countRemoved(row) : null;
  }

  #admit(callId: string, row: EntryRow): string | null {
    if (this.#open.has(callId)) return `admits call ${callId} a second time`;
    const linkId = String(row.link_id);
    if (!this.#parents.has(linkId)) return `is charged to link ${linkId}, which does not exist`;
    const held = heldOf(row);
    if (held.some((amount) => amount < 0) || held[1] !== 1 || !isNothing(settledOf(row)))
      return `holds impossible amounts for call ${callId}`;
    const call = { linkId, admittedAtMs: Number(row.at), held };
    this.#open.set(callId, call);
    this.calls += 1;
    this.#onPath(linkId, row, (counters) => {
      counters.openCalls += 1;
      counters.post(call.admittedAtMs, held, NOTHING);
    });
    return null;
  }

  #settle(callId: string, row: EntryRow): string | null {
    const call = this.#open.get(callId);
    if (!call) return `is the outcome of call ${callId}, which is not open`;
    const [released, settled] = [heldOf(row), settledOf(row)];
    if (row.link_id !== call.linkId) return `settles call ${callId} on another link`;
    if (released.some((amount, at) => amount + call.held[at]! !== 0))
      return `gives back another amount than call ${callId} held`;
    if (settled.some((amount) => amount < 0)) return `settles a negative amount for call ${callId}`;
    if (row.kind === 'call.ceiling' && settled.some((amount, at) => amount !== call.held[at]))
      return `posts call ${callId} at another amount than its ceiling`;
    if (row.kind === 'call.ceiling') this.#unconfirmed.set(callId, { call, settled });
    this.#open.delete(callId);
    this.#onPath(call.linkId, row, (counters) => {
      counters.openCalls -= 1;
      counters.post(call.admittedAtMs, released, settled);
    });
    return null;
  }

  #correct(callId: string, row: EntryRow): string | null {
    const posted = this.#unconfirmed.get(callId);
    if (!posted)
      return `corrects call ${callId}, which was not posted at its ceiling or was corrected before`;
    const { call, settled } = posted;
    const change = settledOf(row);
    if (row.link_id !== call.linkId) return `corrects call ${callId} on another link`;
    const isWithin = change.every((amount, at) => amount <= 0 && amount + settled[at]! >= 0);
    if (!isWithin || change[1] !== 0 || !isNothing(heldOf(row)))
      return `corrects call ${callId} by an impossible amount`;
    this.#unconfirmed.delete(callId);
    this.#onPath(call.linkId, row, (counters) => counters.post(call.admittedAtMs, NOTHING, change));
    return null;
  }

  #countRemoved(row: EntryRow): string | null {
    const removal = parseRemoval(String(row.body));
    if (!removal) return 'does not say which calls were removed';
    const unknown = removal.links.find(({ link_id }) => !this.#parents.has(link_id));
    if (unknown) return `names link ${unknown.link_id}, which does not exist`;
    this.removedCalls += callsOf(removal);
    return null;
  }

  #onPath(leafId: string, { id: entryId, at }: EntryRow, post: (counters: Counters) => void): void {
    for (const id of this.#pathOf(leafId)) {
      this.#touchedAt.set(id, Number(entryId));
      post(this.countersOf(id, Number(at)));
    }
  }

  #standing(linkId: string): Counters {
    const counters = this.#counters.get(linkId) ?? new Counters();
    this.#counters.set(linkId, counters);
    return counters;
  }

  *#pathOf(leafId: string): Generator<string> {
    for (let id: string | null = leafId; id !== null; id = this.#parents.get(id) ?? null) yield id;
  }
}
