// Puts the operator's prices over those that are known. An override's rates are the whole price of its model: MUST NOT mix them with
// rates from elsewhere, or a unit that the operator left out would be charged at a price they never saw.

import type { RateCard } from '@valetkey/core';
import type { PriceBook } from '../gateway/contract.ts';
import { fillRates } from './convert-prices.ts';
import type { PriceOverride } from './parse-overrides.ts';

/** A book that charges by the newest override that has begun, and by `book` where there is none. */
export function layerOverrides(book: PriceBook, overrides: readonly PriceOverride[]): PriceBook {
  const byProvider = new Map<string, Map<string, PriceOverride[]>>();
  for (const override of overrides.toSorted((a, b) => a.effectiveFromMs - b.effectiveFromMs)) {
    const models = byProvider.get(override.provider) ?? new Map<string, PriceOverride[]>();
    byProvider.set(override.provider, models);
    models.set(override.model, [...(models.get(override.model) ?? []), override]);
  }
  return {
    rateCard(provider, model, atMs) {
      const dated = byProvider.get(provider)?.get(model);
      const current = dated?.findLast(({ effectiveFromMs }) => effectiveFromMs <= atMs);
      const known = book.rateCard(provider, model, atMs);
      return current ? cardOf(current, known) : known;
    },
    models(provider) {
      const known = book.models(provider);
      const listed = new Set(known.map(({ id }) => id));
      const added = [...(byProvider.get(provider)?.keys() ?? [])].filter((id) => !listed.has(id));
      return [...known, ...added.map((id) => ({ id, name: id }))].sort((a, b) => (a.id < b.id ? -1 : 1));
    },
  };
}

const cardOf = (override: PriceOverride, known: RateCard | null): RateCard => ({
  provider: override.provider,
  model: override.model,
  version: override.version,
  rates: fillRates(override.rates, {
    isClaude: /(?:^|\/)claude-/.test(override.model),
    isAudioAsText: false,
  }),
  contextTiers: [],
  serviceTiers: override.serviceTiers ?? known?.serviceTiers ?? {},
  maxOutputTokens: override.maxOutputTokens ?? known?.maxOutputTokens ?? null,
});
