// Asks the broker's OAuth endpoints as one app, with a proof of its key, and reads tokens strictly. A token that is not bound as it was
// asked to be MUST NOT be taken.

import { clientFields, clientHeaders } from '../client-auth.ts';
import { proveKey } from '../dpop.ts';
import { ask } from '../holder.ts';
import type { SigningKey } from '../jws.ts';
import { signAssertion } from '../token-exchange.ts';
import { ownError } from '../valetkey-error.ts';
import type { Broker } from './discover.ts';

/** Who asks. */
export interface AppIdentity {
  readonly clientId: string;
  /** How the app proves who it is: a secret, or a key whose public part it published. Only a server has one of these. */
  readonly auth?: { readonly secret: string } | { readonly key: SigningKey; readonly kid?: string };
  readonly fetch: typeof fetch;
}

/** What a token request brought. */
export interface Tokens {
  readonly grantId: string;
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Epoch milliseconds, by the clock of this machine. */
  readonly endsAtMs: number;
}

/** Posts a form to an endpoint; the JSON of its answer. Rejects with a `ValetkeyError`. */
export async function post<Answer>(
  app: AppIdentity,
  broker: Broker,
  url: string,
  fields: Record<string, string>,
  {
    key = null,
    signal,
  }: { readonly key?: SigningKey | null; readonly signal?: AbortSignal | undefined } = {},
): Promise<Answer> {
  const { clientId, auth } = app;
  const proof =
    auth && 'key' in auth
      ? { assertion: await signAssertion({ clientId, baseUrl: broker.issuer, ...auth }) }
      : auth;
  const headers = {
    ...clientHeaders(clientId, proof),
    ...(key && { dpop: await proveKey(key, 'POST', url) }),
  };
  const body = new URLSearchParams({ ...fields, ...clientFields(clientId, proof) });
  return ask<Answer>(app.fetch, url, { method: 'POST', headers, body }, signal);
}

/** Asks for tokens. They are of the key, if there is one. */
export async function requestTokens(
  app: AppIdentity,
  broker: Broker,
  fields: Record<string, string>,
  key: SigningKey | null,
  signal?: AbortSignal,
): Promise<Tokens> {
  // Before the request: a slow answer must not make the token seem to live longer.
  const askedAtMs = Date.now();
  const answer = await post<Readonly<Record<string, unknown>> | null>(
    app,
    broker,
    broker.tokenEndpoint,
    fields,
    { key, signal },
  );
  const { access_token, token_type, refresh_token = null, expires_in, grant_id } = answer ?? {};
  const isWhole =
    typeof access_token === 'string' &&
    typeof token_type === 'string' &&
    token_type.toLowerCase() === (key ? 'dpop' : 'bearer') &&
    (refresh_token === null || typeof refresh_token === 'string') &&
    typeof expires_in === 'number' &&
    typeof grant_id === 'string';
  if (!isWhole)
    throw ownError('not_a_broker', `${broker.issuer} did not answer with tokens as they were asked for.`);
  return {
    grantId: grant_id,
    accessToken: access_token,
    refreshToken: refresh_token,
    endsAtMs: askedAtMs + expires_in * 1000,
  };
}
