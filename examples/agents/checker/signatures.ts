// Compact JWS, ES256 (RFC 7515), with Node's own crypto. Algorithm and type are decided here, never by what is verified.

import { createPublicKey, verify } from 'node:crypto';
import { Fault, must } from './fault.ts';

/** The public keys of a JWK set (RFC 7517). */
export interface KeySet {
  readonly keys: readonly { readonly kid: string; readonly kty: string }[];
}

/** What was signed with one of `keys` under this `typ`. */
export function verified<Payload>(jws: string, { keys }: KeySet, typ: string): Payload {
  const [header = '', payload = '', signature = '', ...more] = jws.split('.');
  const { alg, kid, typ: given } = decoded<{ alg?: string; kid?: string; typ?: string }>(header);
  must(alg === 'ES256' && given === typ && more.length === 0, `a signature is no ${typ} with ES256`);
  const jwk = keys.find((key) => key.kid === kid);
  must(jwk !== undefined, `a ${typ} is signed with the key ${kid}, which is not published`);
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const;
  const isGenuine = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    key,
    Buffer.from(signature, 'base64url'),
  );
  must(isGenuine, `the signature of a ${typ} is wrong`);
  return decoded(payload);
}

function decoded<Value>(part: string): Value {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    throw new Fault('a signature is not made of JSON');
  }
}
