// The calls that this replica has admitted: until when each may be sent to its provider, and who waits until they are. A change of the
// owner is told of as done only when what was admitted before it is sent, or can not be sent any more.

interface AdmittedCall {
  readonly ownerId: string;
  /** Of the monotonic clock. */
  readonly sendByMs: number;
  isSent: boolean;
}

interface Waiter {
  readonly callIds: Set<string>;
  readonly resolve: () => void;
}

/** See the head of this file. */
export class UnsentCalls {
  readonly #calls = new Map<string, AdmittedCall>();
  readonly #waiters = new Set<Waiter>();

  /** A call whose admission is durable. */
  add(callId: string, ownerId: string, sendByMs: number): void {
    this.#calls.set(callId, { ownerId, sendByMs, isSent: false });
  }

  /** Whether it may be sent. MUST be asked right before its first byte, and only then: it counts as sent. */
  send(callId: string): boolean {
    const call = this.#calls.get(callId);
    if (!call || performance.now() >= call.sendByMs) return false;
    call.isSent = true;
    this.#settle(callId);
    return true;
  }

  /** It has its outcome. */
  delete(callId: string): void {
    this.#calls.delete(callId);
    this.#settle(callId);
  }

  /** None may be sent any more. */
  clear(): void {
    for (const callId of this.#calls.keys()) this.delete(callId);
  }

  /**
   * Resolves when every call of the owner that is admitted by now is sent, or can not be sent any more. An admission may be durable, and the
   * answer to its commit still on its way to here: `written` resolves when that has come.
   */
  async whenSent(ownerId: string, written?: Promise<void>): Promise<void> {
    if (written) await written;
    const nowMs = performance.now();
    const unsent = [...this.#calls].filter(
      ([, call]) => call.ownerId === ownerId && !call.isSent && call.sendByMs > nowMs,
    );
    if (unsent.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter = { callIds: new Set(unsent.map(([callId]) => callId)), resolve };
    const lastMs = Math.max(...unsent.map(([, { sendByMs }]) => sendByMs));
    const timer = setTimeout(resolve, lastMs - nowMs + 1);
    this.#waiters.add(waiter);
    await promise;
    clearTimeout(timer);
    this.#waiters.delete(waiter);
  }

  #settle(callId: string): void {
    for (const { callIds, resolve } of this.#waiters) {
      callIds.delete(callId);
      if (callIds.size === 0) resolve();
    }
  }
}
