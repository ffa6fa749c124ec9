// `valetkey keys rm`: takes a provider key out of the vault. Apps that draw on it stop, so they are never taken along silently.

import { succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { failWith } from '../failure.ts';
import { words } from '../format.ts';
import { t } from '../messages/messages.ts';

/** `valetkey keys rm` */
export const keysRm = defineCommand({
  name: 'keys rm',
  summary: t.keysRm.summary,
  args: ['id'],
  flags: {
    ...SERVER_FLAGS,
    'revoke-grants': { type: 'boolean', help: t.keysRm.revokeGrants },
  },
  examples: ['valetkey keys rm pk_1', 'valetkey keys rm pk_1 --revoke-grants'],
  read: (flags, [id]) => succeed({ id: id!, revokeGrants: flags['revoke-grants'] === true }),
  async run({ id, revokeGrants }, { api, terminal }) {
    const query = revokeGrants ? '?revoke_grants=true' : '';
    const removed = await api.call('DELETE', `/provider-keys/${encodeURIComponent(id)}${query}`);
    if (!removed.ok && removed.error.code === 'conflict') {
      return failWith(t.keysRm.inUse);
    }
    if (!removed.ok) return removed;
    terminal.say(t.keysRm.done);
    terminal.result({ id, removed: true }, [['Removed', words(id)]]);
    return succeed(undefined);
  },
});
