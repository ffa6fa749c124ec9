// The operator's prices: read strictly, told with every problem, charged from their day on, recorded with their version (A71).

import { describe, expect, it } from 'vitest';
import { layerOverrides } from './layer-overrides.ts';
import { parseOverrides } from './parse-overrides.ts';
import { priceBook } from './price-book.ts';

const NOW = Date.UTC(2026, 10, 22);
const PROVIDERS = new Set(['openai', 'anthropic', 'ollama']);
const ENTRY = {
  provider: 'openai',
  model: 'gpt-4o-mini',
  effective_from: '2026-01-01',
  rates: { input_tokens: 0.1, output_tokens: '0.4' },
};

const parse = (...prices: object[]) => parseOverrides(JSON.stringify({ prices }), PROVIDERS);
const problemsOf = (text: string) => {
  const parsed = parseOverrides(text, PROVIDERS);
  return parsed.ok ? [] : parsed.error;
};
const bookOf = (...prices: object[]) => {
  const parsed = parse(...prices);
  if (!parsed.ok) throw new Error(parsed.error.join('\n'));
  return layerOverrides(priceBook(), parsed.value);
};

describe('a price file', () => {
  it.each<[string, object, string]>([
    ['an unknown provider', { provider: 'opanai' }, 'prices[0].provider: there is no provider named opanai'],
    ['no day', { effective_from: undefined }, 'prices[0].effective_from: must be a day'],
    ['a day that is none', { effective_from: '2026-02-30' }, 'prices[0].effective_from: must be a day'],
    ['a time without a zone', { effective_from: '2026-02-01T00:00:00' }, 'prices[0].effective_from'],
    ['an unknown unit', { rates: { input_token: 1 } }, 'input_token'],
    ['no unit', { rates: {} }, 'prices[0].rates: must price at least one unit'],
    ['a negative price', { rates: { input_tokens: -1 } }, 'prices[0].rates.input_tokens: must be US dollars'],
    [
      'a price with a currency',
      { rates: { input_tokens: '$1' } },
      'prices[0].rates.input_tokens: must be US',
    ],
    ['a price that is no number', { rates: { input_tokens: null } }, 'prices[0].rates.input_tokens: must be'],
    ['an unknown member', { price: 1 }, 'price'],
    ['a cap of nothing', { max_output_tokens: 0 }, 'prices[0].max_output_tokens'],
    ['a tier for nothing', { service_tiers: { flex: 0 } }, 'prices[0].service_tiers.flex'],
    ['a tier too fine', { service_tiers: { flex: 0.0001 } }, 'prices[0].service_tiers.flex: has at most'],
  ])('with %s is refused, with the place', (_, change, says) => {
    expect(problemsOf(JSON.stringify({ prices: [{ ...ENTRY, ...change }] })).join('\n')).toContain(says);
  });

  it('is told all its problems at once', () => {
    const entry = { ...ENTRY, rates: { input_tokens: 'x', output_tokens: -1 }, model: '' };
    expect(problemsOf(JSON.stringify({ prices: [entry, {}] })).length).toBeGreaterThanOrEqual(6);
  });

  it('is refused as a whole when it is not JSON, not of this shape, or names one moment twice', () => {
    expect(problemsOf('{')[0]).toMatch(/^is not JSON/);
    expect(problemsOf('[]')).toHaveLength(1);
    const twice = [ENTRY, { ...ENTRY, effective_from: '2026-01-01T00:00:00Z' }];
    expect(problemsOf(JSON.stringify({ prices: twice }))).toEqual([
      'prices[1]: gpt-4o-mini has another price from the same moment on',
    ]);
  });
});

describe('an override', () => {
  it('is the whole price of its model: nothing of the other rates is mixed in', () => {
    const card = bookOf(ENTRY).rateCard('openai', 'gpt-4o-mini', NOW);
    expect(card).toEqual({
      provider: 'openai',
      model: 'gpt-4o-mini',
      version: expect.stringMatching(/^operator [0-9a-f]{12}$/),
      rates: {
        input_tokens: 100_000_000,
        cache_read_tokens: 100_000_000,
        cache_write_5m_tokens: 100_000_000,
        input_image_tokens: 100_000_000,
        cache_read_image_tokens: 100_000_000,
        output_tokens: 400_000_000,
      },
      contextTiers: [],
      serviceTiers: { priority: 1667 },
      maxOutputTokens: 16_384,
    });
  });

  it('sets service tiers and the output maximum where it names them', () => {
    const entry = { ...ENTRY, service_tiers: { flex: 0.5, priority: 2 }, max_output_tokens: 99 };
    const card = bookOf(entry).rateCard('openai', 'gpt-4o-mini', NOW);
    expect(card).toMatchObject({ serviceTiers: { flex: 500, priority: 2000 }, maxOutputTokens: 99 });
  });

  it('holds from its moment on, until the next one', () => {
    const later = { ...ENTRY, effective_from: '2026-11-22T00:00:00Z', rates: { input_tokens: 7 } };
    const book = bookOf(later, ENTRY);
    const inputAt = (atMs: number) => book.rateCard('openai', 'gpt-4o-mini', atMs)?.rates.input_tokens;
    expect([Date.UTC(2025, 11, 31), Date.UTC(2026, 0, 1), NOW - 1, NOW].map(inputAt)).toEqual([
      150_000_000, 100_000_000, 100_000_000, 7_000_000_000,
    ]);
  });

  it('prices a model that nothing else prices, and a self-hosted one that is free otherwise', () => {
    const book = bookOf({ ...ENTRY, model: 'acme' }, { ...ENTRY, provider: 'ollama', model: 'llama' });
    expect(book.rateCard('openai', 'acme', NOW)).toMatchObject({ maxOutputTokens: null, serviceTiers: {} });
    expect(book.rateCard('ollama', 'llama', NOW)?.rates.input_tokens).toBe(100_000_000);
    expect(book.rateCard('ollama', 'other', NOW)?.rates.input_tokens).toBe(0);
    expect(book.models('openai')).toContainEqual({ id: 'acme', name: 'acme' });
  });

  it('keeps models that can chat before the others', () => {
    const voice = { ...ENTRY, provider: 'ollama', model: 'a-voice', rates: { characters: 15 } };
    const talker = { ...voice, model: 'talker', rates: { input_tokens: 1, output_tokens: 2 } };
    const models = bookOf(voice, talker).models('ollama');
    expect(models.map(({ id }) => id)).toEqual(['talker', 'a-voice']);
  });

  it('leaves names that only resemble its model alone', () => {
    const [book, known] = [bookOf(ENTRY), priceBook()];
    for (const model of ['gpt-4o-mini-2024-07-18', 'GPT-4o-mini', 'gpt-4o'])
      expect(book.rateCard('openai', model, NOW)).toEqual(known.rateCard('openai', model, NOW));
  });

  it('has a version that changes with the file', () => {
    const versionOf = (entry: object) => bookOf(entry).rateCard('openai', 'gpt-4o-mini', NOW)?.version;
    expect(versionOf(ENTRY)).toBe(versionOf({ ...ENTRY }));
    expect(versionOf(ENTRY)).not.toBe(versionOf({ ...ENTRY, rates: { input_tokens: 0.2 } }));
  });
});
