// Which provider is meant by a request that names models alone. Only what has a price is meant: nothing else could be called.

import type { ProviderOf } from '@valetkey/core';
import type { PriceBook } from '../gateway/contract.ts';

/** The provider that a name begins with, as `provider/model`, or else the first of `names` that serves the model, or one of a pattern. */
export const providerOfModel =
  (names: readonly string[], prices: PriceBook, now: () => number): ProviderOf =>
  (model) => {
    if (model === null) return null;
    const prefix = names.find((name) => model.startsWith(`${name}/`));
    if (prefix !== undefined) return prefix;
    const start = model.endsWith('*') ? model.slice(0, -1) : null;
    const serves = (name: string): boolean =>
      start === null
        ? prices.rateCard(name, model, now()) !== null
        : prices.models(name).some(({ id }) => id.startsWith(start));
    return names.find(serves) ?? null;
  };
