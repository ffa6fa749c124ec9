// `valetkey audit erase`: erases what people wrote (names, reasons, messages, addresses). The journal holds none of it and stays whole.

import { fail, succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { words } from '../format.ts';

/** `valetkey audit erase` */
export const auditErase = defineCommand({
  name: 'audit erase',
  summary: 'Erase the names of an access that has ended, of an app that was removed, or everything of yours',
  flags: {
    ...SERVER_FLAGS,
    grant: { type: 'string', value: 'GRANT', help: 'an access that has ended, with all below it' },
    app: { type: 'string', value: 'APP', help: 'an app that was removed, with every access it had' },
    owner: {
      type: 'string',
      value: 'EMAIL',
      help: 'you: ends every access, removes every key, and deletes your account',
    },
  },
  examples: ['valetkey audit erase --grant gr_1', 'valetkey audit erase --owner you@example.com'],
  read({ grant, app, owner }) {
    const named = Object.entries({ grant_id: grant, client_id: app, owner_email: owner }).filter(
      ([, value]) => value !== undefined && value !== '',
    );
    return named.length === 1
      ? succeed(Object.fromEntries(named))
      : fail('name one of --grant, --app and --owner');
  },
  async run(target, { api, terminal }) {
    const erased = await api.call<{ readonly grants: number }>('POST', '/audit/erase', target);
    if (!erased.ok) return erased;
    terminal.result(erased.value, [['Grants erased', words(erased.value.grants)]]);
    return succeed(undefined);
  },
});
