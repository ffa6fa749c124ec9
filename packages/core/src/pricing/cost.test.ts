// A usage costs the exact sum of count times rate, rounded up once.

import { describe, expect, it } from 'vitest';
import { costNanos } from './cost.ts';
import type { RateCard } from './rate-card.ts';
import type { Usage } from './usage.ts';

const card: RateCard = {
  provider: 'openai',
  model: 'm',
  version: 'test',
  rates: {
    input_tokens: 150_000_000,
    cache_read_tokens: 75_000_000,
    output_tokens: 600_000_000,
    web_search_calls: 10_000_000_000_000,
  },
  contextTiers: [
    { aboveInputTokens: 200_000, rates: { input_tokens: 300_000_000 } },
    { aboveInputTokens: 400_000, rates: { input_tokens: 600_000_000, output_tokens: 900_000_000 } },
  ],
  serviceTiers: { priority: 1700, flex: 500 },
  maxOutputTokens: null,
};

describe('costNanos', () => {
  it.each<[string, Usage, string | null, number]>([
    ['nothing', {}, null, 0],
    ['input and output', { input_tokens: 1000, output_tokens: 500 }, null, 450_000],
    ['cached input at its own rate', { input_tokens: 1000, cache_read_tokens: 1000 }, null, 225_000],
    ['one rounding, up', { input_tokens: 1, cache_read_tokens: 1, output_tokens: 1 }, 'flex', 413],
    ['the prompt exactly at the tier keeps the base', { input_tokens: 200_000 }, null, 30_000_000],
    ['one token above pays the tier for all', { input_tokens: 200_001 }, null, 60_000_300],
    ['cached tokens count for the tier', { input_tokens: 1, cache_read_tokens: 200_000 }, null, 15_000_300],
    ['output does not count for the tier', { input_tokens: 1, output_tokens: 200_000 }, null, 120_000_150],
    ['the highest tier reached wins', { input_tokens: 400_001, output_tokens: 1 }, null, 240_001_500],
    ['priority multiplies tokens', { input_tokens: 1000 }, 'priority', 255_000],
    ['priority does not multiply calls', { web_search_calls: 1 }, 'priority', 10_000_000],
    ['ordinary service is not multiplied', { input_tokens: 1000 }, 'default', 150_000],
    ['nor is it by its other name', { input_tokens: 1000 }, 'standard', 150_000],
    ['an unlisted tier costs as the dearest listed', { input_tokens: 1000 }, 'turbo', 255_000],
    ['a name of Object.prototype is an unlisted tier', { input_tokens: 1000 }, 'constructor', 255_000],
    ['an unpriced meter that was not used', { images: 0, input_tokens: 1000 }, null, 150_000],
    ['a cost beyond exact integers saturates', { output_tokens: 2 ** 53 - 1 }, null, Number.MAX_SAFE_INTEGER],
  ])('%s', (_name, usage, serviceTier, expected) => {
    expect(costNanos(card, usage, { serviceTier })).toEqual({ ok: true, value: expected });
  });

  it('charges an unlisted tier no less than ordinary service', () => {
    const cheaper = { ...card, serviceTiers: { flex: 500 } };
    expect(costNanos(cheaper, { input_tokens: 1000 }, { serviceTier: 'turbo' })).toEqual({
      ok: true,
      value: 150_000,
    });
  });

  it('picks the highest tier reached in whatever order a card lists its tiers', () => {
    const reordered = { ...card, contextTiers: card.contextTiers.toReversed() };
    expect(costNanos(reordered, { input_tokens: 400_001 }, { serviceTier: null })).toEqual({
      ok: true,
      value: 240_000_600,
    });
  });

  it('refuses to price a meter without a rate', () => {
    expect(costNanos(card, { input_tokens: 5, images: 1 }, { serviceTier: null })).toEqual({
      ok: false,
      error: { reason: 'unpriced_meter', meter: 'images' },
    });
  });

  it('throws on a count that is no integer, which a meter must never report', () => {
    expect(() => costNanos(card, { input_tokens: 1.5 }, { serviceTier: null })).toThrow(RangeError);
  });
});
