// The environment of a program that works with a token of its own: the names that SDKs read point at the broker with that token. The token it
// was made from MUST NOT be in it, under whatever name, and nothing in it may lead the program past the broker.

import type { ChildToken } from '@valetkey/sdk';

/** Environment variables; undefined is not set. */
export type Env = Readonly<Record<string, string | undefined>>;

/** By dialect: where SDKs look for the key, where for the base URL, and what would win over them or go elsewhere. */
export const SDK_NAMES = {
  openai: {
    keys: ['OPENAI_API_KEY'],
    bases: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'],
    rivals: ['OPENAI_ORG_ID', 'OPENAI_ORGANIZATION', 'OPENAI_PROJECT', 'OPENAI_PROJECT_ID'],
  },
  anthropic: {
    keys: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'],
    bases: ['ANTHROPIC_BASE_URL'],
    rivals: [],
  },
  google: {
    keys: ['GEMINI_API_KEY'],
    bases: ['GOOGLE_GEMINI_BASE_URL'],
    rivals: [
      'GOOGLE_API_KEY',
      'GOOGLE_GENERATIVE_AI_API_KEY',
      'GOOGLE_GENAI_USE_VERTEXAI',
      'GOOGLE_GENAI_USE_GCA',
    ],
  },
} as const;

/** A dialect of provider APIs. */
export type Dialect = keyof typeof SDK_NAMES;

/** `env` with the token in it; `parentToken` is null where an owner's login made it. */
export function programEnv(
  env: Env,
  { token, baseUrls }: Pick<ChildToken, 'token' | 'baseUrls'>,
  server: string,
  parentToken: string | null,
): Env {
  const kept = Object.entries(env).filter(
    ([, value]) => parentToken === null || !value?.includes(parentToken),
  );
  const changed: Record<string, string | undefined> = {
    ...Object.fromEntries(kept),
    VALETKEY_TOKEN: token,
    VALETKEY_URL: server,
  };
  for (const [dialect, { keys, bases, rivals }] of Object.entries(SDK_NAMES)) {
    const url = baseUrls[dialect as Dialect];
    if (url === undefined) continue;
    for (const name of rivals) delete changed[name];
    for (const name of keys) changed[name] = token;
    for (const name of bases) changed[name] = url;
  }
  return changed;
}
