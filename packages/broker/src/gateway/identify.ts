// Step 1: which token, which grant, which device. Everything here may be a moment old; the admission decides on the versions
// that were read.

import type { IncomingMessage } from 'node:http';
import { fail, type PublicError, type Result, succeed } from '@valetkey/core';
import type { Grants, LiveGrant } from '../grants/contract.ts';
import { checkDevice, deviceOf, type LiveDevice } from '../grants/device-rule.ts';
import { looksLikeKeyToken } from '../grants/key-token.ts';
import { pathOf } from '../request-path.ts';
import type { CertificateOf } from '../tokens/client-certificate.ts';
import { checkProof } from '../tokens/dpop-proof.ts';
import type { ReplayGuard } from '../tokens/replay-guard.ts';
import type { AccessTokens } from './access-tokens.ts';
import { type Credential, readCredential } from './credential.ts';
import { headerValues } from './header-values.ts';
import { notLiveError } from './refusals.ts';

/** Who calls. */
export interface Caller {
  readonly live: LiveGrant;
  readonly tokenKind: 'key' | 'access';
  /** The access token's `jti`; null for a key-shaped token. */
  readonly tokenId: string | null;
  /** Thumbprint of the key that came with a proof; null without one. */
  readonly keyThumbprint: string | null;
  /** The owner's device whose key that is; null for none. Whether it may use the grant is `checkCallerDevice`. */
  readonly device: LiveDevice | null;
  /** The hash of a key-shaped token, to tell a replaced one; null for an access token. */
  readonly keyTokenHash: string | null;
}

/** What the step needs. */
export interface IdentifyDeps {
  readonly issuer: string;
  readonly now: () => number;
  readonly grants: Grants;
  readonly accessTokens: AccessTokens;
  readonly replayGuard: ReplayGuard;
  readonly certificateOf: CertificateOf;
}

const UNKNOWN: PublicError = {
  code: 'invalid_token',
  message: 'The token is not valid here. Check that it was copied whole, or make a new one.',
};

/** RFC 8705 section 3: the token of an app that came with a certificate is worth nothing without it. */
const OTHER_CERTIFICATE: PublicError = {
  code: 'invalid_token',
  message: 'This token is bound to a client certificate: use it over mutual TLS with the same one.',
};

/**
 * The thumbprint of the key that the caller has shown it holds (RFC 9449 section 7), which is `jkt` if the token is bound to one. A proof that
 * comes with another token is checked as well, because it names the device.
 */
const provenKey = async (
  { token, scheme }: Credential,
  jkt: string | null,
  request: IncomingMessage,
  { issuer, now, replayGuard }: IdentifyDeps,
): Promise<Result<string | null, PublicError>> => {
  const [proof, second] = headerValues(request, 'dpop');
  if (jkt === null && proof === undefined) return succeed(null);
  if ((jkt !== null && scheme !== 'dpop') || proof === undefined || second !== undefined) {
    const message =
      jkt === null
        ? 'Send one DPoP header.'
        : 'This token is bound to a key: send it as `Authorization: DPoP` with one DPoP header.';
    return fail({ code: 'invalid_dpop_proof', message });
  }
  const url = issuer + pathOf(request);
  const claim = (id: string, expiresAtMs: number) => replayGuard.claim(id, expiresAtMs);
  const proven = { proof, method: request.method ?? '', url, accessToken: token, jkt };
  const checked = await checkProof(proven, { now, claim });
  if (checked.ok) return checked;
  return fail({ code: 'invalid_dpop_proof', message: `The DPoP proof was refused: ${checked.error}.` });
};

const byAccessToken = async (
  credential: Credential,
  request: IncomingMessage,
  deps: IdentifyDeps,
): Promise<Result<Caller, PublicError>> => {
  const verified = await deps.accessTokens.verify(credential.token);
  if (!verified.ok) return verified;
  const { grantId, tokenId, jkt, certificateThumbprint } = verified.value;
  if (certificateThumbprint !== null && deps.certificateOf(request)?.thumbprint !== certificateThumbprint)
    return fail(OTHER_CERTIFICATE);
  const proven = await provenKey(credential, jkt, request, deps);
  if (!proven.ok) return proven;
  const live = await deps.grants.live(grantId);
  if (!live) return fail(UNKNOWN);
  const keyThumbprint = proven.value;
  const device = deviceOf(live, keyThumbprint);
  return succeed({ live, tokenKind: 'access', tokenId, keyThumbprint, device, keyTokenHash: null });
};

const byKeyToken = async (
  credential: Credential,
  request: IncomingMessage,
  deps: IdentifyDeps,
): Promise<Result<Caller, PublicError>> => {
  const live = await deps.grants.liveByKeyToken(credential.token);
  if (!live) return fail(UNKNOWN);
  const proven = await provenKey(credential, live.keyTokenThumbprint, request, deps);
  if (!proven.ok) return proven;
  const keyThumbprint = proven.value;
  return succeed({
    live,
    tokenKind: 'key',
    tokenId: null,
    keyThumbprint,
    device: deviceOf(live, keyThumbprint),
    keyTokenHash: live.keyTokenHash,
  });
};

/** Whether token and grant were live when the grant was read. */
const checkLive = (caller: Caller, nowMs: number): Result<Caller, PublicError> => {
  const { grant, keyTokenHash, revokedTokenIds } = caller.live;
  if (caller.keyTokenHash !== null && caller.keyTokenHash !== keyTokenHash) return fail(UNKNOWN);
  if (caller.tokenId !== null && revokedTokenIds.has(caller.tokenId)) return fail(notLiveError('revoked'));
  if (grant.status === 'revoked' || grant.status === 'denied') return fail(notLiveError('revoked'));
  const isExpired = grant.expiresAtMs !== null && grant.expiresAtMs <= nowMs;
  if (isExpired || grant.status === 'expired') return fail(notLiveError('expired'));
  return grant.status === 'suspended' ? fail(notLiveError('suspended')) : succeed(caller);
};

/** The caller behind a request's one credential, whose grant was live when it was read. */
export const identify = async (
  request: IncomingMessage,
  deps: IdentifyDeps,
): Promise<Result<Caller, PublicError>> => {
  const credential = readCredential(request);
  if (!credential.ok) return credential;
  const caller = looksLikeKeyToken(credential.value.token)
    ? await byKeyToken(credential.value, request, deps)
    : await byAccessToken(credential.value, request, deps);
  return caller.ok ? checkLive(caller.value, deps.now()) : caller;
};

/** The same caller with its grant read anew, after the admission found the reading stale. */
export const identifyAgain = async (
  caller: Caller,
  deps: IdentifyDeps,
): Promise<Result<Caller, PublicError>> => {
  const live = await deps.grants.reread(caller.live.grant.id);
  if (!live) return fail(UNKNOWN);
  return checkLive({ ...caller, live, device: deviceOf(live, caller.keyThumbprint) }, deps.now());
};

/** Why the call may not come from the device that it comes from, or from none; null if it may. Asked of every reading of the grant. */
export const checkCallerDevice = ({ live, keyThumbprint }: Caller): PublicError | null => {
  const checked = checkDevice(live, keyThumbprint);
  return checked.ok ? null : { code: 'device_not_permitted', message: checked.error };
};
