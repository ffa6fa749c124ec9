// Remembers the DPoP proofs that one process has seen, until they would be refused for their age.

import { PROOF_LIFETIME_MS } from './dpop-proof.ts';

/** Lets each proof through once. */
export interface ReplayGuard {
  /** True exactly once for an id, whatever runs at the same time; false for others until `expiresAtMs`. */
  claim(id: string, expiresAtMs: number): Promise<boolean>;
}

/** A guard for one process. It refuses proofs from before it started: an earlier process may have let them through. */
export const memoryReplayGuard = (now: () => number): ReplayGuard => {
  const startedAtMs = now();
  const expiries = new Map<string, number>();
  const forgetExpired = (nowMs: number): void => {
    for (const [id, expiresAtMs] of expiries) {
      // Ids stand about in the order in which they expire; one that is a little late costs only memory.
      if (expiresAtMs > nowMs) return;
      expiries.delete(id);
    }
  };
  return {
    claim(id, expiresAtMs) {
      forgetExpired(now());
      // `iat` has whole seconds: a proof made just after the start may be dated just before it.
      const isOlder = expiresAtMs - PROOF_LIFETIME_MS + 1000 <= startedAtMs;
      if (isOlder || expiries.has(id)) return Promise.resolve(false);
      expiries.set(id, expiresAtMs);
      return Promise.resolve(true);
    },
  };
};
