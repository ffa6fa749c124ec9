// genai-prices' bundled data, read only: which entries speak of a provider's own models, and which one of a given name. MUST NOT use its
// price sums (floats) nor fetch newer data.

import { type ConditionalPrice, findProvider, type ModelInfo } from '@pydantic/genai-prices';
import { matchCloseness } from './match-model.ts';
import { SECOND_HAND } from './overlay.ts';

/** The version of the data set that is installed; a test compares it with the package. */
export const DATASET_VERSION = '0.1.8';

/** Our provider names and the data set's. Others have no data set prices, whatever they are called. */
const DATASET_IDS: ReadonlyMap<string, string> = new Map([
  ['openai', 'openai'],
  ['anthropic', 'anthropic'],
  ['google', 'google'],
  ['mistral', 'mistral'],
  ['groq', 'groq'],
  ['together', 'together'],
  ['deepseek', 'deepseek'],
  ['xai', 'x-ai'],
  ['openrouter', 'openrouter'],
  ['fireworks', 'fireworks'],
]);

/** The data set's entries for a provider, without those that are about its models at a reseller. */
export function datasetModels(provider: string): readonly ModelInfo[] {
  const providerId = DATASET_IDS.get(provider);
  const models = (providerId === undefined ? undefined : findProvider({ providerId })?.models) ?? [];
  if (provider === 'openrouter') return models;
  return models.filter(
    ({ id, price_comments: comments = '' }) => !/[^t]:/.test(id) && !SECOND_HAND.test(comments),
  );
}

/** An entry's prices with their conditions, the unconditional first; the last that applies counts. */
export const datedPrices = (info: ModelInfo): readonly ConditionalPrice[] =>
  Array.isArray(info.prices) ? info.prices : [{ prices: info.prices }];

/** Entries without any price are free only where the data set says so; otherwise their price is unknown. */
export const isFree = (info: ModelInfo): boolean =>
  Object.keys(datedPrices(info)[0]?.prices ?? {}).length === 0 &&
  /\(free\)|:free$|free of charge/i.test(`${info.name ?? ''} ${info.price_comments ?? ''} ${info.id}`);

/** The entry that speaks most closely of a model, the first of equals. */
export function findModel(provider: string, model: string): ModelInfo | null {
  let best: ModelInfo | null = null;
  let closest = 0;
  for (const info of datasetModels(provider)) {
    const closeness = matchCloseness(info.match, model);
    if (closeness > closest) [best, closest] = [info, closeness];
  }
  return best;
}

/** The entry's id if it is itself a name that the entry speaks of, else the first name the entry gives exactly. */
export function sendableName(info: ModelInfo): string | null {
  if (matchCloseness(info.match, info.id) > 0) return info.id;
  const rules = 'or' in info.match ? info.match.or : [info.match];
  return rules.flatMap((rule) => ('equals' in rule ? [rule.equals] : []))[0] ?? null;
}
