// Checks that the caller holds the key a token is bound to (RFC 9449 section 4.3), and that each proof is used once.

import { hash } from 'node:crypto';
import { fail, type PublicError, type Result, succeed } from '@valetkey/core';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';

/** What a proof must be for. */
export interface ProofTarget {
  readonly method: string;
  /** The address without query and fragment, as the client sees it. */
  readonly url: string;
  readonly token: string;
  readonly keyThumbprint: string;
}

/** Remembers proofs until they would be refused for their age. */
export interface ReplayGuard {
  /** True exactly once for an id, whatever runs at the same time. */
  claim(id: string, expiresAtMs: number): Promise<boolean>;
}

const OLDEST_SECONDS = 60;
const FUTURE_SECONDS = 5;

const refuse = (why: string) =>
  fail<PublicError>({ code: 'invalid_dpop_proof', message: `The DPoP proof was refused: ${why}.` });

const withoutQuery = (url: unknown): string | null => {
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  const { origin, pathname } = new URL(url);
  return origin + pathname;
};

/** Succeeds when `proof` was made for this request, with this token, by the bound key, just now and never before. */
export const checkProof = async (
  proof: string | undefined,
  target: ProofTarget,
  guard: ReplayGuard,
  nowMs: number,
): Promise<Result<void, PublicError>> => {
  if (proof === undefined) return refuse('this token is bound to a key, and no DPoP header came with it');
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      algorithms: ['ES256', 'EdDSA', 'Ed25519'],
      typ: 'dpop+jwt',
      currentDate: new Date(nowMs),
    });
    const age = Math.floor(nowMs / 1000) - (payload.iat ?? 0);
    if (typeof payload.jti !== 'string' || payload.jti.length > 256) return refuse('it has no usable jti');
    if (payload.iat === undefined || age > OLDEST_SECONDS || age < -FUTURE_SECONDS)
      return refuse('its iat is not now');
    if (payload.htm !== target.method) return refuse('htm is another method');
    if (withoutQuery(payload.htu) !== target.url) return refuse('htu is another address');
    if (payload.ath !== hash('sha256', target.token, 'base64url')) return refuse('ath is of another token');
    const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk ?? {});
    if (thumbprint !== target.keyThumbprint) return refuse('it was made with another key');
    const expiresAtMs = (payload.iat + OLDEST_SECONDS + FUTURE_SECONDS) * 1000;
    return (await guard.claim(`${thumbprint} ${payload.jti}`, expiresAtMs))
      ? succeed(undefined)
      : refuse('it was used before');
  } catch {
    return refuse('it is malformed or its signature is wrong');
  }
};

/** A guard for one process. It claims nothing for proofs from before it started: an earlier process may have seen them. */
export const memoryReplayGuard = (now: () => number): ReplayGuard => {
  const startedAtMs = now();
  const expiries = new Map<string, number>();
  return {
    claim(id, expiresAtMs) {
      const nowMs = now();
      for (const [known, expiry] of expiries) {
        if (expiry > nowMs) break;
        expiries.delete(known);
      }
      const provedAtMs = expiresAtMs - (OLDEST_SECONDS + FUTURE_SECONDS) * 1000;
      if (expiries.has(id) || provedAtMs + 1000 <= startedAtMs) return Promise.resolve(false);
      expiries.set(id, expiresAtMs);
      return Promise.resolve(true);
    },
  };
};
