// A device's key in tests, and the proofs that it makes (RFC 9449).

import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';

/** A key that makes proofs. */
export interface DeviceKey {
  readonly thumbprint: string;
  /** A proof for one request; `token` is the token that goes with it. */
  prove(method: string, url: string, token: string | null, claims?: object): Promise<string>;
}

/** A new key. */
export const createDeviceKey = async (now: () => number = Date.now): Promise<DeviceKey> => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  return {
    thumbprint: await calculateJwkThumbprint(jwk),
    prove: (method, url, token, claims = {}) =>
      new SignJWT({
        htm: method,
        htu: url,
        jti: randomUUID(),
        iat: Math.floor(now() / 1000),
        ...(token !== null && { ath: createHash('sha256').update(token).digest('base64url') }),
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
        .sign(privateKey),
  };
};
