// What one link has settled and holds, for all units and periods at once, so that a limit is only a comparison and can be set, changed
// or removed at any time without losing what was spent.

import { LIMIT_KINDS, LIMIT_PERIODS, LIMIT_UNITS } from '@valetkey/core';
import type { Balance } from '../contract.ts';
import { windowStartsMs } from './ledger-clock.ts';

const PERIODS = LIMIT_PERIODS.length;

/** One value of each of `LIMIT_UNITS`, in their order. */
export type Amounts = readonly [nanos: number, requests: number, tokens: number];

/** The counters of one link, in the windows open at the time they were last rolled to; indexed by `limitIndex`. */
export class Counters {
  readonly settled: number[];
  readonly held: number[];
  openCalls: number;
  #startsMs: readonly number[];

  constructor(
    atMs = 0,
    openCalls = 0,
    settled: readonly number[] = new Array(LIMIT_KINDS).fill(0),
    held: readonly number[] = new Array(LIMIT_KINDS).fill(0),
  ) {
    this.settled = [...settled];
    this.held = [...held];
    this.openCalls = openCalls;
    this.#startsMs = windowStartsMs(atMs);
  }

  /** Starts the windows anew that have ended by `atMs`. MUST be called before reading or posting at that time. */
  rollTo(atMs: number): void {
    const startsMs = windowStartsMs(atMs);
    if (startsMs === this.#startsMs) return;
    for (let period = 0; period < PERIODS; period++) {
      if (startsMs[period] === this.#startsMs[period]) continue;
      for (let kind = period; kind < LIMIT_KINDS; kind += PERIODS) this.settled[kind] = this.held[kind] = 0;
    }
    this.#startsMs = startsMs;
  }

  /** Where the window began that this kind is counted in. */
  startMs(kind: number): number {
    return this.#startsMs[kind % PERIODS]!;
  }

  /**
   * Adds to what is held and settled in the windows of the moment `admittedAtMs`. Windows that opened later are left alone: spend belongs
   * to the window of its admission.
   */
  post(admittedAtMs: number, held: Amounts, settled: Amounts): void {
    for (let period = 0; period < PERIODS; period++) {
      if (admittedAtMs < this.#startsMs[period]!) continue;
      for (let unit = 0; unit < LIMIT_UNITS.length; unit++) {
        const kind = unit * PERIODS + period;
        this.held[kind]! += held[unit]!;
        this.settled[kind]! += settled[unit]!;
      }
    }
  }

  /** The counters as text, rolled to `atMs`; `Counters.parse` reads it. */
  format(atMs: number): string {
    this.rollTo(atMs);
    const { openCalls, settled, held } = this;
    return JSON.stringify({ atMs, openCalls, settled, held });
  }

  /** The counters that `format` wrote, and the time they stand at. */
  static parse(text: string): { readonly counters: Counters; readonly atMs: number } {
    const { atMs, openCalls, settled, held } = JSON.parse(text);
    return { counters: new Counters(atMs, openCalls, settled, held), atMs };
  }

  /** The counters in the contract's words. */
  toBalance(linkId: string): Balance {
    const window = (unit: number, period: number) => ({
      settled: this.settled[unit * PERIODS + period]!,
      held: this.held[unit * PERIODS + period]!,
    });
    const windows = Object.fromEntries(
      LIMIT_UNITS.map((unit, unitAt) => [
        unit,
        Object.fromEntries(LIMIT_PERIODS.map((per, periodAt) => [per, window(unitAt, periodAt)])),
      ]),
    );
    return { linkId, openCalls: this.openCalls, windows: windows as Balance['windows'] };
  }
}
