// `valetkey prices show`: what one model costs now, in dollars per million units.

import { succeed } from '@valetkey/core';
import type { ModelPrice } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { said, words } from '../format.ts';
import { t } from '../messages/messages.ts';
import type { Cell, Entry } from '../terminal.ts';

const usd = (perMillion: string): Cell => ({ text: t.pricesShow.perMillion(perMillion), plain: perMillion });

const ratesOf = (rates: ModelPrice['rates'], titleOf: (meter: string) => Cell): Entry[] =>
  Object.entries(rates).map(([meter, rate]) => [titleOf(meter), usd(rate)]);

const tierRates = ({ rates, above_input_tokens }: ModelPrice['context_tiers'][number]): Entry[] =>
  ratesOf(rates, (meter) => said(({ pricesShow }) => pricesShow.above(meter, above_input_tokens)));

const entriesOf = (price: ModelPrice): Entry[] => [
  ['Provider', words(price.provider)],
  ['Model', words(price.model)],
  ['Prices from', words(price.version)],
  ['Longest answer', words(price.max_output_tokens)],
  ...ratesOf(price.rates, words),
  ...price.context_tiers.flatMap(tierRates),
  ...Object.entries(price.service_tiers).map(
    ([name, factor]): Entry => [
      said(({ pricesShow }) => pricesShow.tier(name)),
      { text: t.pricesShow.times(factor), plain: String(factor) },
    ],
  ),
];

/** `valetkey prices show` */
export const pricesShow = defineCommand({
  name: 'prices show',
  summary: t.pricesShow.summary,
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
