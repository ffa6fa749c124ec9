// Published prices become exact integer rates.

import { describe, expect, it } from 'vitest';
import { parseRate } from './parse-rate.ts';

describe('parseRate', () => {
  it.each<[unknown, number | undefined, number | null]>([
    [0.15, undefined, 150_000_000],
    ['0.15', undefined, 150_000_000],
    [3.75, undefined, 3_750_000_000],
    [0.018_75, undefined, 18_750_000],
    [1e-9, undefined, 1],
    [1e-10, undefined, 1],
    [0.07, undefined, 70_000_000],
    [1.1, undefined, 1_100_000_000],
    [0, undefined, 0],
    [600, undefined, 600_000_000_000],
    ['2.5e3', undefined, 2_500_000_000_000],
    ['1e1', undefined, 10_000_000_000],
    [10, 1000, 10_000_000_000_000],
    [0.36, 3600, 100_000_000_000],
    [0.111, 3600, 30_833_333_334],
    [0.04, 1, 40_000_000_000_000],
    [-1, undefined, null],
    [Number.NaN, undefined, null],
    [Number.POSITIVE_INFINITY, undefined, null],
    ['', undefined, null],
    ['$5', undefined, null],
    [null, undefined, null],
    [['0.15'], undefined, null],
    [1e30, undefined, null],
  ])('reads %j per %j units as %j', (usd, perUnits, expected) => {
    expect(parseRate(usd, perUnits)).toBe(expected);
  });
});
