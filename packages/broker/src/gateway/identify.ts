// Step 1: which token, which grant, which key it is bound to. Everything here may be a moment old; the admission decides on the versions
// that were read.

import type { IncomingMessage } from 'node:http';
import { fail, type PublicError, type Result, succeed } from '@valetkey/core';
import type { Grants, LiveGrant } from '../grants/contract.ts';
import { looksLikeKeyToken } from '../grants/key-token.ts';
import type { AccessTokens } from './access-tokens.ts';
import { type Credential, readCredential } from './credential.ts';
import { checkProof, type ReplayGuard } from './dpop-proofs.ts';
import { notLiveError } from './refusals.ts';

/** Who calls. */
export interface Caller {
  readonly live: LiveGrant;
  readonly tokenKind: 'key' | 'access';
  /** The access token's `jti`; null for a key-shaped token. */
  readonly tokenId: string | null;
  readonly keyThumbprint: string | null;
}

/** What the step needs. */
export interface IdentifyDeps {
  readonly issuer: string;
  readonly now: () => number;
  readonly grants: Grants;
  readonly accessTokens: AccessTokens;
  readonly replayGuard: ReplayGuard;
}

const UNKNOWN: PublicError = {
  code: 'invalid_token',
  message: 'The token is not valid here. Check that it was copied whole, or make a new one.',
};

const byAccessToken = async (
  credential: Credential,
  request: IncomingMessage,
  deps: IdentifyDeps,
): Promise<Result<Caller, PublicError>> => {
  const verified = await deps.accessTokens.verify(credential.token);
  if (!verified.ok) return verified;
  const { grantId, tokenId, keyThumbprint } = verified.value;
  if (keyThumbprint !== null) {
    const url = deps.issuer + (request.url ?? '').split('?', 1)[0];
    const target = { method: request.method ?? '', url, token: credential.token, keyThumbprint };
    const [proof, second] = request.headersDistinct.dpop ?? [];
    if (credential.scheme !== 'dpop' || second !== undefined) {
      return fail({
        code: 'invalid_dpop_proof',
        message: 'This token is bound to a key: send it as `Authorization: DPoP` with one DPoP header.',
      });
    }
    const proved = await checkProof(proof, target, deps.replayGuard, deps.now());
    if (!proved.ok) return proved;
  }
  const live = await deps.grants.live(grantId);
  if (!live) return fail(UNKNOWN);
  if (live.revokedTokenIds.has(tokenId)) return fail(notLiveError('revoked'));
  return succeed({ live, tokenKind: 'access', tokenId, keyThumbprint });
};

const byKeyToken = async (
  credential: Credential,
  deps: IdentifyDeps,
): Promise<Result<Caller, PublicError>> => {
  const live = await deps.grants.liveByKeyToken(credential.token);
  return live ? succeed({ live, tokenKind: 'key', tokenId: null, keyThumbprint: null }) : fail(UNKNOWN);
};

/** The caller behind a request's one credential, whose grant was live when it was read. */
export const identify = async (
  request: IncomingMessage,
  deps: IdentifyDeps,
): Promise<Result<Caller, PublicError>> => {
  const credential = readCredential(request);
  if (!credential.ok) return credential;
  const caller = looksLikeKeyToken(credential.value.token)
    ? await byKeyToken(credential.value, deps)
    : await byAccessToken(credential.value, request, deps);
  if (!caller.ok) return caller;
  const { grant } = caller.value.live;
  const isExpired = grant.expiresAtMs !== null && grant.expiresAtMs <= deps.now();
  if (grant.status === 'revoked' || grant.status === 'denied') return fail(notLiveError('revoked'));
  if (isExpired || grant.status === 'expired') return fail(notLiveError('expired'));
  return grant.status === 'suspended' ? fail(notLiveError('suspended')) : caller;
};
