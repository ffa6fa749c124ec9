// Tables for how limits are shown and edited.

import { describe, expect, it } from 'vitest';
import type { AccessDetail, LimitState } from '../api/types.ts';
import { LIMIT_KINDS, limitRows, limitShares, tightestLimit, typedLimit, withLimitRows } from './limits.ts';

const limit = (amount: string, settled: string, held: string): LimitState => ({
  unit: 'usd',
  per: 'day',
  amount,
  settled,
  held,
  remaining: '0',
  window_ends_at: null,
  reset: null,
});

describe('limitShares', () => {
  it.each([
    ['5', '1', '0.5', 0.2, 0.1],
    ['5', '0', '0', 0, 0],
    ['5', '5', '0', 1, 0],
    ['5', '6', '1', 1, 0],
    ['0', '0', '0', 1, 0],
  ])('of %s with %s settled and %s held is %d and %d', (amount, settled, held, settledShare, heldShare) => {
    const shares = limitShares(limit(amount, settled, held));
    expect(shares.settled).toBeCloseTo(settledShare);
    expect(shares.held).toBeCloseTo(heldShare);
  });
});

describe('tightestLimit', () => {
  it('counts holds, and looks at every provider', () => {
    const loose = limit('10', '5', '0');
    const tight = limit('10', '4', '2');
    const part = { provider: 'openai', provider_key: null, lines: [], recipients: {} };
    expect(
      tightestLimit({
        parts: [
          { ...part, limits: [loose] },
          { ...part, limits: [tight] },
        ],
      }),
    ).toBe(tight);
  });
  it('is null without limits', () => {
    expect(tightestLimit({ parts: [] })).toBeNull();
  });
});

it('names each kind of limit once', () => {
  expect(new Set(LIMIT_KINDS.map((kind) => kind.name)).size).toBe(15);
});

it.each([
  ['daily_spend', '1.50', '1.5'],
  ['daily_spend', 'one', null],
  ['requests_per_day', '500', 500],
  ['requests_per_day', '1.5', null],
  ['requests_per_day', '-1', null],
])('typedLimit reads %s %j as %j', (name, input, amount) => {
  expect(typedLimit(name, input)).toBe(amount);
});

describe('withLimitRows', () => {
  const detail: AccessDetail = {
    type: 'ai_model_access',
    provider: 'openai',
    models: ['gpt-5-mini'],
    limits: { daily_spend: 1, max_output_tokens: 4096 },
  };
  it('replaces windows and keeps everything else', () => {
    expect(withLimitRows(detail, [{ name: 'monthly_spend', input: '10' }])).toEqual({
      ...detail,
      limits: { max_output_tokens: 4096, monthly_spend: '10' },
    });
  });
  it('gives back an equal right for its own rows', () => {
    expect(limitRows(withLimitRows(detail, limitRows(detail)))).toEqual(limitRows(detail));
  });
  it('leaves no empty limits', () => {
    expect(withLimitRows({ ...detail, limits: { daily_spend: 1 } }, [])).not.toHaveProperty('limits');
  });
});
