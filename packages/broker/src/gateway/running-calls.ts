// The calls that are between admission and outcome: what is cut when a grant above them, their provider key or their device is stopped, or
// when their time is over, and what a shutdown waits for.

import type { Concerned, LiveGrant } from '../grants/contract.ts';
import type { LinkStatus } from '../ledger/contract.ts';
import type { ReadCall } from './read.ts';

/** Why a call was ended from outside. */
export type Stop = 'revoked' | 'suspended' | 'expired' | 'narrowed' | 'device_lost' | 'cut_off';

/** Why a call ends whose chain is not live any more. */
export const stopOf = (status: Exclude<LinkStatus, 'active'>): Stop =>
  status === 'revoked' ? 'revoked' : 'suspended';

/** What of a call is on the wire: can be ended early. */
export interface Cuttable {
  /** Stops reading from the provider, tells the caller why and settles. */
  cut(why: Stop): void;
  /** Ends the call if it has taken too long. */
  checkTime(nowMs: number): void;
}

/**
 * A call's place among the running ones. It is taken before the admission: what is stopped after the admission and before the first byte
 * finds it here, and the call is never forwarded.
 */
export class Ticket {
  readonly grantId: string;
  readonly ownerId: string;
  /** The grants from the one that the owner gave down to the one that calls. */
  readonly path: readonly string[];
  /** Thumbprint of the key that came with a proof; null without one. */
  readonly keyThumbprint: string | null;
  /** What was read of it, with the terms that it was judged by last; null before it is read. */
  call: ReadCall | null = null;
  /** Why it was ended; null while it may go on. */
  stopped: Stop | null = null;
  exchange: Cuttable | null = null;
  /** Where it stands among the running calls; -1 while it does not. Theirs to set. */
  place = -1;

  constructor(live: Pick<LiveGrant, 'grant' | 'path'> | null, keyThumbprint: string | null = null) {
    this.grantId = live?.grant.id ?? '';
    this.ownerId = live?.grant.ownerId ?? '';
    this.path = live?.path.map(({ grantId }) => grantId) ?? [];
    this.keyThumbprint = keyThumbprint;
  }

  /** Ends it; false if that was done before. */
  cut(why: Stop): boolean {
    if (this.stopped) return false;
    this.stopped = why;
    this.exchange?.cut(why);
    return true;
  }

  /** Ends it when one of its grants has, and what is on the wire when it has taken too long. */
  checkTime(nowMs: number): void {
    const expiresAtMs = this.call?.part.access.expiresAtMs ?? null;
    if (expiresAtMs !== null && expiresAtMs <= nowMs) this.cut('expired');
    this.exchange?.checkTime(nowMs);
  }
}

/** Every running call of this process. */
export class RunningCalls {
  /**
   * In no order. No `Set`: one of which much is taken out again leaves its outgrown tables pointing at the next, and a table that was moved
   * to old space keeps all that came after it, calls with their buffers, until the next full collection (a fifth of all CPU under load).
   */
  readonly #calls: Ticket[] = [];
  #idle: (() => void)[] = [];

  get count(): number {
    return this.#calls.length;
  }

  add(call: Ticket): void {
    if (call.place >= 0) return;
    call.place = this.#calls.push(call) - 1;
  }

  remove(call: Ticket): void {
    const { place } = call;
    if (place < 0) return;
    call.place = -1;
    const last = this.#calls.pop()!;
    if (last !== call) {
      this.#calls[place] = last;
      last.place = place;
    }
    if (this.#calls.length > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Calls of these grants and of any below them, and those that draw on these keys; every call if nothing is named. */
  find(concerned?: Concerned): readonly Ticket[] {
    if (!concerned) return [...this.#calls];
    const [grantIds, keyIds] = [new Set(concerned.grantIds), new Set(concerned.providerKeyIds)];
    return [...this.#calls].filter(
      ({ path, call }) =>
        path.some((id) => grantIds.has(id)) || (call !== null && keyIds.has(call.part.providerKeyId)),
    );
  }

  /** Cuts them and says how many there were. */
  cut(concerned: Concerned, why: Stop): number {
    return this.find(concerned).filter((call) => call.cut(why)).length;
  }

  /** Cuts the calls that came from this device of an owner, and says how many there were. */
  cutDevice(ownerId: string, keyThumbprint: string): number {
    const isFrom = (call: Ticket) => call.ownerId === ownerId && call.keyThumbprint === keyThumbprint;
    return [...this.#calls].filter((call) => isFrom(call) && call.cut('device_lost')).length;
  }

  /** Cuts every running call: the process ends, or nobody can tell it what was stopped. */
  cutAll(why: Stop): void {
    for (const call of [...this.#calls]) call.cut(why);
  }

  /** Ends calls whose time is over. MUST be called about once a second. */
  checkTime(nowMs: number): void {
    for (const call of [...this.#calls]) call.checkTime(nowMs);
  }

  /** Resolves when no call runs. */
  whenIdle(): Promise<void> {
    return this.#calls.length === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }
}
