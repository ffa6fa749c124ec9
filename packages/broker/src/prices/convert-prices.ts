// Turns a data set's prices of one model into exact rates. A price in a unit that is not metered here makes the whole model unpriced:
// charging only the units that are known MUST NOT pass for the price.

import type { ModelPrice } from '@pydantic/genai-prices';
import { type ContextTier, type Meter, parseRate, type Rates } from '@valetkey/core';

/** The meter of each price and how many units it is quoted for; null for a price of work that no operation offers. */
const PRICE_KEYS: ReadonlyMap<string, { readonly meter: Meter; readonly per: number } | null> = new Map([
  ['input_mtok', { meter: 'input_tokens', per: 1_000_000 }],
  ['cache_read_mtok', { meter: 'cache_read_tokens', per: 1_000_000 }],
  ['cache_write_mtok', { meter: 'cache_write_5m_tokens', per: 1_000_000 }],
  ['cache_write_1h_mtok', { meter: 'cache_write_1h_tokens', per: 1_000_000 }],
  ['input_audio_mtok', { meter: 'input_audio_tokens', per: 1_000_000 }],
  ['cache_audio_read_mtok', { meter: 'cache_read_audio_tokens', per: 1_000_000 }],
  ['input_image_mtok', { meter: 'input_image_tokens', per: 1_000_000 }],
  ['cache_image_read_mtok', { meter: 'cache_read_image_tokens', per: 1_000_000 }],
  ['output_mtok', { meter: 'output_tokens', per: 1_000_000 }],
  ['output_audio_mtok', { meter: 'output_audio_tokens', per: 1_000_000 }],
  ['output_image_mtok', { meter: 'output_image_tokens', per: 1_000_000 }],
  ['audio_hours', { meter: 'audio_seconds', per: 3_600 }],
  ['input_audio_hours', { meter: 'audio_seconds', per: 3_600 }],
  ['web_searches_kcount', { meter: 'web_search_calls', per: 1_000 }],
  ['storage_searches_kcount', null],
]);

/** What of a model's prices follows from who makes it; `isClaude` by https://platform.claude.com/docs/en/build-with-claude/prompt-caching. */
export interface PriceTraits {
  /** Anthropic's models: a five-minute cache write costs 1.25 times the input, a one-hour one twice. */
  readonly isClaude: boolean;
  /** Audio in the prompt costs what text costs, where no other price is quoted. */
  readonly isAudioAsText: boolean;
}

/** Exact rates and context tiers; null if a price is not readable, is in an unknown unit, or if there is none at all. */
export function convertPrices(
  prices: ModelPrice,
  traits: PriceTraits,
): { readonly rates: Rates; readonly contextTiers: readonly ContextTier[] } | null {
  const starts = new Set<number>();
  for (const price of Object.values(prices)) {
    if (typeof price === 'object') for (const tier of price.tiers) starts.add(tier.start);
  }
  const rates = ratesAbove(prices, -1, traits);
  const tiers = [...starts]
    .sort((a, b) => a - b)
    .map((start) => ({ aboveInputTokens: start, rates: ratesAbove(prices, start, traits) }));
  if (rates === null || !tiers.every((tier): tier is ContextTier => tier.rates !== null)) return null;
  return { rates, contextTiers: tiers };
}

/** The rates of a prompt just longer than `tokens`. */
function ratesAbove(prices: ModelPrice, tokens: number, traits: PriceTraits): Rates | null {
  const rates: Partial<Record<Meter, number>> = {};
  for (const [key, price] of Object.entries(prices)) {
    const unit = PRICE_KEYS.get(key);
    if (unit === null || price === undefined) continue;
    const usd = typeof price === 'number' ? price : priceAbove(price, tokens);
    const rate = unit === undefined ? null : parseRate(usd, unit.per);
    if (unit === undefined || rate === null) return null;
    rates[unit.meter] = rate;
  }
  return Object.keys(rates).length === 0 ? null : fillRates(rates, traits);
}

function priceAbove(price: Exclude<ModelPrice[string], number | undefined>, tokens: number): number {
  const reached = price.tiers.filter((tier) => tier.start <= tokens).sort((a, b) => a.start - b.start);
  return reached.at(-1)?.price ?? price.base;
}

/** Fills in what a provider does not quote because it is charged as something else: a cached token as an uncached one, an image as text. */
export function fillRates(rates: Rates, { isClaude, isAudioAsText }: PriceTraits): Rates {
  const input = rates.input_tokens;
  if (input === undefined) return rates;
  const cached = rates.cache_read_tokens ?? input;
  const audio = rates.input_audio_tokens ?? (isAudioAsText ? input : undefined);
  const filled: Partial<Record<Meter, number | undefined>> = {
    cache_read_tokens: cached,
    cache_write_5m_tokens: isClaude ? Math.ceil((input * 5) / 4) : input,
    cache_write_1h_tokens: isClaude ? input * 2 : undefined,
    input_audio_tokens: audio,
    cache_read_audio_tokens: rates.input_audio_tokens ?? (isAudioAsText ? cached : undefined),
    input_image_tokens: input,
    cache_read_image_tokens: rates.input_image_tokens ?? cached,
    ...rates,
  };
  return Object.fromEntries(Object.entries(filled).filter(([, rate]) => rate !== undefined));
}
