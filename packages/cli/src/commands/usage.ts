// `valetkey usage`: what was spent, by app and together.

import { succeed } from '@valetkey/core';
import type { Usage } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { money, said, words } from '../format.ts';
import { t } from '../messages/messages.ts';
import { parseCount } from '../parse-count.ts';
import type { Cell, Column } from '../terminal.ts';

type Row = Omit<Usage['by_grant'][number], 'grant_id'> & { readonly grant_id: string | null };

const COLUMNS: readonly Column<Row>[] = [
  { title: 'GRANT', cell: ({ grant_id }) => words(grant_id) },
  { title: 'APP', cell: nameOf, shrinks: true },
  { title: 'TODAY', cell: ({ today_usd }) => money(today_usd), align: 'right' },
  { title: 'MONTH', cell: ({ month_usd }) => money(month_usd), align: 'right' },
  { title: 'TOTAL', cell: ({ total_usd }) => money(total_usd), align: 'right' },
  { title: 'CALLS', cell: ({ calls }) => words(calls), align: 'right' },
];

/** The last row is that of everything. */
function nameOf({ grant_id, name }: Row): Cell {
  return grant_id === null ? said(({ spending }) => spending.together) : words(name);
}

/** `valetkey usage` */
export const usage = defineCommand({
  name: 'usage',
  summary: t.spending.summary,
  flags: {
    ...SERVER_FLAGS,
    days: { type: 'string', value: 'N', help: t.spending.days },
  },
  examples: ['valetkey usage', 'valetkey usage --json --days 7'],
  read: ({ days }) => parseCount('--days', days ?? '30', 366),
  async run(days, { api, terminal }) {
    const usage = await api.call<Usage>('GET', `/usage?days=${days}`);
    if (!usage.ok) return usage;
    terminal.list([...usage.value.by_grant, together(usage.value)], COLUMNS, '', usage.value);
    return succeed(undefined);
  },
});

const together = (usage: Usage): Row => ({
  grant_id: null,
  name: null,
  today_usd: usage.today_usd,
  month_usd: usage.month_usd,
  total_usd: usage.total_usd,
  calls: usage.by_grant.reduce((sum, { calls }) => sum + calls, 0),
});
