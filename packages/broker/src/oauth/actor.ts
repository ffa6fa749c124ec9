// Who the child of a delegation is: a client that proves it with an assertion of its own (RFC 7523), a client that its parent names, or an
// agent of the parent's own under a label.

import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { Client } from 'oidc-provider';
import { ACTOR_LABEL } from '../grants/actors.ts';
import type { Artifacts } from './artifacts.ts';
import type { Clients } from './clients.ts';
import type { DocumentFetch } from './document-fetch.ts';
import { errors } from './library.ts';

/** The child. `client` is the library's, where it is another than the one that asks. */
export interface Actor {
  readonly clientId: string;
  readonly name: string;
  readonly isAuthenticated: boolean;
  readonly client: Client | null;
}

/** What reading an actor needs. */
export interface ActorDeps {
  readonly issuer: string;
  readonly ambient: { readonly now: () => number };
  readonly artifacts: Pick<Artifacts, 'claim'>;
  readonly clients: Pick<Clients, 'find'>;
  readonly documentFetch: DocumentFetch;
  /** The library's client of that id, its metadata document fetched if it is one; undefined if there is none. */
  readonly findClient: (id: string) => Promise<Client | undefined>;
}

const ASSERTION_TYPES = [
  'urn:ietf:params:oauth:token-type:jwt',
  'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
];
const MOST_ASSERTION_SECONDS = 300;

/** The actor that a token exchange names. Throws the library's errors. */
export async function readActor(
  params: {
    readonly actor_token?: string;
    readonly actor_token_type?: string;
    readonly requested_actor?: string;
  },
  asking: Client,
  deps: ActorDeps,
): Promise<Actor> {
  const { actor_token: assertion, actor_token_type: type, requested_actor: wanted } = params;
  if (assertion !== undefined) {
    if (wanted !== undefined)
      throw new errors.InvalidRequest('send actor_token or requested_actor, not both');
    if (!ASSERTION_TYPES.includes(type ?? ''))
      throw new errors.InvalidRequest(`actor_token_type must be ${ASSERTION_TYPES[0]}`);
    return byAssertion(assertion, deps);
  }
  if (type !== undefined) throw new errors.InvalidRequest('actor_token_type is there without actor_token');
  if (wanted === undefined)
    throw new errors.InvalidRequest(
      'name the child: an actor_token of its own, or requested_actor with a client_id or a label',
    );
  const known = await deps.clients.find(wanted);
  if (known) return toActor(await deps.findClient(wanted), known.metadata.client_name, false);
  if (!ACTOR_LABEL.pattern.test(wanted))
    throw new errors.InvalidRequest(`requested_actor must be a known client_id, or ${ACTOR_LABEL.says}`);
  return { clientId: asking.clientId, name: wanted, isAuthenticated: false, client: null };
}

const UNPROVEN = 'the actor token does not prove who the child is';

const toActor = (client: Client | undefined, name: string | undefined, isAuthenticated: boolean): Actor => {
  if (!client) throw new errors.InvalidRequest('the client that requested_actor names can not be used');
  return { clientId: client.clientId, name: name ?? client.clientId, isAuthenticated, client };
};

async function byAssertion(assertion: string, deps: ActorDeps): Promise<Actor> {
  const clientId = claimedClient(assertion);
  const client = clientId === null ? undefined : await deps.findClient(clientId).catch(() => undefined);
  const keys = client && keysOf(client, deps);
  if (!client || !keys) throw new errors.InvalidRequest(UNPROVEN);
  const nowMs = deps.ambient.now();
  const verified = await jwtVerify(assertion, keys, {
    algorithms: ['ES256', 'PS256', 'RS256', 'Ed25519', 'EdDSA'],
    issuer: client.clientId,
    subject: client.clientId,
    audience: [deps.issuer, `${deps.issuer}/token`],
    requiredClaims: ['exp', 'jti'],
    currentDate: new Date(nowMs),
  }).catch(() => null);
  const { jti = '', exp = 0 } = verified?.payload ?? {};
  if (!verified || exp * 1000 > nowMs + MOST_ASSERTION_SECONDS * 1000)
    throw new errors.InvalidRequest(UNPROVEN);
  if (!(await deps.artifacts.claim('Assertion', `${client.clientId} ${jti}`, exp * 1000)))
    throw new errors.InvalidRequest('the actor token was used before');
  return toActor(client, client.clientName, true);
}

/** Whose assertion it says it is, before anything of it is believed. */
function claimedClient(assertion: string): string | null {
  try {
    const { iss } = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof iss === 'string' && iss !== '' ? iss : null;
  } catch {
    return null;
  }
}

function keysOf({ jwks, jwksUri }: Client, { documentFetch }: ActorDeps): JWTVerifyGetKey | null {
  if (jwks) return createLocalJWKSet(jwks as JSONWebKeySet);
  if (!jwksUri) return null;
  return createRemoteJWKSet(new URL(jwksUri), {
    [customFetch]: (url, init) => documentFetch(url, init as RequestInit),
  });
}
