// DPoP proofs (RFC 9449 section 4.2) for as many requests as a load will send, signed before it starts: a caller that signs while it
// measures would take the core from the provider.

import { createHash, KeyObject, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';

/** What proofs are for. */
export interface Proven {
  readonly keys: { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey };
  readonly url: string;
  readonly accessToken: string;
}

let made = 0;
const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Writes `count` proofs, a line each, all of the same length and good for the next five minutes. */
export const writeProofs = (file: string, count: number, { keys, url, accessToken }: Proven): void => {
  const { kty, crv, x, y } = KeyObject.from(keys.publicKey).export({ format: 'jwk' });
  const head = base64url({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } });
  const key = KeyObject.from(keys.privateKey);
  const ath = createHash('sha256').update(accessToken).digest('base64url');
  const iat = Math.floor(Date.now() / 1000);
  const lines = Array.from({ length: count }, () => {
    const jti = `bench-${String(++made).padStart(10, '0')}`;
    const signed = `${head}.${base64url({ jti, htm: 'POST', htu: url, iat, ath })}`;
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}\n`;
  });
  writeFileSync(file, lines.join(''));
};
