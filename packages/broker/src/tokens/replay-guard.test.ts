import { describe, expect, it } from 'vitest';
import { PROOF_LIFETIME_MS } from './dpop-proof.ts';
import { memoryReplayGuard, type ReplayGuard } from './replay-guard.ts';

/** What is written down, and outlives a process. */
const writtenGuard = (): ReplayGuard => {
  const ids = new Set<string>();
  return { claim: async (id) => !ids.has(id) && ids.add(id).has(id) };
};

describe('A31 a proof works once', () => {
  it('for the first of sixteen that come with it at the same time', async () => {
    const guard = memoryReplayGuard(() => 1_000_000, writtenGuard());
    const expiresAtMs = 1_000_000 + PROOF_LIFETIME_MS;
    const claims = await Promise.all(Array.from({ length: 16 }, () => guard.claim('jkt jti', expiresAtMs)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('not at all when it was made before this process started, or in that second: its predecessor may have taken it', async () => {
    const guard = memoryReplayGuard(() => 1_000_400, writtenGuard());
    expect(await guard.claim('a', 995_000 + PROOF_LIFETIME_MS)).toBe(false);
    expect(await guard.claim('b', 1_000_000 + PROOF_LIFETIME_MS)).toBe(false);
    expect(await guard.claim('c', 1_001_000 + PROOF_LIFETIME_MS)).toBe(true);
  });

  it('from the first second on where there was no process before', async () => {
    const guard = memoryReplayGuard(() => 1_000_400, writtenGuard(), 0);
    expect(await guard.claim('a', 1_000_000 + PROOF_LIFETIME_MS)).toBe(true);
    expect(await guard.claim('a', 1_000_000 + PROOF_LIFETIME_MS)).toBe(false);
  });

  it('also when it was dated ahead and the process started anew before its time came', async () => {
    const written = writtenGuard();
    let nowMs = 1_000_000;
    const expiresAtMs = nowMs + 4000 + PROOF_LIFETIME_MS;
    const before = memoryReplayGuard(() => nowMs, written);
    expect(await before.claim('a', expiresAtMs)).toBe(true);
    nowMs += 2000;
    const after = memoryReplayGuard(() => nowMs, written);
    expect(await after.claim('a', expiresAtMs)).toBe(false);
    expect(await after.claim('b', expiresAtMs)).toBe(true);
  });

  it('also when its time came only after the process had started anew', async () => {
    const written = writtenGuard();
    let nowMs = 1_000_000;
    const expiresAtMs = nowMs + 4000 + PROOF_LIFETIME_MS;
    // Long at work: that the proof is dated ahead is all that tells it to write it down.
    expect(await memoryReplayGuard(() => nowMs, written, nowMs - 100_000).claim('a', expiresAtMs)).toBe(true);
    nowMs += 1000;
    const after = memoryReplayGuard(() => nowMs, written);
    nowMs += 4000;
    expect(await after.claim('a', expiresAtMs)).toBe(false);
    expect(await after.claim('b', expiresAtMs)).toBe(true);
  });

  it('until it would be too old anyway, and is then forgotten', async () => {
    let nowMs = 1_000_000;
    const guard = memoryReplayGuard(() => nowMs, writtenGuard());
    expect(await guard.claim('a', nowMs + PROOF_LIFETIME_MS)).toBe(true);
    nowMs += PROOF_LIFETIME_MS - 1;
    expect(await guard.claim('a', nowMs + PROOF_LIFETIME_MS)).toBe(false);
    nowMs += 1;
    expect(await guard.claim('a', nowMs + PROOF_LIFETIME_MS)).toBe(true);
  });
});
