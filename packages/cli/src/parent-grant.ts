// The grant that is delegated, by whichever right it is: the token of the grant itself, found in the environment, or its owner's login.
// A token MUST go only to the address that it came with.

import { fail, type Result, succeed } from '@valetkey/core';
import {
  type ChildToken,
  type GrantedAccess,
  type Grant as GrantOfToken,
  readChild,
  type SigningKey,
  ValetkeyError,
  valetkey,
  type WireChild,
} from '@valetkey/sdk';
import type { Grant } from './api-types.ts';
import type { Context } from './command.ts';
import { EXIT, type Failure, failWith } from './failure.ts';
import { t } from './messages/messages.ts';
import { parseServerUrl } from './server-url.ts';

/** What makes a child. */
export interface ChildRequest {
  readonly name: string;
  readonly authorization_details: readonly GrantedAccess[];
}

/** A grant that can be delegated. */
export interface ParentGrant {
  readonly server: string;
  /** What it may do, as `authorization_details`. */
  readonly details: readonly GrantedAccess[];
  /** Its token, where that is what there is; null for an owner. */
  readonly token: string | null;
  /** The key that has to be proved with it; null for none. */
  readonly key: SigningKey | null;
  delegate(child: ChildRequest): Promise<Result<ChildToken, Failure>>;
}

/** One whose token is held. */
export interface HeldGrant extends ParentGrant {
  /** What the broker says of it. */
  readonly self: GrantOfToken;
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

/**
 * The first token of the environment and its server: `url` if given, else the base URL beside the token, else VALETKEY_URL. Under the names of
 * providers only what begins as a broker's token is one: anything else is a provider's key.
 */
export function findToken(env: Env, url: string | undefined): Result<PlacedToken, Failure> {
  const place = PLACES.find(([name]) =>
    name === 'VALETKEY_TOKEN' ? env[name] : env[name]?.startsWith('vk_'),
  );
  if (!place) return failWith(t.parentGrant.noToken, EXIT.loginNeeded);
  const [tokenName, baseName] = place;
  const [name, text] = url ? ['--url', url] : addressOf(env, baseName);
  if (!text) return failWith(t.parentGrant.noAddress(tokenName));
  const server = parseServerUrl(text, name);
  return server.ok
    ? succeed({ token: env[tokenName]!, server: server.value })
    : failWith(server.error, EXIT.usage);
}

const addressOf = (env: Env, baseName: string): readonly [name: string, text: string | undefined] => {
  const beside = baseName === 'VALETKEY_URL' ? null : URL.parse(env[baseName] ?? '');
  return beside ? [baseName, beside.origin] : ['VALETKEY_URL', env.VALETKEY_URL];
};

/** A token where it is valid. */
export interface PlacedToken {
  readonly token: string;
  readonly server: string;
}

const NEEDS_KEY: ReadonlySet<string | undefined> = new Set(['invalid_dpop_proof', 'device_not_permitted']);

/** The grant of a token; where the token is bound to a key, or its grant pinned, with the key of this device. */
export async function grantOfToken(
  fetcher: typeof fetch,
  { token, server }: PlacedToken,
  deviceKey: () => Promise<Result<SigningKey | null, Failure>>,
): Promise<Result<HeldGrant, Failure>> {
  const ofKey = (key: SigningKey | null) => grantWithKey(fetcher, { token, server }, key);
  const bare = await ofKey(null);
  if (bare.ok || !NEEDS_KEY.has(bare.error.code)) return bare;
  const key = await deviceKey();
  if (!key.ok) return key;
  return key.value === null ? bare : ofKey(key.value);
}

async function grantWithKey(
  fetcher: typeof fetch,
  { token, server }: PlacedToken,
  key: SigningKey | null,
): Promise<Result<HeldGrant, Failure>> {
  const access = valetkey({ baseUrl: server, token, fetch: fetcher, ...(key && { dpopKey: key }) });
  const grant = await attempt(() => access.whoami());
  if (!grant.ok) return grant;
  return succeed({
    server,
    self: grant.value,
    details: grant.value.access,
    token,
    key,
    delegate: ({ name, authorization_details: details }) => attempt(() => access.delegate({ name, details })),
  });
}

/** A grant of the owner who is logged in. */
export async function grantOfOwner(
  id: string,
  { api, server }: Pick<Context, 'api' | 'server'>,
): Promise<Result<ParentGrant, Failure>> {
  const path = `/grants/${encodeURIComponent(id)}`;
  const grant = await api.call<Grant>('GET', path);
  if (!grant.ok) return grant;
  return succeed({
    server,
    details: grant.value.authorization_details,
    token: null,
    key: null,
    async delegate(child) {
      const made = await api.call<WireChild>('POST', `${path}/children`, child);
      return made.ok ? succeed(readChild(made.value)) : made;
    },
  });
}

/** Ends the grant of a token, with the token itself. */
export const endGrant = (
  fetcher: typeof fetch,
  { token, server }: PlacedToken,
  key: SigningKey | null,
): Promise<Result<void, Failure>> =>
  attempt(() => valetkey({ baseUrl: server, token, fetch: fetcher, ...(key && { dpopKey: key }) }).revoke());

async function attempt<Value>(ask: () => Promise<Value>): Promise<Result<Value, Failure>> {
  try {
    return succeed(await ask());
  } catch (thrown) {
    if (thrown instanceof ValetkeyError) return fail(failureOf(thrown));
    throw thrown;
  }
}

const failureOf = ({ status, code, message }: ValetkeyError): Failure => {
  if (code === 'no_answer') return { exitCode: EXIT.error, message: t.parentGrant.noAnswer(message) };
  return {
    exitCode: status === 401 ? EXIT.loginNeeded : status === 403 ? EXIT.notGranted : EXIT.error,
    message: status === 401 ? t.parentGrant.ended : message,
    code,
  };
};
