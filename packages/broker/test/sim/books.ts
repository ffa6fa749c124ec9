// The oracle's own books: the state of links and calls as the journal's rows tell it, kept in another way than the ledger keeps it (sums by
// calendar label instead of counters that roll). MUST NOT use the ledger's code.

import type { Limit } from '@valetkey/core';
import type { Change, Link, LinkChange } from '../../src/ledger/contract.ts';

/** The units and their place in amounts of three. */
export const UNITS = ['usd', 'requests', 'tokens'] as const;
/** The windows. */
export const PERIODS = ['total', 'month', 'week', 'day', 'minute'] as const;

/** Nanos, requests, tokens. */
export type Three = readonly [number, number, number];

/** A link and its ancestors, from itself up. */
export type Chain = readonly BookLink[];

/** A reset of a limit, good for the window with this name. */
export interface BookReset {
  readonly label: string;
  readonly atMs: number;
  amount: number;
}

/** A link as the oracle knows it. */
export type BookLink = { -readonly [Field in keyof Omit<Link, 'resets'>]: Link[Field] } & {
  /** By unit and period, such as `usd month`. */
  readonly resets: Map<string, BookReset>;
};

/** A call that was admitted. */
export interface BookCall {
  readonly callId: string;
  readonly chain: Chain;
  readonly atMs: number;
  readonly held: Three;
  /** When it was settled; null while it is open. */
  closedAtMs: number | null;
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

type Kind = Pick<Limit, 'unit' | 'per'>;

/** Revoked is for ever; a reset goes with its limit. */
function update(link: BookLink, set: (LinkChange & { kind: 'update' })['set']): void {
  const { status } = link;
  Object.assign(link, set);
  if (status === 'revoked') link.status = 'revoked';
  const kinds = new Set(link.limits.map(({ unit, per }) => `${unit} ${per}`));
  for (const kind of link.resets.keys()) if (!kinds.has(kind)) link.resets.delete(kind);
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

  /** What a reset lets go of in the window of `atMs`; null if there was none in it. */
  resetOf(link: BookLink, { unit, per }: Kind, atMs: number): BookReset | null {
    const reset = link.resets.get(`${unit} ${per}`);
    return reset?.label === labelsAt(atMs)[per] ? reset : null;
  }

  /** What is settled and counts against a limit. */
  countedOf(link: BookLink, { unit, per }: Kind, atMs: number): number {
    const { settled } = this.sum(link.id, unit, per, atMs);
    return settled - (this.resetOf(link, { unit, per }, atMs)?.amount ?? 0);
  }

  roomOf(link: BookLink, limit: Limit, atMs: number): number {
    const { held } = this.sum(link.id, limit.unit, limit.per, atMs);
    return limit.amount - this.countedOf(link, limit, atMs) - held;
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
  close(call: BookCall, settled: Three, atMs: number): void {
    const [nanos, requests, tokens] = call.held;
    call.closedAtMs = atMs;
    this.calls.delete(call.callId);
    this.closed.add(call.callId);
    this.#post(call, [-nanos, -requests, -tokens], settled);
  }

  /** Lowers what a call was posted at, in the windows of its admission, and what resets since have let go of it. */
  correct(call: BookCall, change: Three, atMs: number): void {
    this.ceilings.delete(call.callId);
    this.#post(call, [0, 0, 0], change);
    for (const link of call.chain) {
      let isLowered = false;
      for (const per of PERIODS) {
        for (const [place, unit] of UNITS.entries()) {
          const reset = this.resetOf(link, { unit, per }, atMs);
          if (!reset || call.closedAtMs! > reset.atMs || labelsAt(call.atMs)[per] !== reset.label) continue;
          const lowered = Math.max(0, reset.amount + change[place]!);
          isLowered ||= lowered !== reset.amount;
          reset.amount = lowered;
        }
      }
      if (isLowered) link.version += 1;
    }
  }

  /** Why a change can not be made; null if it can. */
  faultOf(change: Change): 'unknown_link' | 'duplicate_link' | 'unknown_limit' | null {
    const limits = new Map([...this.links.values()].map((link) => [link.id, link.limits]));
    for (const step of change.links) {
      if (step.kind === 'open') {
        if (limits.has(step.link.id)) return 'duplicate_link';
        if (step.link.parentId !== null && !limits.has(step.link.parentId)) return 'unknown_link';
        limits.set(step.link.id, step.link.limits);
        continue;
      }
      const known = limits.get(step.linkId);
      if (!known) return 'unknown_link';
      if (step.kind === 'update') limits.set(step.linkId, step.set.limits ?? known);
      else if (!known.some(({ unit, per }) => unit === step.unit && per === step.per)) return 'unknown_limit';
    }
    return null;
  }

  /** Makes a change that came into force at `atMs`. */
  apply(change: Change, atMs: number): void {
    for (const step of change.links) {
      if (step.kind === 'open') {
        this.links.set(step.link.id, { ...step.link, resets: new Map(), version: 1 });
        continue;
      }
      const link = this.links.get(step.linkId)!;
      link.version += 1;
      if (step.kind === 'update') update(link, step.set);
      else {
        const { unit, per } = step;
        const amount = this.sum(link.id, unit, per, atMs).settled;
        link.resets.set(`${unit} ${per}`, { label: labelsAt(atMs)[per], atMs, amount });
      }
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
