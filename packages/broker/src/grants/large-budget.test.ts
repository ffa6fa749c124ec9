import type { Limit } from '@valetkey/core';
import { describe, expect, it } from 'vitest';
import { isLargeBudget } from './large-budget.ts';

const USD = 1_000_000_000;
const usd = (amount: number, per: Limit['per']): Limit => ({ unit: 'usd', amount: amount * USD, per });
const DAY_MS = 86_400_000;
const right = (...limits: Limit[]) => ({ limits, expiresAtMs: (30 * DAY_MS) as number | null });
const until = (expiresAtMs: number | null, ...limits: Limit[]) => ({ limits, expiresAtMs });

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
    ['two parts of $60', [right(usd(60, 'month')), right(usd(60, 'total'))], [], true],
    ['less than before', [right(usd(200, 'month'))], [right(usd(300, 'month'))], false],
    ['as much as before', [right()], [right()], false],
    ['more than before', [right(usd(300, 'month'))], [right(usd(200, 'month'))], true],
    ['none any more', [right()], [right(usd(200, 'month'))], true],
    ['as much for longer', [until(40 * DAY_MS, usd(200, 'month'))], [right(usd(200, 'month'))], true],
    ['as much for ever', [until(null, usd(200, 'month'))], [right(usd(200, 'month'))], true],
    ['as much for less long', [until(DAY_MS, usd(200, 'month'))], [right(usd(200, 'month'))], false],
    ['little for longer', [until(null, usd(20, 'month'))], [right(usd(20, 'month'))], false],
    ['more, and small', [right(usd(20, 'month'))], [right(usd(10, 'month'))], false],
  ])('%s', (_name, after, before, expected) => {
    expect(isLargeBudget(100 * USD, after, before)).toBe(expected);
  });
});
