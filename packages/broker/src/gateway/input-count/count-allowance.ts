// How often inputs may be counted, so that a flood of refused requests does not become a flood of questions to the provider. Kept in memory:
// each process has its own.

const MINUTE_MS = 60_000;
const PER_MINUTE = 20;
const MOST_KEPT = 10_000;

/** What one grant has used of it. */
interface Used {
  isRunning: boolean;
  /** When each count of the last minute began, oldest first. */
  startedAtMs: number[];
}

/** For each grant one count at a time and 20 in any minute. */
export class CountAllowance {
  readonly #byGrant = new Map<string, Used>();

  /** Takes one count, or says that there is none now. What was taken MUST be given back with `end`. */
  begin(grant: string, nowMs: number): boolean {
    if (this.#byGrant.size >= MOST_KEPT) this.#forgetIdle(nowMs);
    const used = this.#byGrant.get(grant) ?? { isRunning: false, startedAtMs: [] };
    used.startedAtMs = used.startedAtMs.filter((atMs) => nowMs - atMs < MINUTE_MS);
    if (used.isRunning || used.startedAtMs.length >= PER_MINUTE) return false;
    used.isRunning = true;
    used.startedAtMs.push(nowMs);
    this.#byGrant.set(grant, used);
    return true;
  }

  /** The count has ended, however. */
  end(grant: string): void {
    const used = this.#byGrant.get(grant);
    if (used) used.isRunning = false;
  }

  #forgetIdle(nowMs: number): void {
    for (const [grant, { isRunning, startedAtMs }] of this.#byGrant) {
      const lastAtMs = startedAtMs.at(-1) ?? 0;
      if (!isRunning && nowMs - lastAtMs >= MINUTE_MS) this.#byGrant.delete(grant);
    }
  }
}
