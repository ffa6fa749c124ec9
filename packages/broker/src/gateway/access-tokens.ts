// Verifies access tokens (RFC 9068 JWTs): one signature check for each token, then a look-up by its hash until it expires. What comes
// out only points at a grant; whether the grant still allows anything is decided by the admission.

import { hash } from 'node:crypto';
import { fail, type PublicError, type Result, succeed } from '@valetkey/core';
import { type CryptoKey, decodeProtectedHeader, errors, jwtVerify } from 'jose';

/** What a verified access token says. */
export interface AccessToken {
  readonly grantId: string;
  readonly tokenId: string;
  readonly clientId: string;
  readonly expiresAtMs: number;
  /** SHA-256 thumbprint of the key it is bound to (RFC 9449 `cnf.jkt`); null for a bearer token. */
  readonly keyThumbprint: string | null;
}

/** What verification needs. `publicKey` finds a key of our own set by its id; MUST NOT look anywhere else. */
export interface AccessTokenDeps {
  readonly issuer: string;
  readonly now: () => number;
  readonly publicKey: (keyId: string) => Promise<CryptoKey | null>;
}

const MOST_KEPT = 10_000;
const INVALID: PublicError = { code: 'invalid_token', message: 'The token is not valid here.' };
const EXPIRED: PublicError = {
  code: 'token_expired',
  message: 'The access token has expired. Use the refresh token to get another.',
};

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value.length > 0 ? value : null;

/** Verifies access tokens of one issuer. */
export class AccessTokens {
  readonly #deps: AccessTokenDeps;
  readonly #known = new Map<string, AccessToken>();

  constructor(deps: AccessTokenDeps) {
    this.#deps = deps;
  }

  async verify(token: string): Promise<Result<AccessToken, PublicError>> {
    const key = hash('sha256', token, 'base64url');
    const known = this.#known.get(key);
    const verified = known ? succeed(known) : await this.#verifyOnce(token);
    if (!verified.ok) return verified;
    if (verified.value.expiresAtMs <= this.#deps.now()) {
      this.#known.delete(key);
      return fail(EXPIRED);
    }
    if (!known) this.#keep(key, verified.value);
    return verified;
  }

  #keep(key: string, token: AccessToken): void {
    if (this.#known.size >= MOST_KEPT) this.#known.delete(this.#known.keys().next().value ?? '');
    this.#known.set(key, token);
  }

  /** MUST fix algorithm, type, issuer and audience, and take the key from our own set only (RFC 8725, RFC 9068 section 4). */
  async #verifyOnce(token: string): Promise<Result<AccessToken, PublicError>> {
    try {
      const { kid } = decodeProtectedHeader(token);
      const publicKey = kid === undefined ? null : await this.#deps.publicKey(kid);
      if (!publicKey) return fail(INVALID);
      const { payload } = await jwtVerify(token, publicKey, {
        algorithms: ['ES256'],
        typ: 'at+jwt',
        issuer: this.#deps.issuer,
        audience: this.#deps.issuer,
        requiredClaims: ['exp', 'iat', 'jti', 'sub', 'client_id', 'grant_id'],
        currentDate: new Date(this.#deps.now()),
      });
      const grantId = textOf(payload.grant_id);
      const tokenId = textOf(payload.jti);
      const clientId = textOf(payload.client_id);
      if (!grantId || !tokenId || !clientId) return fail(INVALID);
      const keyThumbprint = (payload.cnf as { jkt?: unknown } | undefined)?.jkt;
      if (payload.cnf !== undefined && typeof keyThumbprint !== 'string') return fail(INVALID);
      return succeed({
        grantId,
        tokenId,
        clientId,
        expiresAtMs: (payload.exp ?? 0) * 1000,
        keyThumbprint: textOf(keyThumbprint),
      });
    } catch (error) {
      return fail(error instanceof errors.JWTExpired ? EXPIRED : INVALID);
    }
  }
}
