import { describe, expect, it } from 'vitest';
import type { Limit } from './limit.ts';
import { exceedsRoom } from './room.ts';

const usd = (amount: number, per: Limit['per']): Limit => ({ unit: 'usd', amount, per });
const requests = (amount: number, per: Limit['per']): Limit => ({ unit: 'requests', amount, per });

describe('exceedsRoom', () => {
  it.each<[string, Limit[][], Limit, boolean]>([
    ['what fits exactly', [[usd(5, 'month')]], usd(5, 'month'), false],
    ['one more than is left', [[usd(6, 'month')]], usd(5, 'month'), true],
    ['a day’s budget, which fills 31 times in a month', [[usd(5, 'day')]], usd(154, 'month'), true],
    ['a day’s budget that fits as often', [[usd(5, 'day')]], usd(155, 'month'), false],
    ['a longer budget, which can all be used in one day', [[usd(5, 'month')]], usd(4, 'day'), true],
    ['a budget in total, which fills once', [[usd(5, 'total')]], usd(5, 'day'), false],
    ['what fills again for ever, below a total', [[usd(1, 'month')]], usd(900, 'total'), true],
    [
      'a week’s budget, which fills 31/7 times in a month',
      [[usd(7_000, 'week')]],
      usd(30_999, 'month'),
      true,
    ],
    ['a week’s budget that fits as often', [[usd(7_000, 'week')]], usd(31_000, 'month'), false],
    ['a minute’s budget, which fills 1,440 times in a day', [[usd(1, 'minute')]], usd(1439, 'day'), true],
    ['a minute’s budget that fits as often', [[usd(1, 'minute')]], usd(1440, 'day'), false],
    ['a total below a smaller total', [[usd(5, 'total')]], usd(4, 'total'), true],
    ['nothing beside what is too much in total', [[usd(0, 'day')], [usd(5, 'total')]], usd(4, 'total'), true],
    ['nothing, below anything', [[usd(0, 'day')]], usd(0, 'total'), false],
    ['the tightest of several limits', [[usd(9, 'day'), usd(5, 'month')]], usd(5, 'month'), false],
    ['two that draw on the same ceiling', [[usd(3, 'month')], [usd(3, 'month')]], usd(5, 'month'), true],
    ['no limit of that unit', [[usd(3, 'month')]], requests(500, 'day'), true],
    ['a limit of that unit', [[requests(500, 'day')]], requests(500, 'day'), false],
  ])('compares %s', (_what, rights, left, expected) => {
    expect(
      exceedsRoom(
        rights.map((limits) => ({ limits })),
        left,
      ),
    ).toBe(expected);
  });
});
