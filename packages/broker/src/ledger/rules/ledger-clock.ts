// The ledger's own time: it never goes back, so that no window opens twice and no expiry moves away, whatever the machine's clock does.

import { LIMIT_PERIODS, windowEndMs, windowStartMs } from '@valetkey/core';

/**
 * Follows the machine's clock forward. When that clock is behind, the ledger's advances at half its speed until it is caught up with, so
 * that short windows still pass after a clock was set back.
 */
export class LedgerClock {
  readonly #now: () => number;
  #lastMs: number;
  #lastWallMs: number;

  /** `floorMs` is the time of the last entry written. */
  constructor(now: () => number, floorMs: number) {
    this.#now = now;
    this.#lastMs = floorMs;
    this.#lastWallMs = now();
  }

  /** Tells no time before `floorMs` from now on: that of an entry that another writer has written. */
  raise(floorMs: number): void {
    if (floorMs <= this.#lastMs) return;
    this.#lastMs = floorMs;
    this.#lastWallMs = this.#now();
  }

  /** Epoch milliseconds, never less than before. */
  nowMs(): number {
    const wallMs = this.#now();
    if (wallMs >= this.#lastMs) {
      this.#lastMs = wallMs;
      this.#lastWallMs = wallMs;
    } else {
      const half = Math.max(0, Math.floor((wallMs - this.#lastWallMs) / 2));
      this.#lastMs += half;
      this.#lastWallMs = Math.min(wallMs, this.#lastWallMs + 2 * half);
    }
    return this.#lastMs;
  }
}

let startsMs: readonly number[] = [];
let validFromMs = Number.POSITIVE_INFINITY;
let validUntilMs = Number.NEGATIVE_INFINITY;

/**
 * Where each of `LIMIT_PERIODS` began at `atMs`. Within one minute it is the same array, because every window begins with a minute:
 * whoever kept it can tell by identity that no window has moved.
 */
export function windowStartsMs(atMs: number): readonly number[] {
  if (atMs < validFromMs || atMs >= validUntilMs) {
    startsMs = LIMIT_PERIODS.map((per) => windowStartMs(atMs, per));
    validFromMs = windowStartMs(atMs, 'minute');
    validUntilMs = windowEndMs(atMs, 'minute');
  }
  return startsMs;
}
