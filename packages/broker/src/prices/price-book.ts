// The prices the gate charges by: genai-prices' published rates, converted exactly, and our overlay. MUST NOT guess: a model that neither
// names has no price.

import { type ConditionalPrice, findProvider, type ModelInfo } from '@pydantic/genai-prices';
import type { RateCard, Rates } from '@valetkey/core';
import type { PriceBook } from '../gateway/contract.ts';
import { convertPrices } from './convert-prices.ts';
import { matchCloseness, withoutSnapshot } from './match-model.ts';
import {
  FREE,
  FREE_PROVIDERS,
  FREE_TOKENS,
  OVERLAY,
  OVERLAY_VERSION,
  type OverlayEntry,
  RETIRED,
} from './overlay.ts';

/** The version of the data set that is installed; a test compares it with the package. */
export const DATASET_VERSION = '0.1.8';

const VERSION = `genai-prices ${DATASET_VERSION}, overlay ${OVERLAY_VERSION}`;

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

/** Names of models come from requests, so the memory for them is bounded; a full one is emptied. */
const MAX_CACHED_MODELS = 10_000;

/** A card and when it applies. */
interface DatedCard {
  readonly constraint: ConditionalPrice['constraint'];
  readonly card: RateCard;
}

/** The price book; make one per process. A warm `rateCard` is two map look-ups. */
export function priceBook(): PriceBook {
  const cache = new Map<string, Map<string, readonly DatedCard[]>>();
  const lists = new Map<string, ReturnType<PriceBook['models']>>();
  let cached = 0;
  const cardsOf = (provider: string, model: string): readonly DatedCard[] => {
    const known = cache.get(provider)?.get(model);
    if (known !== undefined) return known;
    const cards = buildCards(provider, model);
    if (cards.length === 0) return cards;
    if (cached++ >= MAX_CACHED_MODELS) {
      cache.clear();
      cached = 1;
    }
    const models = cache.get(provider) ?? new Map<string, readonly DatedCard[]>();
    cache.set(provider, models.set(model, cards));
    return cards;
  };
  return {
    rateCard: (provider, model, atMs) => cardAt(cardsOf(provider, model), atMs),
    models: (provider) => {
      const list = lists.get(provider) ?? listModels(provider);
      lists.set(provider, list);
      return list;
    },
  };
}

/** The last card whose condition holds; conditions are in the data set's order, the unconditional first. */
function cardAt(cards: readonly DatedCard[], atMs: number): RateCard | null {
  const current = cards.length < 2 ? cards[0] : cards.findLast(({ constraint }) => applies(constraint, atMs));
  return current?.card ?? null;
}

function applies(constraint: ConditionalPrice['constraint'], atMs: number): boolean {
  if (constraint === undefined) return true;
  if (constraint.type === 'start_date') return atMs >= Date.parse(constraint.start_date);
  const time = atMs % 86_400_000;
  const from = Date.parse(`1970-01-01T${constraint.start_time}`);
  const to = Date.parse(`1970-01-01T${constraint.end_time}`);
  return from <= to ? time >= from && time < to : time >= from || time < to;
}

function buildCards(provider: string, model: string): readonly DatedCard[] {
  const entry = overlayEntry(provider, model);
  const card = (rates: Rates, contextTiers: RateCard['contextTiers']): RateCard => ({
    provider,
    model,
    version: VERSION,
    rates: { ...rates, ...entry.rates },
    contextTiers: contextTiers.map((tier) => ({ ...tier, rates: { ...tier.rates, ...entry.rates } })),
    serviceTiers: entry.serviceTiers ?? {},
    maxOutputTokens: entry.maxOutputTokens ?? null,
  });
  if (FREE_PROVIDERS.has(provider)) return [{ constraint: undefined, card: card(FREE, []) }];
  const info = findModel(provider, model);
  if (info === null)
    return OVERLAY.get(provider)?.get(model)?.rates === undefined
      ? []
      : [{ constraint: undefined, card: card({}, []) }];
  const traits = { isClaude: /(?:^|\/)claude-/.test(model), isAudioAsText: entry.isAudioAsText === true };
  const cards = datedPrices(info).map(({ constraint, prices }) => {
    const converted = isFree(info) ? { rates: FREE_TOKENS, contextTiers: [] } : convertPrices(prices, traits);
    return converted === null ? null : { constraint, card: card(converted.rates, converted.contextTiers) };
  });
  return cards.every((dated) => dated !== null) ? cards : [];
}

/** Our own facts about a model: its very name first, then its line of snapshots. */
function overlayEntry(provider: string, model: string): OverlayEntry {
  const entries = OVERLAY.get(provider);
  return entries?.get(model) ?? entries?.get(withoutSnapshot(model)) ?? {};
}

/** The entry that speaks most closely of a model, the first of equals. */
function findModel(provider: string, model: string): ModelInfo | null {
  let best: ModelInfo | null = null;
  let closest = 0;
  for (const info of datasetModels(provider)) {
    const closeness = matchCloseness(info.match, model);
    if (closeness > closest) [best, closest] = [info, closeness];
  }
  return best;
}

const datasetModels = (provider: string): readonly ModelInfo[] => {
  const providerId = DATASET_IDS.get(provider);
  return (providerId === undefined ? undefined : findProvider({ providerId })?.models) ?? [];
};

const datedPrices = (info: ModelInfo): readonly ConditionalPrice[] =>
  Array.isArray(info.prices) ? info.prices : [{ prices: info.prices }];

/** Entries without any price are free only where the data set says so; otherwise their price is unknown. */
const isFree = (info: ModelInfo): boolean =>
  Object.keys(datedPrices(info)[0]?.prices ?? {}).length === 0 &&
  /\(free\)|:free$|free of charge/i.test(`${info.name ?? ''} ${info.price_comments ?? ''} ${info.id}`);

/** Models that have a price now, under a name that can be sent, without those that are deprecated. */
function listModels(provider: string): ReturnType<PriceBook['models']> {
  const listed = new Map<string, string>();
  for (const info of datasetModels(provider)) {
    const id = sendableName(info);
    if (
      info.deprecated === true ||
      id === null ||
      RETIRED.test(id) ||
      (provider === 'google' && /claude/.test(id))
    )
      continue;
    if (buildCards(provider, id).length > 0)
      listed.set(id, /[A-Z]/.test(info.name ?? '') ? (info.name ?? id) : id);
  }
  for (const [id, entry] of OVERLAY.get(provider) ?? [])
    if (entry.name !== undefined) listed.set(id, entry.name);
  return [...listed].map(([id, name]) => ({ id, name })).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The entry's id if it is itself a name that the entry speaks of, else the first name the entry gives exactly. */
function sendableName(info: ModelInfo): string | null {
  if (matchCloseness(info.match, info.id) > 0) return info.id;
  const rules = 'or' in info.match ? info.match.or : [info.match];
  return rules.flatMap((rule) => ('equals' in rule ? [rule.equals] : []))[0] ?? null;
}
