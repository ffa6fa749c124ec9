// Puts the operator's prices over those that are known. An override's rates are the whole price of its model: MUST NOT mix them with
// rates from elsewhere, or a unit that the operator left out would be charged at a price they never saw.

import type { RateCard } from '@valetkey/core';
import type { PriceBook } from '../gateway/contract.ts';
import { fillRates } from './convert-prices.ts';
import { orderModels } from './order-models.ts';
import type { PriceOverride } from './parse-overrides.ts';

/** When every price that is announced has come into force: what a model can do does not change with its price. */
const END_OF_TIME_MS = Number.MAX_SAFE_INTEGER;

/** A book that charges by the newest override that has begun, and by `book` where there is none. */
export function layerOverrides(book: PriceBook, overrides: readonly PriceOverride[]): PriceBook {
  const byProvider = new Map<string, Map<string, PriceOverride[]>>();
  for (const override of overrides.toSorted((a, b) => a.effectiveFromMs - b.effectiveFromMs)) {
    const models = byProvider.get(override.provider) ?? new Map<string, PriceOverride[]>();
    byProvider.set(override.provider, models);
    models.set(override.model, [...(models.get(override.model) ?? []), override]);
  }
  // The same card for as long as nothing changes: whoever remembers something of a card remembers it by the object.
  const cards = new Map<PriceOverride, { readonly known: RateCard | null; readonly card: RateCard }>();
  const cardFor = (override: PriceOverride, known: RateCard | null): RateCard => {
    const made = cards.get(override);
    if (made?.known === known) return made.card;
    const card = cardOf(override, known);
    cards.set(override, { known, card });
    return card;
  };
  return {
    rateCard(provider, model, atMs) {
      const dated = byProvider.get(provider)?.get(model);
      const current = dated?.findLast(({ effectiveFromMs }) => effectiveFromMs <= atMs);
      const known = book.rateCard(provider, model, atMs);
      return current ? cardFor(current, known) : known;
    },
    models(provider) {
      const known = book.models(provider);
      const listed = new Set(known.map(({ id }) => id));
      const added = [...(byProvider.get(provider)?.keys() ?? [])].filter((id) => !listed.has(id));
      const models = [...known, ...added.map((id) => ({ id, name: id }))];
      return orderModels(models, (id) => {
        const newest = byProvider.get(provider)?.get(id)?.at(-1);
        return (newest ?? book.rateCard(provider, id, END_OF_TIME_MS))?.rates;
      });
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
