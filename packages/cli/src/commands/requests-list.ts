// `valetkey requests list`: what apps and agents ask for beyond what they have, old and new.

import { succeed } from '@valetkey/core';
import type { AccessRequest, Page } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { moment, words } from '../format.ts';
import { t } from '../messages/messages.ts';
import type { Column } from '../terminal.ts';

const changeOf = ({ changes }: AccessRequest): string =>
  changes
    .flatMap(({ name, is_asker, members }) =>
      members.map(({ label, from, to }) => {
        const change = `${label}: ${from === null ? to : `${from} -> ${to}`}`;
        return is_asker ? change : `${change} (${name})`;
      }),
    )
    .join('; ');

const COLUMNS: readonly Column<AccessRequest>[] = [
  { title: 'ID', cell: ({ id }) => words(id) },
  { title: 'ASKS', cell: ({ path }) => words(path.map(({ name }) => name).join(' > ')) },
  { title: 'CHANGE', cell: (request) => words(changeOf(request)), shrinks: true },
  { title: 'ITS WORDS', cell: ({ message }) => words(message), shrinks: true },
  { title: 'UNTIL', cell: ({ expires_at }) => moment(expires_at) },
];

/** `valetkey requests list` */
export const requestsList = defineCommand({
  name: 'requests list',
  summary: t.requestsList.summary,
  flags: SERVER_FLAGS,
  examples: ['valetkey requests list', 'valetkey requests list --json'],
  read: () => succeed(null),
  async run(_options, { api, terminal }) {
    const requests = await api.call<Page<AccessRequest>>('GET', '/requests');
    if (!requests.ok) return requests;
    terminal.list(requests.value.data, COLUMNS, t.requestsList.empty);
    return succeed(undefined);
  },
});
