// What an app says about itself when its developer registers it, parsed strictly into OAuth client metadata (RFC 7591 names). Every
// change is parsed again as a whole, so that no field can be swapped for one that would not have been let in.

import { fail, type Result, succeed } from '@valetkey/core';
import { type PublicJwk, parseClientKeys } from './client-keys.ts';
import { applicationTypeOf, checkRedirectUri } from './redirect-uri.ts';

/** How a client proves who it is at the token endpoint. */
export const CLIENT_AUTH_METHODS = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const;

/** One of `CLIENT_AUTH_METHODS`; `none` is a public client. */
export type ClientAuthMethod = (typeof CLIENT_AUTH_METHODS)[number];

/** What a developer fills in. */
export interface ClientInput {
  readonly name: string;
  /** The app's home page; its host is shown to people. */
  readonly url?: string | null;
  readonly redirectUris: readonly string[];
  readonly authMethod: ClientAuthMethod;
  /** Its public keys as JWKs: with `private_key_jwt`, and only with it. */
  readonly keys?: readonly unknown[] | null;
  /** Whether every token of this client MUST be bound to a DPoP key (RFC 9449). */
  readonly dpopBound?: boolean;
}

/** OAuth client metadata as it is stored, RFC 7591 and 9449 names. */
export interface ClientMetadata {
  readonly client_name: string;
  readonly client_uri?: string;
  readonly redirect_uris: readonly string[];
  readonly token_endpoint_auth_method: ClientAuthMethod;
  readonly jwks?: { readonly keys: readonly PublicJwk[] };
  readonly dpop_bound_access_tokens: boolean;
  readonly application_type: 'web' | 'native';
}

/** Why a client was not accepted: which field, and what would be. */
export interface ClientRefusal {
  readonly reason: 'invalid_client' | 'not_found';
  readonly field: keyof ClientInput | null;
  readonly detail: string;
}

const MAX_NAME = 60;
const MAX_REDIRECT_URIS = 10;
/** Control, format (bidirectional, zero-width) and line-breaking characters: a name with them can read as another. */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

const refuse = (field: keyof ClientInput, detail: string) =>
  fail<ClientRefusal>({ reason: 'invalid_client', field, detail });

/** The metadata that `input` describes, or the first field that is wrong. */
export function parseClientInput(input: ClientInput): Result<ClientMetadata, ClientRefusal> {
  const name = input.name.trim();
  if (name === '' || name.length > MAX_NAME || DECEPTIVE.test(name)) {
    return refuse('name', `The name must have 1 to ${MAX_NAME} visible characters.`);
  }
  const url = input.url ? URL.parse(input.url) : null;
  if (input.url && (url?.protocol !== 'https:' || url.username !== '')) {
    return refuse('url', 'The home page must be an https address.');
  }
  const uris = input.redirectUris;
  if (uris.length < 1 || uris.length > MAX_REDIRECT_URIS || new Set(uris).size !== uris.length) {
    return refuse('redirectUris', `Name 1 to ${MAX_REDIRECT_URIS} different redirect addresses.`);
  }
  for (const uri of uris) {
    const problem = checkRedirectUri(uri);
    if (problem !== null) return refuse('redirectUris', `${uri.slice(0, 100)} ${problem}.`);
  }
  if (!CLIENT_AUTH_METHODS.includes(input.authMethod)) {
    return refuse('authMethod', `The method must be one of ${CLIENT_AUTH_METHODS.join(', ')}.`);
  }
  const keys = readKeys(input);
  if (!keys.ok) return refuse('keys', keys.error);
  return succeed({
    client_name: name,
    ...(url && { client_uri: url.href }),
    redirect_uris: [...uris],
    token_endpoint_auth_method: input.authMethod,
    ...(keys.value && { jwks: { keys: keys.value } }),
    dpop_bound_access_tokens: input.dpopBound ?? false,
    application_type: applicationTypeOf(uris),
  });
}

function readKeys({ authMethod, keys }: ClientInput): Result<readonly PublicJwk[] | null, string> {
  if (authMethod === 'private_key_jwt') return parseClientKeys(keys ?? []);
  return keys ? fail('Only an app that proves itself with a key has keys.') : succeed(null);
}
