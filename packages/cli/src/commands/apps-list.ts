// `valetkey apps list`: everything that can spend, and what it spent; what was delegated below what it comes from.

import { succeed } from '@valetkey/core';
import { allGrants } from '../all-grants.ts';
import type { Grant } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { moment, money, remaining, status, words } from '../format.ts';
import { asTree, nameCell, type PlacedGrant } from '../grant-tree.ts';
import { t } from '../messages/messages.ts';
import type { Cell, Column } from '../terminal.ts';

const COLUMNS: readonly Column<PlacedGrant>[] = [
  { title: 'GRANT', cell: ({ grant }) => words(grant.id) },
  { title: 'APP', cell: nameCell, shrinks: true },
  { title: 'STATUS', cell: ({ grant }) => status(grant.stopped_by ? 'stopped' : grant.status) },
  {
    title: 'PROVIDERS',
    cell: ({ grant }) => words(grant.parts.map(({ provider }) => provider).join(', ')),
  },
  { title: 'TODAY', cell: ({ grant }) => money(grant.spent.today_usd), align: 'right' },
  { title: 'MONTH', cell: ({ grant }) => money(grant.spent.month_usd), align: 'right' },
  { title: 'LEFT', cell: ({ grant }) => tightest(grant) },
  { title: 'LAST USED', cell: ({ lastUsedAt }) => moment(lastUsedAt) },
];

/** `valetkey apps list` */
export const appsList = defineCommand({
  name: 'apps list',
  summary: t.appsList.summary,
  flags: { ...SERVER_FLAGS, all: { type: 'boolean', help: t.appsList.all } },
  examples: ['valetkey apps list', 'valetkey apps list --all --json'],
  read: ({ all }) => succeed({ all: all === true }),
  async run({ all }, { api, terminal }) {
    const grants = await allGrants(api, all ? 'all' : 'active');
    if (!grants.ok) return grants;
    const data = grants.value;
    terminal.list(asTree(data), COLUMNS, t.appsList.empty, data);
    return succeed(undefined);
  },
});

/** The first money limit of the grant, or else its first limit. */
function tightest({ parts }: Grant): Cell {
  const limits = parts.flatMap((part) => part.limits);
  const limit = limits.find(({ unit }) => unit === 'usd') ?? limits[0];
  return limit ? remaining(limit) : words(null);
}
