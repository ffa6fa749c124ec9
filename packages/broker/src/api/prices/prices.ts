// What models cost here: the prices of one model, what the operator's file sets, and which models were asked for that have no price.

import { type RateCard, usdDecimal } from '@valetkey/core';
import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { errorResponses, timeText, toTime, usdText } from '../wire.ts';
import { readSeenModels } from './read-seen-models.ts';

/** How far back the journal is searched: calls of the owner, newest first. */
const MOST_CALLS = 10_000;

const ratesUsd = z.record(z.string(), usdText).describe('US dollars per million units, by unit');

const modelPrice = z
  .object({
    provider: z.string(),
    model: z.string(),
    version: z.string().describe('Where the prices come from; recorded with every call'),
    rates: ratesUsd,
    context_tiers: z.array(z.object({ above_input_tokens: z.int(), rates: ratesUsd })),
    service_tiers: z.record(z.string(), z.number()).describe('Factors on the prices of tokens'),
    max_output_tokens: z.int().nullable(),
  })
  .meta({ id: 'ModelPrice' });

const pricesCheck = z
  .object({
    unpriced: z
      .array(z.object({ provider: z.string(), model: z.string(), calls: z.int(), last_at: timeText }))
      .describe('Models that were asked for and have no price now, the most frequent first'),
    calls_looked_at: z.int(),
    file: z
      .array(
        z.object({
          provider: z.string(),
          model: z.string(),
          effective_from: timeText,
          state: z.enum(['current', 'replaced', 'future']),
          version: z.string(),
        }),
      )
      .describe('What the price file sets, in its order'),
  })
  .meta({ id: 'PricesCheck' });

const decimals = (rates: RateCard['rates']): Record<string, string> =>
  Object.fromEntries(Object.entries(rates).map(([meter, rate]) => [meter, usdDecimal(rate ?? 0)]));

const presentCard = (card: RateCard): z.infer<typeof modelPrice> => ({
  provider: card.provider,
  model: card.model,
  version: card.version,
  rates: decimals(card.rates),
  context_tiers: card.contextTiers.map((tier) => ({
    above_input_tokens: tier.aboveInputTokens,
    rates: decimals(tier.rates),
  })),
  service_tiers: Object.fromEntries(
    Object.entries(card.serviceTiers).map(([tier, thousandths]) => [tier, thousandths / 1000]),
  ),
  max_output_tokens: card.maxOutputTokens,
});

type FilePrice = z.infer<typeof pricesCheck>['file'][number];

const presentFile = ({ overrides }: ApiParts['prices'], nowMs: number): FilePrice[] => {
  const begun = overrides.filter(({ effectiveFromMs }) => effectiveFromMs <= nowMs);
  return overrides.map(({ provider, model, effectiveFromMs, version }) => {
    const isReplaced = begun.some(
      (other) =>
        other.provider === provider && other.model === model && other.effectiveFromMs > effectiveFromMs,
    );
    const state = effectiveFromMs > nowMs ? 'future' : isReplaced ? 'replaced' : 'current';
    return { provider, model, effective_from: toTime(effectiveFromMs), state, version };
  });
};

const tags = ['prices'];

/** Registers the calls. */
export const registerPrices = (app: App, { db, prices, ambient }: ApiParts): void => {
  const check = {
    summary: 'Find models without a price',
    tags,
    response: { 200: pricesCheck, ...errorResponses },
  };
  app.get('/api/v1/prices/check', { schema: check }, async ({ owner }) => {
    const nowMs = ambient.now();
    const { models, calls } = await readSeenModels(db, owner.ownerId, MOST_CALLS);
    const unpriced = models.filter(({ provider, model }) => !prices.rateCard(provider, model, nowMs));
    return {
      unpriced: unpriced.map(({ lastAtMs, ...seen }) => ({ ...seen, last_at: toTime(lastAtMs) })),
      calls_looked_at: calls,
      file: presentFile(prices, nowMs),
    };
  });

  // In the query, because names of models have slashes.
  const querystring = z.strictObject({ provider: z.string().max(100), model: z.string().max(300) });
  const one = {
    summary: 'Show the prices of a model',
    tags,
    querystring,
    response: { 200: modelPrice, ...errorResponses },
  };
  app.get('/api/v1/prices/model', { schema: one }, async ({ query: { provider, model } }) => {
    const card = prices.rateCard(provider, model, ambient.now());
    if (card) return presentCard(card);
    throw new ApiError('not_found', `${model} of ${provider} has no price here. The operator can set one.`);
  });
};
