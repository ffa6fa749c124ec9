// What a client may do with its own grant (FAPI grant management, draft): look at it and end it, with an access token of that grant.
// It MUST NOT see another grant, nor who the owner is.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Grants } from '../grants/contract.ts';
import { refusedFault } from '../store/outage.ts';
import type { AccessTokenClaims, VerifyAccessToken } from '../tokens/access-token.ts';
import { checkProof } from '../tokens/dpop-proof.ts';
import type { Artifacts } from './artifacts.ts';
import { grantedDetails } from './details.ts';
import { findUsableGrant } from './live-grant.ts';
import { OAUTH_PATHS } from './paths.ts';
import { budgetOf } from './structured-tokens.ts';

/** What grant management needs. */
export interface GrantManagementDeps {
  readonly issuer: string;
  readonly grants: Grants;
  readonly artifacts: Artifacts;
  readonly verify: VerifyAccessToken;
  readonly ambient: { readonly now: () => number };
}

type Answer = readonly [status: number, body: object | null, headers?: Record<string, string>];

const METADATA = `resource_metadata="`;

/** Answers `GET` and `DELETE /grants/{id}`. */
export const createGrantManagement =
  (deps: GrantManagementDeps) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [status, body, headers] = await answer(request, deps);
    response.writeHead(status, {
      'cache-control': 'no-store',
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    });
    response.end(body ? JSON.stringify(body) : undefined);
  };

async function answer(request: IncomingMessage, deps: GrantManagementDeps): Promise<Answer> {
  const { grants, artifacts, ambient } = deps;
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const grantId = path.slice(OAUTH_PATHS.grants.length);
  if (request.method !== 'GET' && request.method !== 'DELETE') {
    return [405, { error: 'invalid_request' }, { allow: 'GET, DELETE' }];
  }
  const claims = await authenticate(request, path, deps);
  const live = claims === null ? null : await findUsableGrant(grants, claims.grantId, ambient.now());
  if (claims === null || live === null || live.revokedTokenIds.has(claims.tokenId)) {
    const challenge = `Bearer error="invalid_token", ${METADATA}${deps.issuer}${OAUTH_PATHS.resourceMetadata}"`;
    return [401, { error: 'invalid_token' }, { 'www-authenticate': challenge }];
  }
  if (grantId !== live.grant.id) return [404, { error: 'invalid_request' }];
  if (request.method === 'DELETE') {
    const revoked = await grants.revoke(live.grant.ownerId, grantId, 'client');
    if (!revoked.ok) throw refusedFault(revoked.error);
    await artifacts.removeByGrant(grantId);
    return [204, null];
  }
  const { balances } = await grants.usage(grantId);
  return [
    200,
    {
      grant_id: grantId,
      status: live.grant.status,
      client_id: live.grant.clientId,
      created_at: Math.floor(live.grant.createdAtMs / 1000),
      authorization_details: grantedDetails(live.parts),
      ...budgetOf(grantId, live.parts, balances),
    },
  ];
}

/** The claims of the token in the request, its binding proven; null if anything about it is not right. */
async function authenticate(
  request: IncomingMessage,
  path: string,
  { issuer, verify, artifacts, ambient }: GrantManagementDeps,
): Promise<AccessTokenClaims | null> {
  const [, scheme, token] = /^(Bearer|DPoP) ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (scheme === undefined || token === undefined) return null;
  const verified = await verify(token);
  if (!verified.ok) return null;
  const { jkt } = verified.value;
  if ((jkt !== null) !== (scheme.toLowerCase() === 'dpop')) return null;
  if (jkt === null) return verified.value;
  const proof = request.headers.dpop;
  if (typeof proof !== 'string') return null;
  const proven = await checkProof(
    { proof, method: request.method ?? '', url: `${issuer}${path}`, accessToken: token, jkt },
    { now: ambient.now, claim: (id, expiresAtMs) => artifacts.claim('Proof', id, expiresAtMs) },
  );
  return proven.ok ? verified.value : null;
}
