import type { Limit } from '@valetkey/core';
import { describe, expect, it } from 'vitest';
import { isLargeBudget } from './large-budget.ts';

const USD = 1_000_000_000;
const usd = (amount: number, per: Limit['per']): Limit => ({ unit: 'usd', amount: amount * USD, per });
const DAY_MS = 86_400_000;
const until = (expiresAtMs: number | null, ...limits: Limit[]) => ({ provider: 'a', limits, expiresAtMs });
const right = (...limits: Limit[]) => until(30 * DAY_MS, ...limits);
const requests = (amount: number): Limit => ({ unit: 'requests', amount, per: 'day' });
/** The same of another provider. */
const other = (of: ReturnType<typeof right>) => ({ ...of, provider: 'b' });

describe('a budget is large above $100 a month', () => {
  it.each<[string, ReturnType<typeof right>[], ReturnType<typeof right>[], boolean]>([
    ['$100 a month', [right(usd(100, 'month'))], [], false],
    ['a cent more', [right(usd(100.01, 'month'))], [], true],
    ['$3 a day', [right(usd(3, 'day'))], [], false],
    ['$5 a day', [right(usd(5, 'day'))], [], true],
    ['$5 a day within $20 in total', [right(usd(5, 'day'), usd(20, 'total'))], [], false],
    ['a cent a minute', [right(usd(0.01, 'minute'))], [], true],
    ['no budget', [right()], [], true],
    ['requests alone', [right({ unit: 'requests', amount: 1, per: 'total' })], [], true],
    ['two parts of $60', [right(usd(60, 'month')), other(right(usd(60, 'total')))], [], true],
    ['less than before', [right(usd(200, 'month'))], [right(usd(300, 'month'))], false],
    ['as much as before', [right()], [right()], false],
    ['more than before', [right(usd(300, 'month'))], [right(usd(200, 'month'))], true],
    ['none any more', [right()], [right(usd(200, 'month'))], true],
    ['as much for longer', [until(40 * DAY_MS, usd(200, 'month'))], [right(usd(200, 'month'))], true],
    ['as much for ever', [until(null, usd(200, 'month'))], [right(usd(200, 'month'))], true],
    ['as much for less long', [until(DAY_MS, usd(200, 'month'))], [right(usd(200, 'month'))], false],
    ['little for longer', [until(null, usd(20, 'month'))], [right(usd(20, 'month'))], false],
    ['every month what was in total', [right(usd(200, 'month'))], [right(usd(200, 'total'))], true],
    ['in total what was every month', [right(usd(200, 'total'))], [right(usd(200, 'month'))], false],
    ['less, in shorter windows', [right(usd(5, 'day'))], [right(usd(300, 'month'))], false],
    [
      'more beside no budget',
      [right(), other(right(usd(50, 'day')))],
      [right(), other(right(usd(1, 'day')))],
      true,
    ],
    [
      'as much beside no budget',
      [right(), other(right(usd(1, 'day')))],
      [right(), other(right(usd(1, 'day')))],
      false,
    ],
    [
      'one part for longer, beside one without end',
      [until(null, usd(1, 'month')), other(until(null, usd(200, 'month')))],
      [until(null, usd(1, 'month')), other(right(usd(200, 'month')))],
      true,
    ],
    ['more requests, without a budget', [right(requests(900))], [right(requests(9))], true],
    ['fewer requests, without a budget', [right(requests(9))], [right(requests(900))], false],
    ['more, and small', [right(usd(20, 'month'))], [right(usd(10, 'month'))], false],
  ])('%s', (_name, after, before, expected) => {
    expect(isLargeBudget(100 * USD, after, before)).toBe(expected);
  });
});
