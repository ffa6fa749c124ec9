// Google Cloud KMS as far as encrypt and decrypt go, with the two ways to a token: a service account's assertion, whose signature is verified
// here, and the machine's metadata.

import { generateKeyPairSync, verify } from 'node:crypto';
import type { ServiceAnswer, ServiceRequest } from './start.ts';
import type { WrappingKey } from './wrapping-key.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** What callers must present. */
export const GCP = {
  key: 'projects/acme/locations/europe-west3/keyRings/valetkey/cryptoKeys/master',
  email: 'valetkey@acme.iam.gserviceaccount.com',
  privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  accessToken: 'ya29.token-of-the-account',
} as const;

const refuse = (status: number, word: string): ServiceAnswer => ({
  status,
  body: { error: { code: status, status: word, message: 'refused' } },
});

const read = (part = ''): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString());

/** Whether the assertion is the account's own, for this endpoint, now (RFC 7523, section 3). */
const isAssertion = (jwt: string, origin: string): boolean => {
  const [head, claims, signature = ''] = jwt.split('.');
  const { iss, aud, iat, exp, scope } = read(claims);
  const isRight =
    read(head).alg === 'RS256' &&
    iss === GCP.email &&
    aud === `${origin}/token` &&
    /cloudkms/.test(String(scope));
  const seconds = Date.now() / 1000;
  const isNow =
    Math.abs(seconds - Number(iat)) < 300 && Number(exp) > seconds && Number(exp) - Number(iat) <= 3600;
  const signed = Buffer.from(`${head}.${claims}`);
  return (
    isRight && isNow && verify('RSA-SHA256', signed, pair.publicKey, Buffer.from(signature, 'base64url'))
  );
};

/** Answers as Google does; null for what is none of its paths. */
export const answerGcp = (
  { method, path, headers, body }: ServiceRequest,
  key: WrappingKey,
  origin: string,
): ServiceAnswer | null => {
  const token = {
    status: 200,
    body: { access_token: GCP.accessToken, token_type: 'Bearer', expires_in: 3599 },
  };
  if (path === '/token') {
    const form = new URLSearchParams(body);
    const isRight =
      form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer' &&
      isAssertion(form.get('assertion') ?? '', origin);
    return isRight ? token : { status: 400, body: { error: 'invalid_grant' } };
  }
  if (path === '/computeMetadata/v1/instance/service-accounts/default/token')
    return headers['metadata-flavor'] === 'Google' ? token : { status: 403, body: {} };
  const [, name, action] = /^\/v1\/(projects\/.+):(encrypt|decrypt)$/.exec(path) ?? [];
  if (!action || method !== 'POST') return null;
  if (headers.authorization !== `Bearer ${GCP.accessToken}`) return refuse(401, 'UNAUTHENTICATED');
  if (name !== GCP.key) return refuse(404, 'NOT_FOUND');
  const { plaintext, ciphertext, additionalAuthenticatedData: context } = JSON.parse(body);
  if (action === 'encrypt') {
    const wrapped = key.encrypt(Buffer.from(plaintext, 'base64'), context).toString('base64');
    return { status: 200, body: { name: `${name}/cryptoKeyVersions/${key.version}`, ciphertext: wrapped } };
  }
  const opened = key.decrypt(Buffer.from(ciphertext, 'base64'), context);
  return opened
    ? { status: 200, body: { plaintext: opened.toString('base64') } }
    : refuse(400, 'INVALID_ARGUMENT');
};
