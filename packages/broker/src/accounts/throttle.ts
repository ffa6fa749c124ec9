// Counts attempts so that guessing is slow. In memory: a restart forgets, which costs an attacker more than it gives.

/** At most `max` attempts within `windowSeconds` of the first. */
export interface ThrottleRule {
  readonly windowSeconds: number;
  readonly max: number;
}

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

  /** Counts one attempt. @returns null if it may go on, else the seconds until the next one may */
  attempt(key: string, rule: ThrottleRule): number | null {
    const now = this.#now();
    const window = this.#windows.get(key);
    if (window && window.endsAtMs > now) {
      if (window.count >= rule.max) return Math.ceil((window.endsAtMs - now) / 1000);
      window.count += 1;
      return null;
    }
    this.#windows.delete(key);
    this.#makeRoom(now);
    this.#windows.set(key, { count: 1, endsAtMs: now + rule.windowSeconds * 1000 });
    return null;
  }

  /** Forgets the attempts of a key: the last one was right. */
  forgive(key: string): void {
    this.#windows.delete(key);
  }

  #makeRoom(now: number): void {
    if (this.#windows.size < MAX_KEYS) return;
    for (const [key, window] of this.#windows) if (window.endsAtMs <= now) this.#windows.delete(key);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size >= MAX_KEYS && oldest !== undefined) this.#windows.delete(oldest);
  }
}
