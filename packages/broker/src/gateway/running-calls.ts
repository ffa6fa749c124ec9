// The calls that are between admission and outcome, by grant: what is cut when a grant is stopped, and what a shutdown waits for.

/** What of a call is on the wire: can be ended early. */
export interface Cuttable {
  /** Stops reading from the provider, tells the caller why and settles. */
  cut(): void;
  /** Ends the call if it has taken too long. */
  checkTime(nowMs: number): void;
}

/**
 * A call's place among the running ones. It is taken before the admission: a grant that is stopped after the admission and before the
 * first byte finds it here, and the call is never forwarded.
 */
export class Ticket {
  readonly grantId: string;
  isStopped = false;
  exchange: Cuttable | null = null;

  constructor(grantId: string) {
    this.grantId = grantId;
  }

  cut(): void {
    this.isStopped = true;
    this.exchange?.cut();
  }
}

/** Every running call of this process. */
export class RunningCalls {
  readonly #byGrant = new Map<string, Set<Ticket>>();
  #count = 0;
  #idle: (() => void)[] = [];

  /** The grants that have running calls. */
  get grantIds(): readonly string[] {
    return [...this.#byGrant.keys()];
  }

  get count(): number {
    return this.#count;
  }

  add(call: Ticket): void {
    const calls = this.#byGrant.get(call.grantId) ?? new Set();
    this.#byGrant.set(call.grantId, calls.add(call));
    this.#count += 1;
  }

  remove(call: Ticket): void {
    const calls = this.#byGrant.get(call.grantId);
    if (!calls?.delete(call)) return;
    if (calls.size === 0) this.#byGrant.delete(call.grantId);
    this.#count -= 1;
    if (this.#count === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Cuts every running call of these grants and says how many there were. */
  cut(grantIds: readonly string[]): number {
    const calls = grantIds.flatMap((id) => [...(this.#byGrant.get(id) ?? [])]);
    for (const call of calls) call.cut();
    return calls.length;
  }

  /** Cuts every running call: the process ends. */
  cutAll(): void {
    this.cut([...this.#byGrant.keys()]);
  }

  /** Ends calls that have taken too long. MUST be called about once a second. */
  checkTime(nowMs: number): void {
    for (const calls of this.#byGrant.values()) for (const call of calls) call.exchange?.checkTime(nowMs);
  }

  /** Resolves when no call runs. */
  whenIdle(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }
}
