// `valetkey prices check`: models that were asked for and have no price, beside what the operator's price file sets.

import { succeed } from '@valetkey/core';
import type { PricesCheck } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { moment, words } from '../format.ts';
import { t } from '../messages/messages.ts';
import type { Cell, Column } from '../terminal.ts';

interface Row {
  readonly provider: string;
  readonly model: string;
  readonly price: 'none' | 'current' | 'replaced' | 'future';
  readonly at: string;
  readonly calls: number | null;
}

const PRICE: Readonly<Record<Row['price'], Cell>> = {
  none: { text: t.pricesCheck.price.none, plain: 'none', tone: 'bad' },
  current: { text: t.pricesCheck.price.current, plain: 'current', tone: 'good' },
  replaced: { text: t.pricesCheck.price.replaced, plain: 'replaced', tone: 'quiet' },
  future: { text: t.pricesCheck.price.future, plain: 'future', tone: 'warning' },
};

const COLUMNS: readonly Column<Row>[] = [
  { title: 'PROVIDER', cell: ({ provider }) => words(provider) },
  { title: 'MODEL', cell: ({ model }) => words(model), shrinks: true },
  { title: 'PRICE', cell: ({ price }) => PRICE[price] },
  { title: 'SINCE / LAST', cell: ({ at }) => moment(at) },
  { title: 'CALLS', cell: ({ calls }) => words(calls), align: 'right' },
];

const rowsOf = ({ unpriced, file }: PricesCheck): Row[] => [
  ...unpriced.map(({ last_at, ...seen }) => ({ ...seen, price: 'none' as const, at: last_at })),
  ...file.map(({ provider, model, state, effective_from }) => ({
    provider,
    model,
    price: state,
    at: effective_from,
    calls: null,
  })),
];

/** `valetkey prices check` */
export const pricesCheck = defineCommand({
  name: 'prices check',
  summary: t.pricesCheck.summary,
  flags: SERVER_FLAGS,
  examples: ['valetkey prices check', 'valetkey prices check --json'],
  read: () => succeed(null),
  async run(_options, { api, terminal }) {
    const check = await api.call<PricesCheck>('GET', '/prices/check');
    if (!check.ok) return check;
    const { calls_looked_at } = check.value;
    terminal.list(rowsOf(check.value), COLUMNS, t.pricesCheck.allPriced(calls_looked_at), check.value);
    return succeed(undefined);
  },
});
