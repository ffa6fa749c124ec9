// `valetkey audit erase`: erases what people wrote (names, reasons, messages, addresses). The journal holds none of it and stays whole.

import { fail, succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { words } from '../format.ts';
import { t } from '../messages/messages.ts';

/** `valetkey audit erase` */
export const auditErase = defineCommand({
  name: 'audit erase',
  summary: t.auditErase.summary,
  flags: {
    ...SERVER_FLAGS,
    grant: { type: 'string', value: 'GRANT', help: t.auditErase.grant },
    app: { type: 'string', value: 'APP', help: t.auditErase.app },
    owner: { type: 'string', value: 'EMAIL', help: t.auditErase.owner },
  },
  examples: ['valetkey audit erase --grant gr_1', 'valetkey audit erase --owner you@example.com'],
  read({ grant, app, owner }) {
    const named = Object.entries({ grant_id: grant, client_id: app, owner_email: owner }).filter(
      ([, value]) => value !== undefined && value !== '',
    );
    return named.length === 1 ? succeed(Object.fromEntries(named)) : fail(t.auditErase.oneWanted);
  },
  async run(target, { api, terminal }) {
    const erased = await api.call<{ readonly grants: number }>('POST', '/audit/erase', target);
    if (!erased.ok) return erased;
    terminal.result(erased.value, [['Grants erased', words(erased.value.grants)]]);
    return succeed(undefined);
  },
});
