// Remembers verified access tokens: one signature check for each token, then a look-up by its hash until it expires. A token only points
// at a grant; whether the grant still allows anything is decided by the admission.

import { hash } from 'node:crypto';
import { fail, type PublicError, type Result, succeed } from '@valetkey/core';
import { BoundedMap } from '../bounded-map.ts';
import type { AccessTokenClaims, VerifyAccessToken } from '../tokens/access-token.ts';

const MOST_KEPT = 10_000;
const REFUSALS = {
  invalid_token: { code: 'invalid_token', message: 'The token is not valid here.' },
  token_expired: {
    code: 'token_expired',
    message: 'The access token has expired. Use the refresh token to get another.',
  },
} as const satisfies Record<string, PublicError>;

/** Verifies access tokens of one issuer. */
export class AccessTokens {
  readonly #verify: VerifyAccessToken;
  readonly #now: () => number;
  readonly #known = new BoundedMap<AccessTokenClaims>(MOST_KEPT);

  constructor(verify: VerifyAccessToken, now: () => number) {
    this.#verify = verify;
    this.#now = now;
  }

  async verify(token: string): Promise<Result<AccessTokenClaims, PublicError>> {
    const key = hash('sha256', token, 'base64url');
    const known = this.#known.get(key);
    if (known && known.expiresAtMs > this.#now()) return succeed(known);
    this.#known.delete(key);
    const verified = await this.#verify(token);
    if (!verified.ok) return fail(REFUSALS[verified.error]);
    this.#known.set(key, verified.value);
    return verified;
  }
}
