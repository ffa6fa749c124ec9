// The hold's arithmetic against exact integers.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertHold, capWithinNanos, capWithinTokens, nanosAt, tokensAt } from './hold.ts';

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

  const small = { fixedNanos: 5, fixedTokens: 7, outputNanosPerMillion: 1, outputs: 2 };
  const whole = { ...small, minOutputTokens: 0, maxOutputTokens: 9, priced: true };

  it.each([
    ['no more than is asked, though the last nano would pay for more', 9, 6, 9],
    ['all of a million tokens for a nano', 9_000_000, 6, 1_000_000],
    ['none where there is just the fixed part', 9, 5, 0],
    ['not even none below it', 9, 4, -1],
  ])('fits %s', (_, cap, room, expected) => {
    expect(capWithinNanos(whole, cap, room)).toBe(expected);
  });

  it.each([
    ['no more than is asked', 9, 26, 9],
    ['all of it to the last token', 9, 25, 9],
    ['whole tokens of each output', 9, 24, 8],
    ['none where there is just the fixed part', 9, 7, 0],
    ['not even none below it', 9, 6, -1],
  ])('fits in tokens %s', (_, cap, room, expected) => {
    expect(capWithinTokens(whole, cap, room)).toBe(expected);
  });

  it.each([
    [1_000_000, 1e10, 1e10],
    [999_999, 1e10, 9_999_990_000],
    [900_001, 1e10 + 1, 9_000_010_001],
  ])(
    'costs %d tokens at %d per million exactly, where a product of numbers would not be',
    (cap, rate, nanos) => {
      expect(nanosAt({ ...whole, outputNanosPerMillion: rate }, cap)).toBe(5 + nanos);
    },
  );

  it('fits all that is asked, or none, where nothing has a rate', () => {
    const free = { ...whole, outputNanosPerMillion: 0, outputs: 0 };
    expect([5, 4].map((room) => capWithinNanos(free, 9, room))).toEqual([9, -1]);
    expect([7, 6].map((room) => capWithinTokens(free, 9, room))).toEqual([9, -1]);
  });

  it.each(Object.keys(whole).filter((name) => name !== 'priced'))(
    'is none with a %s that is no amount',
    (name) => {
      const free = { ...whole, outputs: 0, outputNanosPerMillion: 0 };
      expect(() => assertHold(free)).not.toThrow();
      for (const value of [-1, 0.5, Number.NaN, 2 ** 53])
        expect(() => assertHold({ ...free, [name]: value })).toThrow();
    },
  );

  it('is none whose sum is no amount, or whose least is more than its most', () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect(() => assertHold({ ...whole, fixedNanos: most })).toThrow();
    expect(() => assertHold({ ...whole, fixedTokens: most })).toThrow('not a hold');
    expect(() => assertHold({ ...whole, minOutputTokens: 9 })).not.toThrow();
    expect(() => assertHold({ ...whole, minOutputTokens: 10 })).toThrow('not a hold');
  });
});
