// Proofs that the sender of a token holds the key it is bound to (DPoP, RFC 9449). Each proof is for one request and works once.

import { type SigningKey, sha256, signJws } from './jws.ts';

/**
 * A broker takes proofs that are minutes old and refuses those from the future (section 11.1): clocks of people's machines that run fast
 * would otherwise keep them out.
 */
const BACKDATED_SECONDS = 60;

/** The headers that carry a token; with a key, its proof for this method and address. */
export async function authorize(
  token: string,
  key: SigningKey | null,
  method: string,
  url: string,
): Promise<Record<string, string>> {
  if (key === null) return { authorization: `Bearer ${token}` };
  return { authorization: `DPoP ${token}`, dpop: await proveKeyWith(token, key, method, url) };
}

/** A proof for one request that carries this token. */
export const proveKeyWith = async (
  token: string,
  key: SigningKey,
  method: string,
  url: string,
): Promise<string> => proveKey(key, method, url, { ath: await sha256(token) });

/** A proof for one request; `claims` hold `ath` where a token is sent along. Section 4.2: `htu` is without query and fragment. */
export function proveKey(key: SigningKey, method: string, url: string, claims: object = {}): Promise<string> {
  const { origin, pathname } = new URL(url);
  const payload = {
    ...claims,
    htm: method,
    htu: `${origin}${pathname}`,
    iat: Math.floor(Date.now() / 1000) - BACKDATED_SECONDS,
    jti: crypto.randomUUID(),
  };
  return signJws({ typ: 'dpop+jwt', jwk: key.publicJwk }, payload, key);
}
