// The chart's layout: what is drawn stands in proportion, and the total is exact.

import { describe, expect, it } from 'vitest';
import { layOutChart, monthOfDays } from './chart.ts';

const day = (name: string, usd: string) => ({ day: name, usd, calls: 1 });

describe('layOutChart', () => {
  it('orders days, scales to a round top and sums exactly', () => {
    const chart = layOutChart([
      day('2026-11-02', '0.3'),
      day('2026-11-01', '0.000000001'),
      day('2026-11-03', '0'),
    ]);
    expect(chart.bars.map((bar) => [bar.day, bar.height])).toEqual([
      ['2026-11-01', 0.01],
      ['2026-11-02', 0.6],
      ['2026-11-03', 0],
    ]);
    expect(chart).toMatchObject({ topUsd: '0.5', totalUsd: '0.300000001', highest: { day: '2026-11-02' } });
  });

  it('has no highest day without spend', () => {
    expect(layOutChart([day('2026-11-01', '0')])).toMatchObject({
      highest: null,
      topUsd: '0',
      totalUsd: '0',
    });
  });

  it.each([
    ['1', '1'],
    ['1.01', '2'],
    ['2.2', '2.5'],
    ['7', '10'],
    ['0.0042', '0.005'],
  ])('puts %s below a scale of %s', (usd, top) => {
    expect(layOutChart([day('2026-11-01', usd)]).topUsd).toBe(top);
  });
});

it.each([
  ['2026-11-23', ['2026-11-01', '2026-11-23'], 30],
  ['2026-12-31', ['2026-12-31'], 31],
  ['2028-02-01', ['2028-02-01'], 29],
])('monthOfDays on %s leaves out what was before that month', (today, expected, length) => {
  const days = ['2026-10-31', '2026-11-01', today].map((each) => day(each, '1'));
  const month = monthOfDays(days);
  expect([month.days.map((each) => each.day), month.length]).toEqual([expected, length]);
});
