// The bill is exact: integer nanos, rounded up once per request, never silent about a missing price.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BillEntry, billNanos, entryNanos } from './bill.ts';
import { CATEGORIES, type Usage, usageOf } from './usage.ts';

const entry = (usage: Partial<Usage>, requestId = 'r1'): BillEntry => ({
  requestId,
  operation: 'chat',
  model: 'm',
  usage: usageOf(usage),
  stream: false,
  completed: true,
});

describe('entryNanos', () => {
  it.each<[string, Partial<Usage>, Record<string, number>, number]>([
    ['nothing costs nothing, even without prices', {}, {}, 0],
    ['a millionth of a nano is rounded up', { input: 1 }, { input: 1 }, 1],
    ['a whole nano is not', { input: 1_000_000 }, { input: 1 }, 1],
    ['parts are added before rounding', { input: 1, output: 1 }, { input: 400_000, output: 400_000 }, 1],
    [
      'real rates: $1.25 and $10 a million',
      { input: 3, output: 13 },
      { input: 1.25e9, output: 10e9 },
      133_750,
    ],
    ['reasoning costs as output', { reasoning: 2 }, { output: 3_000_000 }, 6],
    ['unless it has its own price', { reasoning: 2 }, { output: 3_000_000, reasoning: 1_000_000 }, 2],
    ['searches at $10 a thousand', { webSearches: 3 }, { webSearches: 10e12 }, 30_000_000],
  ])('%s', (_name, usage, rates, nanos) => {
    expect(entryNanos(entry(usage), { m: rates })).toBe(nanos);
  });

  it('throws where a price is missing', () => {
    expect(() => entryNanos(entry({ cachedInput: 1 }), { m: { input: 1 } })).toThrow(/cachedInput of m/);
    expect(() => entryNanos(entry({ input: 1 }), {})).toThrow(/input of m/);
  });

  it('is the exact sum, rounded up once, for all usages and rates', () => {
    const count = fc.integer({ min: 0, max: 10_000_000 });
    const row = fc.record(Object.fromEntries(CATEGORIES.map((category) => [category, count])));
    fc.assert(
      fc.property(row, row, (usage, rates) => {
        const nanos = BigInt(entryNanos(entry(usage), () => rates));
        const exact = CATEGORIES.reduce((sum, name) => sum + BigInt(usage[name]!) * BigInt(rates[name]!), 0n);
        expect(nanos * 1_000_000n >= exact && (nanos - 1n) * 1_000_000n < exact).toBe(true);
      }),
    );
  });
});

describe('billNanos', () => {
  it('rounds each request, not the sum', () => {
    const bill = billNanos([entry({ input: 1 }, 'a'), entry({ input: 1 }, 'b')], { m: { input: 1 } });
    expect(bill).toEqual({
      totalNanos: 2,
      byRequest: new Map([
        ['a', 1],
        ['b', 1],
      ]),
    });
  });
});
