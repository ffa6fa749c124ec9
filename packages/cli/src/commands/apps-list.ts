// `valetkey apps list`: everything that can spend, and what it spent.

import { succeed } from '@valetkey/core';
import type { Grant, Page } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { moment, money, remaining, status, words } from '../format.ts';
import type { Cell, Column } from '../terminal.ts';

const COLUMNS: readonly Column<Grant>[] = [
  { title: 'GRANT', cell: ({ id }) => words(id) },
  { title: 'APP', cell: ({ client, name }) => words(name ?? client?.name), shrinks: true },
  { title: 'STATUS', cell: (grant) => status(grant.status) },
  { title: 'PROVIDERS', cell: ({ parts }) => words(parts.map(({ provider }) => provider).join(', ')) },
  { title: 'TODAY', cell: ({ spent }) => money(spent.today_usd), align: 'right' },
  { title: 'MONTH', cell: ({ spent }) => money(spent.month_usd), align: 'right' },
  { title: 'LEFT', cell: tightest },
  { title: 'LAST USED', cell: ({ last_used_at }) => moment(last_used_at) },
];

/** `valetkey apps list` */
export const appsList = defineCommand({
  name: 'apps list',
  summary: 'List the apps and tokens that can use your AI',
  flags: { ...SERVER_FLAGS, all: { type: 'boolean', help: 'also those that are revoked or expired' } },
  examples: ['valetkey apps list', 'valetkey apps list --all --json'],
  read: ({ all }) => succeed({ all: all === true }),
  async run({ all }, { api, terminal }) {
    const grants = await api.call<Page<Grant>>('GET', `/grants?status=${all ? 'all' : 'active'}`);
    if (!grants.ok) return grants;
    terminal.list(grants.value.data, COLUMNS, 'No apps yet. Make a token: valetkey grant create --help');
    return succeed(undefined);
  },
});

/** The first money limit of the grant, or else its first limit. */
function tightest({ parts }: Grant): Cell {
  const limits = parts.flatMap((part) => part.limits);
  const limit = limits.find(({ unit }) => unit === 'usd') ?? limits[0];
  return limit ? remaining(limit) : words(null);
}
