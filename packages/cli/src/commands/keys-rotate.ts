// `valetkey keys rotate`: puts a new key in the place of one in the vault. Apps keep their tokens and go on with the new key.

import { type Result, succeed } from '@valetkey/core';
import type { ProviderKey } from '../api-types.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import type { Failure } from '../failure.ts';
import { readKey } from '../read-key.ts';
import { providerKeyEntries } from './keys-list.ts';

/** `valetkey keys rotate` */
export const keysRotate = defineCommand({
  name: 'keys rotate',
  summary: 'Replace a provider key in place; the new one is read from standard input',
  args: ['id'],
  flags: SERVER_FLAGS,
  examples: ['valetkey keys rotate pk_1 < key.txt'],
  read: (_flags, [id]) => succeed(id!),
  run: runKeysRotate,
});

async function runKeysRotate(id: string, context: Context): Promise<Result<void, Failure>> {
  const { api, terminal } = context;
  const key = await readKey(`New API key in place of ${id}`, `valetkey keys rotate ${id}`, context);
  if (!key.ok) return key;
  const replaced = await api.call<ProviderKey>('PUT', `/provider-keys/${encodeURIComponent(id)}`, {
    key: key.value,
  });
  if (!replaced.ok) return replaced;
  const { provider, grants } = replaced.value;
  const who = grants === 1 ? 'one grant draws' : `${grants} grants draw`;
  terminal.say(
    `Replaced the key for ${provider}; ${who} on it. Try it with: valetkey keys test ${id}, then end the old one at ${provider}.`,
  );
  terminal.result(replaced.value, providerKeyEntries(replaced.value));
  return succeed(undefined);
}
