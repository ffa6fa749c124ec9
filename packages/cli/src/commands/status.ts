// `valetkey status`, also called `whoami`: which server is meant, and as whom.

import { succeed } from '@valetkey/core';
import type { Me } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { words } from '../format.ts';

const statusCommand = (name: string, summary: string) =>
  defineCommand({
    name,
    summary,
    flags: SERVER_FLAGS,
    examples: [`valetkey ${name}`, `valetkey ${name} --json`],
    read: () => succeed(null),
    async run(_options, { api, server, terminal }) {
      const me = await api.call<Me>('GET', '/me');
      if (!me.ok) return me;
      const { owner, issuer, version } = me.value;
      terminal.result({ url: server, ...me.value }, [
        ['Server', words(server)],
        ['Issuer', words(issuer)],
        ['Version', words(version)],
        ['Owner', words(owner.email)],
      ]);
      return succeed(undefined);
    },
  });

/** `valetkey status` */
export const status = statusCommand('status', 'Show the server and who is logged in');

/** `valetkey whoami` */
export const whoami = statusCommand('whoami', 'The same as status');
