// Counts calls so that a flood of them is slowed, in the memory of one process. Guesses are counted in the store, where replicas count together.

import type { Quota } from '../store/quotas.ts';

interface Window {
  count: number;
  readonly endsAtMs: number;
}

const MAX_KEYS = 50_000;

/** Counters by key, each with its own window. */
export class Throttle {
  readonly #now: () => number;
  readonly #windows = new Map<string, Window>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one call. @returns null if it may go on, else the seconds until the next one may */
  attempt(key: string, { most, windowSeconds }: Quota): number | null {
    const now = this.#now();
    const window = this.#windows.get(key);
    if (window && window.endsAtMs > now) {
      if (window.count >= most) return Math.ceil((window.endsAtMs - now) / 1000);
      window.count += 1;
      return null;
    }
    this.#windows.delete(key);
    this.#makeRoom(now);
    this.#windows.set(key, { count: 1, endsAtMs: now + windowSeconds * 1000 });
    return null;
  }

  #makeRoom(now: number): void {
    if (this.#windows.size < MAX_KEYS) return;
    for (const [key, window] of this.#windows) if (window.endsAtMs <= now) this.#windows.delete(key);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size >= MAX_KEYS && oldest !== undefined) this.#windows.delete(oldest);
  }
}
