// `valetkey keys add`: puts a provider key into the vault. The key MUST come from standard input or a prompt without echo, and is never
// printed, not even in part.

import { fail, type Result, succeed } from '@valetkey/core';
import type { Page, Provider, ProviderKey } from '../api-types.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import { type Failure, failWith } from '../failure.ts';
import { t } from '../messages/messages.ts';
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
  summary: t.keysAdd.summary,
  args: ['provider'],
  flags: {
    ...SERVER_FLAGS,
    label: { type: 'string', value: 'TEXT', help: t.keysAdd.label },
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
  const key = await readKey(t.keysAdd.prompt(provider), `valetkey keys add ${provider}`, context);
  if (!key.ok) return key;
  const body = { provider, key: key.value, ...(label !== null && { label }) };
  const added = await api.call<ProviderKey>('POST', '/provider-keys', body);
  if (!added.ok) return refusal(added.error, provider, context);
  terminal.say(t.keysAdd.done(added.value.provider, added.value.id));
  terminal.result(added.value, providerKeyEntries(added.value));
  return succeed(undefined);
}

/** Names the providers that there are, where it was for none of them. */
async function refusal(refused: Failure, named: string, { api }: Context): Promise<Result<never, Failure>> {
  if (refused.code !== 'invalid_request') return fail(refused);
  const providers = await api.call<Page<Provider>>('GET', '/providers');
  const names = providers.ok ? providers.value.data.map(({ name }) => name) : [named];
  return names.includes(named) ? fail(refused) : failWith(t.keysAdd.unknownProvider(names.join(', ')));
}
