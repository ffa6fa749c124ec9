// The prices the gate charges by: genai-prices' published rates, converted exactly, and our overlay. MUST NOT guess: a model that neither
// names has no price.

import type { ConditionalPrice } from '@pydantic/genai-prices';
import type { RateCard, Rates } from '@valetkey/core';
import type { PriceBook } from '../gateway/contract.ts';
import { convertPrices } from './convert-prices.ts';
import { DATASET_VERSION, datasetModels, datedPrices, findModel, isFree, sendableName } from './dataset.ts';
import { withoutSnapshot } from './match-model.ts';
import { orderModels } from './order-models.ts';
import {
  FREE,
  FREE_PROVIDERS,
  FREE_TOKENS,
  NOT_OFFERED,
  OVERLAY,
  OVERLAY_VERSION,
  type OverlayEntry,
} from './overlay.ts';

/** Which prices these are, as every admission names them. */
export const PRICES_VERSION = `genai-prices ${DATASET_VERSION}, overlay ${OVERLAY_VERSION}`;

const MS_PER_DAY = 86_400_000;

/** Names of models come from requests, so the memory for them is bounded; a full one is emptied. */
const MAX_CACHED_MODELS = 10_000;

/** A card and when it applies. */
interface DatedCard {
  readonly applies: (atMs: number) => boolean;
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
  const current = cards.length < 2 ? cards[0] : cards.findLast(({ applies }) => applies(atMs));
  return current?.card ?? null;
}

const ALWAYS = () => true;

/** When a price applies: from a day on, or daily between two times, UTC. */
function conditionOf(constraint: ConditionalPrice['constraint']): DatedCard['applies'] {
  if (constraint === undefined) return ALWAYS;
  if (constraint.type === 'start_date') {
    const startMs = Date.parse(constraint.start_date);
    return (atMs) => atMs >= startMs;
  }
  const from = Date.parse(`1970-01-01T${constraint.start_time}`);
  const to = Date.parse(`1970-01-01T${constraint.end_time}`);
  const isInside = (time: number) => (from <= to ? time >= from && time < to : time >= from || time < to);
  return (atMs) => isInside(atMs % MS_PER_DAY);
}

function buildCards(provider: string, model: string): readonly DatedCard[] {
  const entry = overlayEntry(provider, model);
  const card = (rates: Rates, contextTiers: RateCard['contextTiers']): RateCard => ({
    provider,
    model,
    version: PRICES_VERSION,
    rates: { ...rates, ...entry.rates },
    contextTiers: contextTiers.map((tier) => ({ ...tier, rates: { ...tier.rates, ...entry.rates } })),
    serviceTiers: entry.serviceTiers ?? {},
    maxOutputTokens: entry.maxOutputTokens ?? null,
  });
  if (FREE_PROVIDERS.has(provider)) return [{ applies: ALWAYS, card: card(FREE, []) }];
  const info = findModel(provider, model);
  if (info === null)
    return OVERLAY.get(provider)?.get(model)?.rates === undefined
      ? []
      : [{ applies: ALWAYS, card: card({}, []) }];
  const traits = { isClaude: /(?:^|\/)claude-/.test(model), isAudioAsText: entry.isAudioAsText === true };
  const cards = datedPrices(info).map(({ constraint, prices }) => {
    const converted = isFree(info) ? { rates: FREE_TOKENS, contextTiers: [] } : convertPrices(prices, traits);
    return converted === null
      ? null
      : { applies: conditionOf(constraint), card: card(converted.rates, converted.contextTiers) };
  });
  return cards.every((dated) => dated !== null) ? cards : [];
}

/** Our own facts about a model: its very name first, then its line of snapshots. */
function overlayEntry(provider: string, model: string): OverlayEntry {
  const entries = OVERLAY.get(provider);
  return entries?.get(model) ?? entries?.get(withoutSnapshot(model)) ?? {};
}

/** Models that have a price now, under a name that can be sent, without those that are deprecated; those that can chat first. */
function listModels(provider: string): ReturnType<PriceBook['models']> {
  const listed = new Map<string, string>();
  for (const info of datasetModels(provider)) {
    const id = sendableName(info);
    if (
      info.deprecated === true ||
      id === null ||
      NOT_OFFERED.test(id) ||
      (provider === 'google' && /claude/.test(id))
    )
      continue;
    if (buildCards(provider, id).length > 0)
      listed.set(id, /[A-Z]/.test(info.name ?? '') ? (info.name ?? id) : id);
  }
  for (const [id, entry] of OVERLAY.get(provider) ?? [])
    if (entry.name !== undefined) listed.set(id, entry.name);
  return orderModels(
    [...listed].map(([id, name]) => ({ id, name })),
    (id) => buildCards(provider, id).at(-1)?.card.rates,
  );
}
