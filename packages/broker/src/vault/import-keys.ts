// Takes over provider keys from the environment, once: afterwards only the vault counts, and a key removed there stays removed.

import type { Kysely } from 'kysely';
import type { Schema } from '../store/schema.ts';
import type { Vault } from './contract.ts';

/** The names people already use, by provider; the first one that is set counts. */
const VARIABLES: readonly (readonly [provider: string, ...names: string[]])[] = [
  ['openai', 'OPENAI_API_KEY'],
  ['anthropic', 'ANTHROPIC_API_KEY', 'CLAUDE_API_KEY'],
  ['google', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  ['mistral', 'MISTRAL_API_KEY'],
  ['groq', 'GROQ_API_KEY'],
  ['together', 'TOGETHER_API_KEY'],
  ['deepseek', 'DEEPSEEK_API_KEY'],
  ['xai', 'XAI_API_KEY'],
  ['openrouter', 'OPENROUTER_API_KEY'],
  ['fireworks', 'FIREWORKS_API_KEY'],
];

const HOUSE_KEY = 'environment_keys_imported';

/** What became of one variable; `problem` says why its key was refused, never repeating it. */
export interface KeyImport {
  readonly variable: string;
  readonly provider: string;
  readonly problem: string | null;
}

/** Imports the keys found in `env` into the owner's vault, if that was never done in this database. */
export const importKeysFromEnvironment = async (
  parts: { readonly db: Kysely<Schema>; readonly vault: Vault },
  env: Readonly<Record<string, string | undefined>>,
  ownerId: string,
): Promise<readonly KeyImport[]> => {
  const done = await parts.db
    .selectFrom('house')
    .select('key')
    .where('key', '=', HOUSE_KEY)
    .executeTakeFirst();
  if (done || !parts.vault.unlocked) return [];
  // A start that broke off half way must not import the same key twice.
  const present = new Set((await parts.vault.list(ownerId)).map((key) => key.provider));
  const imports: KeyImport[] = [];
  for (const [provider, ...names] of VARIABLES) {
    const variable = names.find((name) => env[name]?.trim());
    if (!variable || present.has(provider)) continue;
    const added = await parts.vault.add({ ownerId, provider, label: variable, key: env[variable]! });
    imports.push({ variable, provider, problem: added.ok ? null : added.error.detail });
  }
  const flag = { key: HOUSE_KEY, value: ownerId };
  await parts.db
    .insertInto('house')
    .values(flag)
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  return imports;
};
