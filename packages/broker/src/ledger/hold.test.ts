// The hold's arithmetic against exact integers.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capWithinNanos, capWithinTokens, nanosAt, tokensAt } from './hold.ts';

const amount = fc.oneof(fc.nat(100), fc.nat(1_000_000_000), fc.nat({ max: 4_000_000_000_000_000 }));

const hold = fc.record({
  fixedNanos: amount,
  fixedTokens: fc.nat(1_000_000),
  outputNanosPerMillion: amount,
  outputs: fc.nat(16),
  maxOutputTokens: fc.nat(2_000_000),
  minOutputTokens: fc.constant(0),
  priced: fc.constant(true),
});

const exactNanos = (fixed: number, rate: number, cap: number) =>
  BigInt(fixed) + (BigInt(cap) * BigInt(rate) + 999_999n) / 1_000_000n;

describe('a hold', () => {
  it('costs its fixed part and its output rounded up, exactly', () => {
    fc.assert(
      fc.property(hold, fc.nat(2_000_000), (each, cap) => {
        const exact = exactNanos(each.fixedNanos, each.outputNanosPerMillion, cap);
        fc.pre(exact <= BigInt(Number.MAX_SAFE_INTEGER));
        expect(BigInt(nanosAt(each, cap))).toBe(exact);
      }),
    );
  });

  it('fits the largest cap: it costs no more than there is, and one more token would', () => {
    fc.assert(
      fc.property(hold, amount, (each, room) => {
        const cap = capWithinNanos(each, each.maxOutputTokens, room);
        const costs = (tokens: number) => exactNanos(each.fixedNanos, each.outputNanosPerMillion, tokens);
        if (cap >= 0) expect(costs(cap) <= BigInt(room)).toBe(true);
        if (cap < each.maxOutputTokens) expect(costs(Math.max(cap, -1) + 1) > BigInt(room)).toBe(true);
        expect(cap).toBeLessThanOrEqual(each.maxOutputTokens);
      }),
    );
  });

  it('fits the largest cap in tokens, too', () => {
    fc.assert(
      fc.property(hold, fc.nat(3_000_000), (each, room) => {
        const cap = capWithinTokens(each, each.maxOutputTokens, room);
        if (cap >= 0) expect(tokensAt(each, cap)).toBeLessThanOrEqual(room);
        if (cap < each.maxOutputTokens) expect(tokensAt(each, cap + 1)).toBeGreaterThan(room);
        expect(cap).toBeLessThanOrEqual(each.maxOutputTokens);
      }),
    );
  });
});
