// `valetkey status`: which server is meant, and as whom.

import { type Result, succeed } from '@valetkey/core';
import type { Me } from '../api-types.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import type { Failure } from '../failure.ts';
import { words } from '../format.ts';
import { t } from '../messages/messages.ts';

/** `valetkey status` */
export const status = defineCommand({
  name: 'status',
  summary: t.status.summary,
  flags: SERVER_FLAGS,
  examples: ['valetkey status', 'valetkey status --json'],
  read: () => succeed(null),
  run: (_options, context) => showOwner(context),
});

/** Shows the server and the owner who is logged in there. */
export async function showOwner({ api, server, terminal }: Context): Promise<Result<void, Failure>> {
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
}
