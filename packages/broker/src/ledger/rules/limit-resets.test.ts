// A reset is of one limit in one window, and is never given twice.

import { windowStartMs } from '@valetkey/core';
import { describe, expect, it } from 'vitest';
import type { Correction, LimitReset } from '../contract.ts';
import { correctedResets, isInForce, resetsOf, withReset } from './limit-resets.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;
const day = { unit: 'usd', per: 'day' } as const;
const resetOf = (change: Partial<LimitReset> = {}): LimitReset => ({
  ...{ ...day, windowStartMs: windowStartMs(NOON, change.per ?? 'day'), atMs: NOON, amount: 10 },
  ...change,
});

describe('a reset', () => {
  it('takes the place of the one before it, beside those of other limits', () => {
    const others = [resetOf({ unit: 'tokens' }), resetOf({ per: 'month' })];
    expect(withReset([resetOf(), ...others], day, 30, NOON + 5)).toEqual([
      ...others,
      resetOf({ atMs: NOON + 5, amount: 30 }),
    ]);
  });

  it('is over with its window, and goes with the next that is made', () => {
    expect([isInForce(resetOf(), NOON), isInForce(resetOf(), NOON + DAY_MS)]).toEqual([true, false]);
    const kept = resetOf({ unit: 'tokens', per: 'month' });
    expect(withReset([resetOf({ unit: 'tokens' }), kept], day, 30, NOON + DAY_MS)).toEqual([
      kept,
      resetOf({ atMs: NOON + DAY_MS, windowStartMs: windowStartMs(NOON + DAY_MS, 'day'), amount: 30 }),
    ]);
  });

  it('goes with its limit', () => {
    const [usd, tokens] = [resetOf(), resetOf({ unit: 'tokens' })];
    const month = { unit: 'usd', per: 'month', amount: 1 } as const;
    expect(resetsOf([usd, tokens], [month, { ...day, amount: 1 }])).toEqual([usd]);
    expect(resetsOf([usd], [month])).toEqual([]);
  });
});

describe('what is given back of a call', () => {
  const before = NOON - 1000;
  const midnight = windowStartMs(NOON, 'day');
  const call = { admittedAtMs: before, settledAtMs: before, nanos: -4, tokens: -3 } as Correction;

  it.each<[string, Partial<LimitReset>, Partial<Correction>, number, number]>([
    ['that the reset let go of comes off it', {}, {}, NOON, 6],
    ['in tokens comes off theirs', { unit: 'tokens' }, {}, NOON, 7],
    ['is no request', { unit: 'requests' }, {}, NOON, 10],
    ['posted in the millisecond of the reset comes off it', {}, { settledAtMs: NOON }, NOON, 6],
    ['posted after the reset does not', {}, { settledAtMs: NOON + 1 }, NOON, 10],
    ['admitted as the window began comes off it', {}, { admittedAtMs: midnight }, NOON, 6],
    ['admitted before the window does not', {}, { admittedAtMs: midnight - 1 }, NOON, 10],
    ['once the window is over does not', {}, {}, NOON + DAY_MS, 10],
    ['never makes it less than nothing', {}, { nanos: -40 }, NOON, 0],
  ])('%s', (_what, reset, correction, atMs, amount) => {
    const resets = [resetOf(reset)];
    const after = correctedResets(resets, { ...call, ...correction }, atMs);
    expect(after).toEqual([{ ...resets[0], amount }]);
    if (amount === 10) expect(after[0]).toBe(resets[0]);
  });
});
