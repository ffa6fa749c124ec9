// `valetkey prices show`: what one model costs now, in dollars per million units.

import { succeed } from '@valetkey/core';
import type { ModelPrice } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { words } from '../format.ts';
import type { Cell, Entry } from '../terminal.ts';

const usd = (perMillion: string): Cell => ({ text: `$${perMillion} per million`, plain: perMillion });

const ratesOf = (rates: ModelPrice['rates'], suffix = ''): Entry[] =>
  Object.entries(rates).map(([meter, rate]) => [words(`${meter}${suffix}`), usd(rate)]);

const entriesOf = (price: ModelPrice): Entry[] => [
  ['Provider', words(price.provider)],
  ['Model', words(price.model)],
  ['Prices from', words(price.version)],
  ['Longest answer', words(price.max_output_tokens)],
  ...ratesOf(price.rates),
  ...price.context_tiers.flatMap((tier) => ratesOf(tier.rates, ` above ${tier.above_input_tokens} tokens`)),
  ...Object.entries(price.service_tiers).map(
    ([tier, factor]): Entry => [words(`tier ${tier}`), { text: `${factor} times`, plain: String(factor) }],
  ),
];

/** `valetkey prices show` */
export const pricesShow = defineCommand({
  name: 'prices show',
  summary: 'Show what a model costs',
  args: ['provider', 'model'],
  flags: SERVER_FLAGS,
  examples: ['valetkey prices show openai gpt-5-mini'],
  read: (_flags, [provider, model]) => succeed({ provider: provider!, model: model! }),
  async run(options, { api, terminal }) {
    const price = await api.call<ModelPrice>('GET', `/prices/model?${new URLSearchParams(options)}`);
    if (!price.ok) return price;
    terminal.result(price.value, entriesOf(price.value));
    return succeed(undefined);
  },
});
