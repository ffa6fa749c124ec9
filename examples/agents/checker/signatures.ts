// Compact JWS, ES256 (RFC 7515), with Node's own crypto. Algorithm and type are decided here, never by what is verified.

import { createPublicKey, verify } from 'node:crypto';
import { jsonOf, must } from './fault.ts';

/** The public keys of a JWK set (RFC 7517). */
export interface KeySet {
  readonly keys: readonly { readonly kid: string; readonly kty: string }[];
}

/** What was signed with one of `keys` under this `typ`. */
export function verified<Payload>(jws: string, { keys }: KeySet, typ: string): Payload {
  const [header = '', payload = '', signature = '', ...more] = jws.split('.');
  const { alg, kid, typ: given, crit } = decoded<Header>(header, typ);
  const isFit = alg === 'ES256' && given === typ && crit === undefined && more.length === 0;
  must(isFit, `a signature is no ${typ} with ES256`);
  const jwk = keys.find((key) => key.kid === kid);
  must(jwk !== undefined, `a ${typ} is signed with the key ${kid}, which is not published`);
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const;
  const isGenuine = verify('sha256', Buffer.from(`${header}.${payload}`), key, bytesOf(signature, typ));
  must(isGenuine, `the signature of a ${typ} is wrong`);
  return decoded(payload, typ);
}

interface Header {
  readonly alg?: string;
  readonly kid?: string;
  readonly typ?: string;
  readonly crit?: unknown;
}

/** The bytes of base64url. There is one text for them: bits to spare that are set would make another. */
function bytesOf(part: string, typ: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  must(bytes.toString('base64url') === part, `a part of a ${typ} is not as it is spelled`);
  return bytes;
}

const decoded = <Value>(part: string, typ: string): Value =>
  jsonOf(bytesOf(part, typ).toString('utf8'), `a part of a ${typ}`);
