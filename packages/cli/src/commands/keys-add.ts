// `valetkey keys add`: puts a provider key into the vault. The key MUST come from standard input or a prompt without echo, and is never
// printed, not even in part.

import { type Result, succeed } from '@valetkey/core';
import type { ProviderKey } from '../api-types.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import type { Failure } from '../failure.ts';
import { readKey } from '../read-key.ts';
import { providerKeyEntries } from './keys-list.ts';

/** Which provider the key is for. */
export interface KeysAddOptions {
  readonly provider: string;
  readonly label: string | null;
}

/** `valetkey keys add` */
export const keysAdd = defineCommand({
  name: 'keys add',
  summary: 'Seal a provider key in the vault; the key is read from standard input',
  args: ['provider'],
  flags: {
    ...SERVER_FLAGS,
    label: { type: 'string', value: 'TEXT', help: 'how you call this key, if you have several' },
  },
  examples: [
    'valetkey keys add openai < key.txt',
    'printenv ANTHROPIC_API_KEY | valetkey keys add anthropic --label work',
  ],
  read: ({ label }, [provider]): Result<KeysAddOptions, string> =>
    succeed({ provider: provider!, label: label ?? null }),
  run: runKeysAdd,
});

async function runKeysAdd(
  { provider, label }: KeysAddOptions,
  context: Context,
): Promise<Result<void, Failure>> {
  const { api, terminal } = context;
  const key = await readKey(`API key for ${provider}`, `valetkey keys add ${provider}`, context);
  if (!key.ok) return key;
  const body = { provider, key: key.value, ...(label !== null && { label }) };
  const added = await api.call<ProviderKey>('POST', '/provider-keys', body);
  if (!added.ok) return added;
  terminal.say(
    `Sealed the key for ${added.value.provider}. Try it with: valetkey keys test ${added.value.id}`,
  );
  terminal.result(added.value, providerKeyEntries(added.value));
  return succeed(undefined);
}
