// `valetkey keys rm`: takes a provider key out of the vault. Apps that draw on it stop, so they are never taken along silently.

import { succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { failWith } from '../failure.ts';
import { words } from '../format.ts';

const IN_USE =
  'Apps draw on this key (see: valetkey apps list). To revoke them together with the key, add --revoke-grants.';

/** `valetkey keys rm` */
export const keysRm = defineCommand({
  name: 'keys rm',
  summary: 'Remove a provider key from the vault',
  args: ['id'],
  flags: {
    ...SERVER_FLAGS,
    'revoke-grants': { type: 'boolean', help: 'also revoke every grant that draws on it' },
  },
  examples: ['valetkey keys rm pk_1', 'valetkey keys rm pk_1 --revoke-grants'],
  read: (flags, [id]) => succeed({ id: id!, revokeGrants: flags['revoke-grants'] === true }),
  async run({ id, revokeGrants }, { api, terminal }) {
    const query = revokeGrants ? '?revoke_grants=true' : '';
    const removed = await api.call('DELETE', `/provider-keys/${encodeURIComponent(id)}${query}`);
    if (!removed.ok && removed.error.code === 'conflict') {
      return failWith(IN_USE);
    }
    if (!removed.ok) return removed;
    terminal.say('Removed the key.');
    terminal.result({ id, removed: true }, [['Removed', words(id)]]);
    return succeed(undefined);
  },
});
