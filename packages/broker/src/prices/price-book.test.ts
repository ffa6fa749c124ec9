// The prices that budgets stand on: exact, dated, and refused where they are not known.

import { readFileSync } from 'node:fs';
import { findProvider } from '@pydantic/genai-prices';
import { costNanos } from '@valetkey/core';
import { describe, expect, it } from 'vitest';
import { convertPrices } from './convert-prices.ts';
import { DATASET_VERSION } from './dataset.ts';
import { priceBook } from './price-book.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const book = priceBook();
const rates = (provider: string, model: string, atMs = NOW) => book.rateCard(provider, model, atMs)?.rates;

const PROVIDERS = [
  'openai',
  'anthropic',
  'google',
  'mistral',
  'groq',
  'together',
  'deepseek',
  'xai',
  'openrouter',
  'fireworks',
  'sandbox',
];

describe('rateCard', () => {
  it('has exact rates, and those that follow from them', () => {
    expect(book.rateCard('openai', 'gpt-4o-mini-2024-07-18', NOW)).toEqual({
      provider: 'openai',
      model: 'gpt-4o-mini-2024-07-18',
      version: 'genai-prices 0.1.8, overlay 1',
      rates: {
        input_tokens: 150_000_000,
        cache_read_tokens: 75_000_000,
        cache_write_5m_tokens: 150_000_000,
        input_image_tokens: 150_000_000,
        cache_read_image_tokens: 75_000_000,
        output_tokens: 600_000_000,
        web_search_calls: 10_000_000_000_000,
      },
      contextTiers: [],
      serviceTiers: { priority: 1667 },
      maxOutputTokens: 16_384,
    });
  });

  it('is plain JSON', () => {
    const card = book.rateCard('openai', 'gpt-5.4', NOW);
    expect(JSON.parse(JSON.stringify(card))).toEqual(card);
  });

  it('prices five-minute and one-hour cache writes of Claude apart, through OpenRouter too', () => {
    expect(rates('anthropic', 'claude-opus-4-5-20251101')).toMatchObject({
      input_tokens: 5_000_000_000,
      cache_read_tokens: 500_000_000,
      cache_write_5m_tokens: 6_250_000_000,
      cache_write_1h_tokens: 10_000_000_000,
    });
    expect(rates('openrouter', 'anthropic/claude-opus-4.5')).toMatchObject({
      cache_write_1h_tokens: 10_000_000_000,
    });
    expect(rates('openai', 'gpt-5')).not.toHaveProperty('cache_write_1h_tokens');
  });

  it('has the long-context tier for the whole request', () => {
    const card = book.rateCard('google', 'gemini-2.5-pro', NOW);
    expect(card?.contextTiers).toMatchObject([
      { aboveInputTokens: 200_000, rates: { input_tokens: 2_500_000_000, output_tokens: 15_000_000_000 } },
    ]);
  });

  it.each([
    ['before a start date', 'openai', 'gpt-5.6-luna', '2026-07-29T23:59:59Z', 1_000_000_000],
    ['from a start date', 'openai', 'gpt-5.6-luna', '2026-07-30T00:00:00Z', 200_000_000],
    ['outside a daily window', 'deepseek', 'deepseek-chat', '2026-11-22T16:30:00Z', 135_000_000],
    ['inside a daily window', 'deepseek', 'deepseek-chat', '2026-11-22T00:30:00Z', 270_000_000],
  ])('takes the price %s', (_name, provider, model, at, expected) => {
    expect(rates(provider, model, Date.parse(at))?.input_tokens).toBe(expected);
  });

  it.each([
    ['openai', 'gpt-4o-2029-01-01'],
    ['openai', 'GPT-4o'],
    ['openai', 'openai/gpt-4o'],
    ['openai', 'ft:gpt-4o:org::id'],
    ['openai', 'gpt-99'],
    ['openai', 'tts-1-2029-01-01'],
    ['openai', '__proto__'],
    ['openai', 'claude-opus-4-5'],
    ['anthropic', 'claude-sonnet-5-5'],
    ['google', 'models/gemini-2.5-pro'],
    ['google', 'gemini-2.5-pro-tts-extra'],
    ['mistral', 'mistral-ocr-latest'],
    ['google', 'gemini-embedding-2'],
    ['openai', 'gpt-oss-120b'],
    ['openai', 'gpt-4o:extended'],
    ['mistral', 'mistral-nemo:free'],
    ['sandbox', 'sandbox-huge'],
    ['x-ai', 'grok-4'],
    ['nobody', 'gpt-4o'],
    ['constructor', 'name'],
  ])('has no price for %s %s', (provider, model) => {
    expect(book.rateCard(provider, model, NOW)).toBeNull();
  });

  it('prices what the data set lacks', () => {
    expect(rates('openai', 'tts-1')).toEqual({ characters: 15_000_000_000 });
    expect(rates('openai', 'whisper-1')).toEqual({ audio_seconds: 100_000_000_000 });
    expect(rates('openai', 'gpt-image-1')).toMatchObject({
      input_image_tokens: 10_000_000_000,
      output_image_tokens: 40_000_000_000,
    });
    expect(rates('openai', 'omni-moderation-latest')?.input_tokens).toBe(0);
    expect(rates('sandbox', 'sandbox-large')).toMatchObject({
      input_tokens: 2_500_000_000,
      output_tokens: 10_000_000_000,
    });
  });

  it('leaves audio unpriced where no price for it is known', () => {
    expect(rates('openai', 'gpt-4o-audio-preview')).not.toHaveProperty('input_audio_tokens');
    expect(rates('google', 'gemini-2.5-pro')).toMatchObject({ input_audio_tokens: 1_250_000_000 });
  });

  it('is free for models that run on the operator’s own machines', () => {
    for (const provider of ['ollama', 'vllm']) {
      const card = book.rateCard(provider, 'whatever:7b', NOW);
      expect(card && costNanos(card, { input_tokens: 5, images: 2 }, { serviceTier: null })).toEqual({
        ok: true,
        value: 0,
      });
    }
  });

  it('is free where the data set says so, for tokens only', () => {
    expect(rates('google', 'gemma-4-31b-it')).toMatchObject({ input_tokens: 0, output_tokens: 0 });
    expect(rates('openrouter', 'deepseek/deepseek-r1:free')).not.toHaveProperty('web_search_calls');
  });

  // Less than a tenth of one; what is not warm takes tens.
  it('answers a warm question in a few microseconds', () => {
    const microseconds = (provider: string, model: string) => {
      const start = performance.now();
      for (let call = 0; call < 20_000; call++) book.rateCard(provider, model, NOW);
      return ((performance.now() - start) * 1000) / 20_000;
    };
    for (const [provider, model] of [
      ['openai', 'gpt-4o'],
      ['deepseek', 'deepseek-v4-pro'],
    ] as const) {
      expect(Math.min(...[1, 2, 3].map(() => microseconds(provider, model)))).toBeLessThan(10);
    }
  });

  it('remembers a bounded number of names', () => {
    const fresh = priceBook();
    for (let day = 0; day < 12_000; day++)
      fresh.rateCard('anthropic', `claude-opus-4-5-${20_000_000 + day}`, NOW);
    expect(fresh.rateCard('anthropic', 'claude-opus-4-5', NOW)).not.toBeNull();
  });

  it('names the data set that is installed', () => {
    const manifest = new URL('../package.json', import.meta.resolve('@pydantic/genai-prices'));
    expect(JSON.parse(readFileSync(manifest, 'utf8')).version).toBe(DATASET_VERSION);
  });
});

describe('the overlay', () => {
  it('agrees with the data set where it gives the price of output a second name', () => {
    for (const [provider, model, meter] of [
      ['openai', 'gpt-image-1', 'output_image_tokens'],
      ['openai', 'gpt-image-1-mini', 'output_image_tokens'],
      ['openai', 'gpt-image-2', 'output_image_tokens'],
      ['openai', 'gpt-4o-mini-tts', 'output_audio_tokens'],
      ['google', 'gemini-2.5-flash-preview-tts', 'output_audio_tokens'],
      ['google', 'gemini-2.5-flash-lite-preview-tts', 'output_audio_tokens'],
      ['google', 'gemini-2.5-pro-tts', 'output_audio_tokens'],
    ] as const) {
      const card = rates(provider, model);
      expect(card?.[meter]).toBe(card?.output_tokens);
    }
  });
});

describe('convertPrices', () => {
  it('is exact for every price of the data set', () => {
    const traits = { isClaude: false, isAudioAsText: false };
    let compared = 0;
    for (const providerId of ['openai', 'anthropic', 'google', 'openrouter', 'together', 'groq']) {
      for (const { prices } of findProvider({ providerId })?.models ?? []) {
        const converted = Array.isArray(prices) ? null : convertPrices(prices, traits);
        if (converted === null || Array.isArray(prices) || typeof prices.input_mtok !== 'number') continue;
        expect((converted.rates.input_tokens ?? 0) / 1e9).toBe(prices.input_mtok);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(500);
  });

  it('refuses prices in units that are not metered, and prices that are none', () => {
    const traits = { isClaude: false, isAudioAsText: false };
    expect(convertPrices({ input_mtok: 1, input_video_mtok: 12 }, traits)).toBeNull();
    expect(convertPrices({ input_mtok: -1 }, traits)).toBeNull();
    expect(convertPrices({}, traits)).toBeNull();
  });
});

describe('models', () => {
  it.each(PROVIDERS)('lists models of %s that can be sent and have a price', (provider) => {
    const models = book.models(provider);
    expect(models.length).toBeGreaterThan(2);
    for (const { id } of models) expect(book.rateCard(provider, id, NOW)?.model).toBe(id);
  });

  it.each(PROVIDERS)('begins with models of %s that answer in text', (provider) => {
    const hasOutput = book.models(provider).map(({ id }) => rates(provider, id)?.output_tokens !== undefined);
    expect(hasOutput[0]).toBe(true);
  });

  it('lists what cannot chat last, each part by name', () => {
    expect(book.models('sandbox').map(({ id }) => id)).toEqual([
      'sandbox-large',
      'sandbox-mini',
      'sandbox-embed',
    ]);
    const openai = book.models('openai').map(({ id }) => id);
    for (const other of ['text-embedding-3-small', 'gpt-image-1', 'gpt-4o-mini-tts', 'whisper-1'])
      expect(openai.indexOf(other)).toBeGreaterThan(openai.indexOf('o4-mini'));
  });

  it('has names for people and leaves out what is deprecated', () => {
    const openai = book.models('openai');
    expect(openai).toContainEqual({ id: 'gpt-5-mini', name: 'GPT-5 mini' });
    expect(openai.map(({ id }) => id)).not.toContain('text-davinci-003');
    expect(book.models('xai').map(({ id }) => id)).not.toContain('grok-2-1212');
    expect(book.models('google').some(({ id }) => id.includes('claude'))).toBe(false);
    expect(book.models('ollama')).toEqual([]);
  });
});
