// How often whoever waits for a decision may look (RFC 8628 section 3.5: `slow_down`). Kept in memory: it spares the broker, it guards
// nothing.

/** Seconds between two looks. */
export const POLL_INTERVAL_SECONDS = 5;

const MOST_KEPT = 10_000;

/** Remembers when each request was looked at last. */
export class PollPace {
  readonly #lastAtMs = new Map<string, number>();

  /** Notes a look, and says whether it came too early after the one before. A network may deliver one a little early. */
  isTooFast(id: string, nowMs: number): boolean {
    const lastAtMs = this.#lastAtMs.get(id);
    this.#lastAtMs.delete(id);
    this.#lastAtMs.set(id, nowMs);
    if (this.#lastAtMs.size > MOST_KEPT) this.#lastAtMs.delete(this.#lastAtMs.keys().next().value!);
    return lastAtMs !== undefined && nowMs - lastAtMs < (POLL_INTERVAL_SECONDS - 1) * 1000;
  }
}
