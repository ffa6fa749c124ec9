// `valetkey keys rotate`: puts a new key in the place of one in the vault. Apps keep their tokens and go on with the new key.

import { type Result, succeed } from '@valetkey/core';
import type { ProviderKey } from '../api-types.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import type { Failure } from '../failure.ts';
import { t } from '../messages/messages.ts';
import { readKey } from '../read-key.ts';
import { providerKeyEntries } from './keys-list.ts';

/** `valetkey keys rotate` */
export const keysRotate = defineCommand({
  name: 'keys rotate',
  summary: t.keysRotate.summary,
  args: ['id'],
  flags: SERVER_FLAGS,
  examples: ['valetkey keys rotate pk_1 < key.txt'],
  read: (_flags, [id]) => succeed(id!),
  run: runKeysRotate,
});

async function runKeysRotate(id: string, context: Context): Promise<Result<void, Failure>> {
  const { api, terminal } = context;
  const key = await readKey(t.keysRotate.prompt(id), `valetkey keys rotate ${id}`, context);
  if (!key.ok) return key;
  const replaced = await api.call<ProviderKey>('PUT', `/provider-keys/${encodeURIComponent(id)}`, {
    key: key.value,
  });
  if (!replaced.ok) return replaced;
  const { provider, grants } = replaced.value;
  terminal.say(t.keysRotate.done(provider, grants, id));
  terminal.result(replaced.value, providerKeyEntries(replaced.value));
  return succeed(undefined);
}
