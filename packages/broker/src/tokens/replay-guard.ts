// Remembers the DPoP proofs that one process has seen, until they would be refused for their age.

import { PROOF_LIFETIME_MS, PROOF_SKEW_MS } from './dpop-proof.ts';

/** Lets each proof through once. */
export interface ReplayGuard {
  /** True exactly once for an id, whatever runs at the same time; false for others until `expiresAtMs`. */
  claim(id: string, expiresAtMs: number): Promise<boolean>;
}

/**
 * A guard for one process. It refuses proofs from before `startedAtMs`, and from the rest of that second: an earlier process may have let them
 * through. Those that the earlier one took while they were dated ahead, it finds in `written`, which outlives both.
 */
export const memoryReplayGuard = (
  now: () => number,
  written: ReplayGuard,
  startedAtMs = now(),
): ReplayGuard => {
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
      // `iat` has whole seconds: in the second in which this process started, nobody can tell what was made after it did.
      const datedMs = expiresAtMs - PROOF_LIFETIME_MS;
      if (datedMs < startedAtMs || expiries.has(id)) return Promise.resolve(false);
      expiries.set(id, expiresAtMs);
      const mayOutliveUs = datedMs > now();
      const mayBeOlder = datedMs <= startedAtMs + PROOF_SKEW_MS;
      return mayOutliveUs || mayBeOlder ? written.claim(id, expiresAtMs) : Promise.resolve(true);
    },
  };
};
