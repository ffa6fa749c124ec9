import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMIT_PERIODS } from './limit.ts';
import { windowEndMs, windowStartMs } from './window.ts';

const at = (text: string): number => Date.parse(text);

describe('windows', () => {
  it.each([
    ['month', '2026-11-22T19:07:30.500Z', '2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'],
    ['month', '2026-12-31T23:59:59.999Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['month', '2028-02-29T00:00:00Z', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['week', '2026-11-22T23:59:59.999Z', '2026-11-16T00:00:00Z', '2026-11-23T00:00:00Z'],
    ['week', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00Z', '2026-11-30T00:00:00Z'],
    ['week', '1970-01-05T12:00:00Z', '1970-01-05T00:00:00Z', '1970-01-12T00:00:00Z'],
    ['day', '2026-11-22T23:59:59.999Z', '2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z'],
    ['minute', '2026-11-22T19:07:59.999Z', '2026-11-22T19:07:00Z', '2026-11-22T19:08:00Z'],
  ] as const)('put a %s around %s from %s to %s', (per, moment, start, end) => {
    expect([windowStartMs(at(moment), per), windowEndMs(at(moment), per)]).toEqual([at(start), at(end)]);
  });

  it('never end for a total', () => {
    expect([windowStartMs(at('2026-11-22'), 'total'), windowEndMs(at('2026-11-22'), 'total')]).toEqual([
      0,
      Infinity,
    ]);
  });

  it('hold the moment, and meet without gap or overlap', () => {
    const moments = fc.integer({ min: 0, max: at('2100-01-01') });
    fc.assert(
      fc.property(moments, fc.constantFrom(...LIMIT_PERIODS.slice(1)), (moment, per) => {
        const [start, end] = [windowStartMs(moment, per), windowEndMs(moment, per)];
        expect(start <= moment && moment < end).toBe(true);
        expect(windowStartMs(end, per)).toBe(end);
        expect(windowStartMs(end - 1, per)).toBe(start);
      }),
    );
  });
});
