// `valetkey prices check`: models that were asked for and have no price, beside what the operator's price file sets.

import { succeed } from '@valetkey/core';
import type { PricesCheck } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { moment, words } from '../format.ts';
import type { Cell, Column } from '../terminal.ts';

interface Row {
  readonly provider: string;
  readonly model: string;
  readonly price: 'none' | 'current' | 'replaced' | 'future';
  readonly at: string;
  readonly calls: number | null;
}

const PRICE: Readonly<Record<Row['price'], Cell>> = {
  none: { text: 'no price', plain: 'none', tone: 'bad' },
  current: { text: 'from the file', plain: 'current', tone: 'good' },
  replaced: { text: 'replaced', tone: 'quiet' },
  future: { text: 'from the file, later', plain: 'future', tone: 'warning' },
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
  summary: 'List models that were asked for and have no price, and what the price file sets',
  flags: SERVER_FLAGS,
  examples: ['valetkey prices check', 'valetkey prices check --json'],
  read: () => succeed(null),
  async run(_options, { api, terminal }) {
    const check = await api.call<PricesCheck>('GET', '/prices/check');
    if (!check.ok) return check;
    const empty = `Every model of the last ${check.value.calls_looked_at} calls has a price.`;
    terminal.list(rowsOf(check.value), COLUMNS, empty, check.value);
    return succeed(undefined);
  },
});
