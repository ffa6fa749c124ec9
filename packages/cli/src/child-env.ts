// The environment of a program that works with a delegated token: the names that SDKs read point at the broker with the child's token. The
// parent's token MUST NOT be in it, under whatever name.

import type { ChildToken } from '@valetkey/sdk';

type Env = Readonly<Record<string, string | undefined>>;

/** By dialect: where SDKs look for the key, where for the base URL, and what would win over them. */
const NAMES = {
  openai: { keys: ['OPENAI_API_KEY'], base: 'OPENAI_BASE_URL', rivals: [] },
  anthropic: { keys: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'], base: 'ANTHROPIC_BASE_URL', rivals: [] },
  google: { keys: ['GEMINI_API_KEY'], base: 'GOOGLE_GEMINI_BASE_URL', rivals: ['GOOGLE_API_KEY'] },
} as const;

/** `env` for the child; `parentToken` is null where an owner's login made it. */
export function childEnv(env: Env, child: ChildToken, server: string, parentToken: string | null): Env {
  const kept = Object.entries(env).filter(
    ([, value]) => parentToken === null || !value?.includes(parentToken),
  );
  const changed: Record<string, string | undefined> = {
    ...Object.fromEntries(kept),
    VALETKEY_TOKEN: child.token,
    VALETKEY_URL: server,
  };
  for (const [dialect, { keys, base, rivals }] of Object.entries(NAMES)) {
    const url = child.baseUrls[dialect as keyof typeof NAMES];
    if (url === undefined) continue;
    for (const name of rivals) delete changed[name];
    for (const name of keys) changed[name] = child.token;
    changed[base] = url;
  }
  return changed;
}
