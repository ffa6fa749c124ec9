// Verifies the access tokens that this server signs (RFC 9068). A token points at a grant and carries no rights of its own, so a valid
// one says only which grant to ask. MUST take the algorithm and the key from our own set, never from the token.

import { fail, type Result, succeed } from '@valetkey/core';
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';

/** What a valid access token says. */
export interface AccessTokenClaims {
  readonly grantId: string;
  readonly clientId: string;
  /** `jti`: one token can be revoked by it. */
  readonly tokenId: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** Thumbprint of the DPoP key it is bound to (RFC 9449); null for a bearer token. The proof is the caller's to check. */
  readonly jkt: string | null;
  /** SHA-256 of the certificate it is bound to (RFC 8705); null for none. That the caller has it is the caller's to check. */
  readonly certificateThumbprint: string | null;
}

/** Why a token is no valid access token of ours. */
export type AccessTokenRefusal = 'invalid_token' | 'token_expired';

/** Checks a token's form, signature, issuer, audience and time; whether its grant lives is asked of the grants. */
export type VerifyAccessToken = (token: string) => Promise<Result<AccessTokenClaims, AccessTokenRefusal>>;

/** What `createAccessTokenVerifier` needs. `jwks` are the public keys; `now` is epoch milliseconds. */
export interface VerifierOptions {
  readonly issuer: string;
  readonly jwks: JSONWebKeySet;
  readonly now: () => number;
}

/** Longer tokens are refused unread; ours have about 700 characters. */
const MAX_TOKEN_LENGTH = 4096;

/** A verifier for the tokens of `issuer`; `sub` equals the grant id by construction and is checked to. */
export const createAccessTokenVerifier = ({ issuer, jwks, now }: VerifierOptions): VerifyAccessToken => {
  const keys = createLocalJWKSet(jwks);
  return async (token) => {
    if (token.length > MAX_TOKEN_LENGTH) return fail('invalid_token');
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['ES256'],
        typ: 'at+jwt',
        issuer,
        audience: issuer,
        requiredClaims: ['iat', 'exp', 'jti', 'sub', 'client_id', 'grant_id'],
        currentDate: new Date(now()),
      });
      const { client_id: clientId, grant_id: grantId, jti, cnf } = payload;
      if (typeof clientId !== 'string' || typeof grantId !== 'string' || payload.sub !== grantId) {
        return fail('invalid_token');
      }
      return succeed({
        grantId,
        clientId,
        tokenId: jti!,
        issuedAtMs: payload.iat! * 1000,
        expiresAtMs: payload.exp! * 1000,
        ...readBinding(cnf),
      });
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) return fail('token_expired');
      if (cause instanceof errors.JOSEError || cause instanceof TypeError) return fail('invalid_token');
      throw cause;
    }
  };
};

type Binding = Pick<AccessTokenClaims, 'jkt' | 'certificateThumbprint'>;

function readBinding(cnf: unknown): Binding {
  if (cnf === undefined) return { jkt: null, certificateThumbprint: null };
  const { jkt, 'x5t#S256': certificate, ...others } = (cnf ?? {}) as Readonly<Record<string, unknown>>;
  const isUnknown = Object.keys(others).length > 0;
  if (!isUnknown && typeof jkt === 'string' && certificate === undefined)
    return { jkt, certificateThumbprint: null };
  if (!isUnknown && typeof certificate === 'string' && jkt === undefined)
    return { jkt: null, certificateThumbprint: certificate };
  // An unknown way of binding MUST NOT be read as no binding.
  throw new errors.JWTInvalid('unknown confirmation');
}
