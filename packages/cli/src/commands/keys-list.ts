// `valetkey keys list`: the provider keys in the vault, by their last four characters.

import { succeed } from '@valetkey/core';
import type { Page, ProviderKey } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { moment, words } from '../format.ts';
import { t } from '../messages/messages.ts';
import type { Column, Entry } from '../terminal.ts';

const COLUMNS: readonly Column<ProviderKey>[] = [
  { title: 'ID', cell: ({ id }) => words(id) },
  { title: 'PROVIDER', cell: ({ provider }) => words(provider) },
  { title: 'LABEL', cell: ({ label }) => words(label), shrinks: true },
  { title: 'ENDS IN', cell: ({ last_four }) => words(last_four) },
  { title: 'APPS', cell: ({ grants }) => words(grants), align: 'right' },
  { title: 'ADDED', cell: ({ created_at }) => moment(created_at) },
  { title: 'LAST USED', cell: ({ last_used_at }) => moment(last_used_at) },
];

/** One provider key, line by line. */
export const providerKeyEntries = (key: ProviderKey): Entry[] =>
  COLUMNS.slice(0, 4).map(({ title, cell }) => [title, cell(key)]);

/** `valetkey keys list` */
export const keysList = defineCommand({
  name: 'keys list',
  summary: t.keysList.summary,
  flags: SERVER_FLAGS,
  examples: ['valetkey keys list', "valetkey keys list --json | jq -r '.[].id'"],
  read: () => succeed(null),
  async run(_options, { api, terminal }) {
    const keys = await api.call<Page<ProviderKey>>('GET', '/provider-keys');
    if (!keys.ok) return keys;
    terminal.list(keys.value.data, COLUMNS, t.keysList.empty);
    return succeed(undefined);
  },
});
