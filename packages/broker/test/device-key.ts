// A device's key in tests, the proofs that it makes (RFC 9449), and how it is enrolled.

import { createHash, randomUUID } from 'node:crypto';
import {
  calculateJwkThumbprint,
  exportJWK,
  type GenerateKeyPairResult,
  generateKeyPair,
  SignJWT,
} from 'jose';

type KeyPair = Pick<GenerateKeyPairResult, 'publicKey' | 'privateKey'>;

/** A key that makes proofs. */
export interface DeviceKey {
  readonly thumbprint: string;
  /** A proof for one request; `token` is the token that goes with it. */
  prove(method: string, url: string, token: string | null, claims?: object): Promise<string>;
}

/** A new key, or the one of `pair`. */
export const createDeviceKey = async (now: () => number = Date.now, pair?: KeyPair): Promise<DeviceKey> => {
  const { publicKey, privateKey } = pair ?? (await generateKeyPair('ES256'));
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

/** Enrols the key over HTTP, at `url` of the broker that is known as `issuer`; `proof` in place of one that is right. */
export const enrolDevice = async (
  {
    url,
    issuer = url,
    session,
  }: { readonly url: string; readonly issuer?: string; readonly session: string },
  name: string,
  key: DeviceKey,
  proof?: string,
) => {
  const response = await fetch(`${url}/api/v1/devices`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${session}`,
      'content-type': 'application/json',
      dpop: proof ?? (await key.prove('POST', `${issuer}/api/v1/devices`, session)),
    },
    body: JSON.stringify({ name }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: tests read JSON of many shapes
  return { status: response.status, body: (await response.json()) as any };
};
