import { describe, expect, it } from 'vitest';
import type { Maximum } from '../api/types.ts';
import { maximaRows, maximaWords, readMaxima } from './maxima.ts';

const MAXIMA: readonly Maximum[] = [
  { unit: 'usd', per: 'month', amount: '20' },
  { unit: 'requests', per: 'day', amount: 500 },
];

describe('house maxima', () => {
  it('are said in words', () => {
    expect(maximaWords(MAXIMA)).toBe('$20.00 a month and 500 requests a day');
  });

  it('come out of a form as they went in', () => {
    expect(readMaxima(maximaRows(MAXIMA))).toEqual(MAXIMA);
  });

  it.each(['', 'x', '-1', '1.5.0'])('are not read from a line that says %j', (input) => {
    expect(readMaxima([{ name: maximaRows(MAXIMA)[0]!.name, input }])).toBeNull();
  });
});
