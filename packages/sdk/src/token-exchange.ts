// Delegation for OAuth clients: token exchange at the broker's token endpoint (RFC 8693), and the assertions with which clients prove who
// they are (RFC 7523). The private key signs and never leaves.

import type { GrantedAccess } from './child-details.ts';
import { type ClientAuth, clientFields, clientHeaders } from './client-auth.ts';
import { proveKey } from './dpop.ts';
import { ask, brokerOrigin } from './holder.ts';
import { type SigningKey, signJws } from './jws.ts';

/** The child's identity: one that it proves, or a name that its parent gives it. */
export type ChildActor =
  | { /** A JWT that the child signed, see `signAssertion`. */ readonly assertion: string }
  | { /** A `client_id`, or a label of the parent's own. */ readonly named: string };

/** What is exchanged. */
export interface TokenExchange {
  /** The broker's address. */
  readonly baseUrl: string;
  /** The client that asks: the one that the subject token was issued to. */
  readonly clientId: string;
  /** How it proves who it is; a public client leaves it out. */
  readonly clientAuth?: ClientAuth;
  /** The access token of the grant to delegate. */
  readonly subjectToken: string;
  /** The key that the subject token is bound to, if it is. */
  readonly dpopKey?: SigningKey;
  readonly actor: ChildActor;
  /** What the child may do; `childDetails` makes it. */
  readonly details: readonly GrantedAccess[];
  /** Thumbprint of the key that the child's token is bound to. */
  readonly boundTo?: string;
  readonly fetch?: typeof fetch;
}

/** The child's token. There is no refresh token. */
export interface ExchangedToken {
  readonly token: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly grantId: string;
  readonly expiresInSeconds: number;
  readonly access: readonly GrantedAccess[];
}

const URN = 'urn:ietf:params:oauth';

/** Exchanges an access token for one of a narrower child. Rejects with a `ValetkeyError`. */
export async function exchangeToken(exchange: TokenExchange): Promise<ExchangedToken> {
  const { actor, dpopKey, boundTo, fetch: fetcher = fetch } = exchange;
  const url = `${brokerOrigin(exchange.baseUrl)}/token`;
  const body = new URLSearchParams({
    grant_type: `${URN}:grant-type:token-exchange`,
    subject_token: exchange.subjectToken,
    subject_token_type: `${URN}:token-type:access_token`,
    authorization_details: JSON.stringify(exchange.details),
    ...('assertion' in actor
      ? { actor_token: actor.assertion, actor_token_type: `${URN}:token-type:jwt` }
      : { requested_actor: actor.named }),
    ...(boundTo && { dpop_jkt: boundTo }),
    ...clientFields(exchange.clientId, exchange.clientAuth),
  });
  const headers = {
    ...clientHeaders(exchange.clientId, exchange.clientAuth),
    ...(dpopKey && { dpop: await proveKey(dpopKey, 'POST', url) }),
  };
  const answer = await ask<WireToken>(fetcher, url, { method: 'POST', headers, body });
  return {
    token: answer.access_token,
    tokenType: answer.token_type,
    grantId: answer.grant_id,
    expiresInSeconds: answer.expires_in,
    access: answer.authorization_details,
  };
}

interface WireToken {
  readonly access_token: string;
  readonly token_type: 'Bearer' | 'DPoP';
  readonly grant_id: string;
  readonly expires_in: number;
  readonly authorization_details: readonly GrantedAccess[];
}

const ASSERTION_SECONDS = 120;

/**
 * A JWT with which a client proves who it is, once: as `clientAuth`, or as the child's own `actor`. `baseUrl` is the broker it is for; the
 * client has published `key`'s public part with this `kid`, if with one.
 */
export function signAssertion(options: {
  readonly clientId: string;
  readonly baseUrl: string;
  readonly key: SigningKey;
  readonly kid?: string;
}): Promise<string> {
  const { clientId, baseUrl, key, kid } = options;
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: brokerOrigin(baseUrl),
    iat,
    exp: iat + ASSERTION_SECONDS,
  };
  return signJws({ typ: 'JWT', ...(kid && { kid }) }, { ...claims, jti: crypto.randomUUID() }, key);
}
