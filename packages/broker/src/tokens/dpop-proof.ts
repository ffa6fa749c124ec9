// Checks a DPoP proof (RFC 9449 section 4.3) that comes with a bound access token. Each proof works once.

import { fail, type Result, succeed } from '@valetkey/core';
import { calculateJwkThumbprint, EmbeddedJWK, type JWTPayload, jwtVerify } from 'jose';
import { sha256 } from '../digest.ts';

/** The SHA-256 thumbprint of a key (RFC 7638) as text. */
export const THUMBPRINT = {
  pattern: /^[A-Za-z0-9_-]{43}$/,
  says: 'the SHA-256 thumbprint of a key, base64url',
};

/** A request with a proof: its method, its address without query, and what the proof must fit besides. */
export interface ProvenRequest {
  readonly proof: string;
  readonly method: string;
  readonly url: string;
  /** The token that comes with it; null for a request without one. */
  readonly accessToken: string | null;
  /** Thumbprint of the key that the token is bound to; null: any key will do. */
  readonly jkt: string | null;
}

/** What a check needs. `claim` is true for the first caller with an id, and MUST be false for others until `expiresAtMs`. */
export interface ProofCheckDeps {
  readonly now: () => number;
  readonly claim: (id: string, expiresAtMs: number) => Promise<boolean>;
}

/** How old a proof may be, in seconds. */
const MAX_AGE_SECONDS = 300;
/** How far ahead it may be dated, for clocks that run fast. */
const MAX_SKEW_SECONDS = 5;

/** As milliseconds. */
export const PROOF_SKEW_MS = MAX_SKEW_SECONDS * 1000;

/** How long after its `iat` a proof has to be remembered, in milliseconds. */
export const PROOF_LIFETIME_MS = (MAX_AGE_SECONDS + 1) * 1000;

/** The thumbprint of the key that the sender holds; the error says why there is none, for the client's developer. */
export async function checkProof(
  request: ProvenRequest,
  deps: ProofCheckDeps,
): Promise<Result<string, string>> {
  const nowSeconds = deps.now() / 1000;
  let payload: JWTPayload;
  let thumbprint: string;
  try {
    const verified = await jwtVerify(request.proof, EmbeddedJWK, {
      algorithms: ['ES256', 'Ed25519', 'EdDSA'],
      typ: 'dpop+jwt',
      currentDate: new Date(deps.now()),
      requiredClaims: ['iat', 'jti', 'htm', 'htu'],
    });
    ({ payload } = verified);
    thumbprint = await calculateJwkThumbprint(verified.protectedHeader.jwk!);
    if (request.jkt !== null && thumbprint !== request.jkt)
      return fail('the proof was made with another key than the token is bound to');
  } catch {
    return fail('the proof is not a valid DPoP proof');
  }
  const { iat = 0, jti = '', htm, htu, ath } = payload;
  if (iat > nowSeconds + MAX_SKEW_SECONDS) return fail('the proof is dated in the future');
  if (iat < nowSeconds - MAX_AGE_SECONDS) return fail('the proof is too old');
  if (htm !== request.method) return fail('the proof is for another method');
  const target = typeof htu === 'string' ? URL.parse(htu) : null;
  if (target === null || `${target.origin}${target.pathname}` !== request.url) {
    return fail('the proof is for another address');
  }
  if (request.accessToken !== null && ath !== sha256(request.accessToken))
    return fail('the proof is for another token');
  const forgetAtMs = iat * 1000 + PROOF_LIFETIME_MS;
  if (!(await deps.claim(`${thumbprint} ${jti}`, forgetAtMs)))
    return fail('the proof was used before, or made before this server started: make a new one');
  return succeed(thumbprint);
}
