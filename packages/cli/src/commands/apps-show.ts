// `valetkey apps show`: one grant in plain words, with what is left of each limit and what was delegated below it.

import { formatUsd, succeed, usdNanos } from '@valetkey/core';
import { allGrants } from '../all-grants.ts';
import type { Grant } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { moment, money, remaining, status, words } from '../format.ts';
import { below, nameCell, newestUse, type PlacedGrant } from '../grant-tree.ts';
import { en } from '../messages/en.ts';
import { t } from '../messages/messages.ts';
import type { Entry } from '../terminal.ts';

/** `valetkey apps show` */
export const appsShow = defineCommand({
  name: 'apps show',
  summary: t.appsShow.summary,
  args: ['grant'],
  flags: SERVER_FLAGS,
  examples: ['valetkey apps show gr_1'],
  read: (_flags, [id]) => succeed(id!),
  async run(id, { api, terminal }) {
    const grant = await api.call<Grant>('GET', `/grants/${encodeURIComponent(id)}`);
    if (!grant.ok) return grant;
    const all = await allGrants(api, 'active');
    if (!all.ok) return all;
    const children = below(all.value, grant.value.id);
    const value = { ...grant.value, delegated: children.map((placed) => placed.grant) };
    terminal.result(value, [...grantEntries(grant.value, children), ...children.map(childEntry)]);
    return succeed(undefined);
  },
});

const childEntry = (placed: PlacedGrant): Entry => {
  const { text, plain } = nameCell(placed);
  const { id, spent, actor_authenticated } = placed.grant;
  const isProven = actor_authenticated === true;
  const amount = formatUsd(usdNanos(spent.total_usd));
  return [
    'Delegated',
    {
      text: t.appsShow.delegated(text, id, isProven, amount),
      plain: en.appsShow.delegated(plain ?? text, id, isProven, amount),
    },
  ];
};

/** A grant, line by line; `children` are those below it. */
export function grantEntries(grant: Grant, children: readonly PlacedGrant[] = []): Entry[] {
  return [
    ['Grant', words(grant.id)],
    ['App', words(grant.name ?? grant.client?.name)],
    ...(grant.client ? [['Website', words(grant.client.url)] satisfies Entry] : []),
    ['Status', status(grant.status)],
    ['Made', moment(grant.created_at)],
    ['Ends', moment(grant.expires_at)],
    ['Last used', moment(newestUse([grant, ...children.map((placed) => placed.grant)]))],
    ['Spent today', money(grant.spent.today_usd)],
    ['Spent this month', money(grant.spent.month_usd)],
    ['Spent in total', money(grant.spent.total_usd)],
    ['Calls', words(grant.spent.calls)],
    ...grant.parts.flatMap((part): Entry[] => [
      ['Provider', words(part.provider)],
      ['Key ends in', words(part.provider_key?.last_four)],
      ...part.lines.map((line): Entry => ['Terms', words(line)]),
      ...part.limits.map((limit): Entry => ['Left', remaining(limit)]),
    ]),
  ];
}
