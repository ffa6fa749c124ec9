// The oracle's own books: the state of links and calls as the journal's rows tell it, kept in another way than the ledger keeps it (sums by
// calendar label instead of counters that roll). MUST NOT use the ledger's code.

import type { Limit } from '@valetkey/core';
import type { Change, Link } from '../../src/ledger/contract.ts';

/** The units and their place in amounts of three. */
export const UNITS = ['usd', 'requests', 'tokens'] as const;
/** The windows. */
export const PERIODS = ['total', 'month', 'week', 'day', 'minute'] as const;

/** Nanos, requests, tokens. */
export type Three = readonly [number, number, number];

/** A link and its ancestors, from itself up. */
export type Chain = readonly BookLink[];

/** A link as the oracle knows it. */
export type BookLink = { -readonly [Field in keyof Link]: Link[Field] };

/** A call that was admitted. */
export interface BookCall {
  readonly callId: string;
  readonly chain: Chain;
  readonly atMs: number;
  readonly held: Three;
}

/** What stands in one window of one unit of one link. */
export interface Sum {
  settled: number;
  held: number;
}

const labels = new Map<number, Readonly<Record<Limit['per'], string>>>();

/** The names of the windows that a moment falls in, such as `2026-11` or `2026-11-22T12:05`; a week is named by its Monday. */
function labelsAt(atMs: number): Readonly<Record<Limit['per'], string>> {
  const minute = Math.floor(atMs / 60_000);
  const known = labels.get(minute);
  if (known) return known;
  const text = new Date(atMs).toISOString();
  const monday = new Date(atMs);
  monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7));
  const made = {
    total: '',
    month: text.slice(0, 7),
    week: `week of ${monday.toISOString().slice(0, 10)}`,
    day: text.slice(0, 10),
    minute: text.slice(0, 16),
  };
  if (labels.size > 10_000) labels.clear();
  labels.set(minute, made);
  return made;
}

/** See the top of this file. */
export class Books {
  readonly links = new Map<string, BookLink>();
  readonly calls = new Map<string, BookCall>();
  readonly closed = new Set<string>();
  /** Calls that were posted at their ceiling and not corrected since. */
  readonly ceilings = new Map<string, BookCall>();
  readonly #sums = new Map<string, Sum>();

  chainOf(linkId: string): Chain {
    const chain: BookLink[] = [];
    for (let id: string | null = linkId; id !== null; ) {
      const link: BookLink | undefined = this.links.get(id);
      if (!link) throw new Error(`the books know no link ${id}`);
      chain.push(link);
      id = link.parentId;
    }
    return chain;
  }

  sum(linkId: string, unit: Limit['unit'], per: Limit['per'], atMs: number): Sum {
    const key = `${linkId} ${unit} ${per} ${labelsAt(atMs)[per]}`;
    const known = this.#sums.get(key);
    if (known) return known;
    const made = { settled: 0, held: 0 };
    this.#sums.set(key, made);
    return made;
  }

  roomOf(link: BookLink, { unit, per, amount }: Limit, atMs: number): number {
    const { settled, held } = this.sum(link.id, unit, per, atMs);
    return amount - settled - held;
  }

  openCallsOf(linkId: string): number {
    let open = 0;
    for (const { chain } of this.calls.values()) if (chain.some((link) => link.id === linkId)) open += 1;
    return open;
  }

  admit(call: BookCall): void {
    this.calls.set(call.callId, call);
    this.#post(call, call.held, [0, 0, 0]);
  }

  /** Posts an outcome in the windows of the call's admission. */
  close(call: BookCall, settled: Three): void {
    const [nanos, requests, tokens] = call.held;
    this.calls.delete(call.callId);
    this.closed.add(call.callId);
    this.#post(call, [-nanos, -requests, -tokens], settled);
  }

  /** Lowers what a call was posted at, in the windows of its admission. */
  correct(call: BookCall, change: Three): void {
    this.ceilings.delete(call.callId);
    this.#post(call, [0, 0, 0], change);
  }

  /** Why a change can not be made; null if it can. */
  faultOf(change: Change): 'unknown_link' | 'duplicate_link' | null {
    const ids = new Set(this.links.keys());
    for (const step of change.links) {
      if (step.kind === 'update') {
        if (!ids.has(step.linkId)) return 'unknown_link';
        continue;
      }
      if (ids.has(step.link.id)) return 'duplicate_link';
      if (step.link.parentId !== null && !ids.has(step.link.parentId)) return 'unknown_link';
      ids.add(step.link.id);
    }
    return null;
  }

  apply(change: Change): void {
    for (const step of change.links) {
      if (step.kind === 'open') {
        this.links.set(step.link.id, { ...step.link, version: 1 });
        continue;
      }
      const link = this.links.get(step.linkId)!;
      const status = link.status;
      Object.assign(link, step.set);
      if (status === 'revoked') link.status = 'revoked';
      link.version += 1;
    }
  }

  #post({ chain, atMs }: BookCall, held: Three, settled: Three): void {
    for (const { id } of chain) {
      for (const per of PERIODS) {
        for (const [place, unit] of UNITS.entries()) {
          const sum = this.sum(id, unit, per, atMs);
          sum.held += held[place]!;
          sum.settled += settled[place]!;
        }
      }
    }
  }
}
