// The grant that is delegated, by whichever right it is: the token of the grant itself, found in the environment, or its owner's login.
// A token MUST go only to the address that it came with.

import { fail, type Result, succeed } from '@valetkey/core';
import type { Grant } from './api-types.ts';
import type { Context } from './command.ts';
import { EXIT, type Failure, failWith } from './failure.ts';
import { parseServerUrl } from './server-url.ts';

/** What makes a child. */
export interface ChildRequest {
  readonly name: string;
  readonly authorization_details: readonly unknown[];
}

/** A child as the server answers it: the only answer that ever carries the token. */
export interface CreatedChild {
  readonly grant_id: string;
  readonly parent_grant_id: string;
  readonly token: string;
  readonly token_type: string;
  readonly expires_at: string | null;
  readonly authorization_details: readonly unknown[];
  readonly base_urls: Readonly<Partial<Record<'openai' | 'anthropic' | 'google', string>>>;
}

/** A grant that can be delegated. */
export interface ParentGrant {
  readonly server: string;
  /** What it may do, as `authorization_details`. */
  readonly details: readonly unknown[];
  /** Its token, where that is what there is; null for an owner. */
  readonly token: string | null;
  delegate(child: ChildRequest): Promise<Result<CreatedChild, Failure>>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Where tokens are found, and the base URL that each comes with. */
const PLACES = [
  ['VALETKEY_TOKEN', 'VALETKEY_URL'],
  ['OPENAI_API_KEY', 'OPENAI_BASE_URL'],
  ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL'],
  ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL'],
  ['GEMINI_API_KEY', 'GOOGLE_GEMINI_BASE_URL'],
] as const;

const NO_TOKEN =
  'There is no token to delegate: set VALETKEY_TOKEN and VALETKEY_URL, or name one of your grants with --from';

/** The first token of the environment and its server: `url` or VALETKEY_URL if given, else the base URL beside the token. */
export function findToken(
  env: Env,
  url: string | undefined,
): Result<{ readonly token: string; readonly server: string }, Failure> {
  const place = PLACES.find(([name]) => env[name]?.startsWith('vk_'));
  if (!place) return failWith(NO_TOKEN, EXIT.loginNeeded);
  const [tokenName, baseName] = place;
  const [name, text] = url ? ['--url', url] : addressOf(env, baseName);
  if (!text) return failWith(`${tokenName} is set, but not where it is valid: set VALETKEY_URL`);
  const server = parseServerUrl(text);
  return server.ok
    ? succeed({ token: env[tokenName]!, server: server.value })
    : failWith(`${name} ${server.error}`, EXIT.usage);
}

const addressOf = (env: Env, baseName: string): readonly [name: string, text: string | undefined] => {
  if (env.VALETKEY_URL) return ['VALETKEY_URL', env.VALETKEY_URL];
  return [baseName, URL.parse(env[baseName] ?? '')?.origin];
};

/** The grant of a token. */
export async function grantOfToken(
  fetcher: typeof fetch,
  { token, server }: { readonly token: string; readonly server: string },
): Promise<Result<ParentGrant, Failure>> {
  const shown = await holderCall<{ authorization_details: unknown[] }>(fetcher, server, token, 'GET', 'self');
  if (!shown.ok) return shown;
  return succeed({
    server,
    details: shown.value.authorization_details,
    token,
    delegate: (child) => holderCall<CreatedChild>(fetcher, server, token, 'POST', 'self/children', child),
  });
}

/** A grant of the owner who is logged in. */
export async function grantOfOwner(
  id: string,
  { api, server }: Pick<Context, 'api' | 'server'>,
): Promise<Result<ParentGrant, Failure>> {
  const path = `/grants/${encodeURIComponent(id)}`;
  const grant = await api.call<Grant & { authorization_details: unknown[] }>('GET', path);
  if (!grant.ok) return grant;
  return succeed({
    server,
    details: grant.value.authorization_details,
    token: null,
    delegate: (child) => api.call<CreatedChild>('POST', `${path}/children`, child),
  });
}

/** Ends the grant of a token, with the token itself. */
export const endGrant = (
  fetcher: typeof fetch,
  server: string,
  token: string,
): Promise<Result<unknown, Failure>> => holderCall(fetcher, server, token, 'DELETE', 'self');

const TIMEOUT_MS = 60_000;

/** One request for the grant of `token`; `path` begins after `/grants/`. */
async function holderCall<Body>(
  fetcher: typeof fetch,
  server: string,
  token: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Result<Body, Failure>> {
  try {
    const response = await fetcher(`${server}/grants/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      // A redirect MUST NOT carry the token elsewhere.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 204) return succeed(undefined as Body);
    const answer = (await response.json()) as Body & { error?: unknown; error_description?: unknown };
    return response.ok ? succeed(answer) : fail(refusal(response.status, answer));
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    return failWith(
      `No answer of a Valetkey server at ${server}${code ? ` (${code})` : ''}. Check VALETKEY_URL.`,
    );
  }
}

const refusal = (status: number, answer: { error?: unknown; error_description?: unknown }): Failure => ({
  exitCode: status === 401 ? EXIT.loginNeeded : status === 403 ? EXIT.notGranted : EXIT.error,
  message:
    status === 401
      ? 'The token is unknown or has ended. Ask for a new one where it came from.'
      : String(answer.error_description ?? `The server answered ${status}.`),
  ...(typeof answer.error === 'string' && { code: answer.error }),
});
