// AWS KMS as far as Encrypt and Decrypt go, with the endpoints that give out credentials. Signatures are verified here by their own
// specification (Signature Version 4), with none of the code that made them.

import { createHash, createHmac } from 'node:crypto';
import type { ServiceAnswer, ServiceRequest } from './start.ts';
import type { WrappingKey } from './wrapping-key.ts';

/** What callers must sign with. */
export const AWS = {
  arn: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'session-token-of-the-role',
  containerToken: 'token-of-the-container',
} as const;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([\w-]+)\/kms\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/;

/** Whether the request is signed with the secret, all of it, now, and with the headers that matter. */
const isSigned = ({ method, path, headers, body }: ServiceRequest): boolean => {
  const [, id, day, region, signedHeaders = '', signature] =
    AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  const date = headers['x-amz-date'] ?? '';
  if (id !== AWS.accessKeyId || !date.startsWith(day ?? '-')) return false;
  const names = signedHeaders.split(';');
  if (!['host', 'x-amz-date', 'x-amz-target'].every((name) => names.includes(name))) return false;
  const sentAtMs = Date.parse(date.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(Date.now() - sentAtMs) < 300_000)) return false;
  const canonical = [
    method,
    path,
    '',
    ...names.map((name) => `${name}:${headers[name]?.trim()}`),
    '',
    signedHeaders,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/kms/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const dated = hmac(`AWS4${AWS.secretAccessKey}`, day ?? '');
  const key = hmac(hmac(hmac(dated, region ?? ''), 'kms'), 'aws4_request');
  return hmac(key, toSign).toString('hex') === signature;
};

const ROLE = {
  AccessKeyId: AWS.accessKeyId,
  SecretAccessKey: AWS.secretAccessKey,
  Token: AWS.sessionToken,
  Expiration: '2099-01-01T00:00:00Z',
};

const fault = (type: string): ServiceAnswer => ({ status: 400, body: { __type: type } });

/** Answers as KMS does; null for what is none of its paths. */
export const answerAws = (request: ServiceRequest, key: WrappingKey): ServiceAnswer | null => {
  const { method, path, headers, body } = request;
  if (path === '/container/credentials')
    return headers.authorization === AWS.containerToken
      ? { status: 200, body: ROLE }
      : { status: 401, body: {} };
  if (path === '/latest/api/token')
    return method === 'PUT' && headers['x-aws-ec2-metadata-token-ttl-seconds']
      ? { status: 200, body: 'session-of-the-machine' }
      : { status: 400, body: {} };
  if (path.startsWith('/latest/meta-data/iam/security-credentials/')) {
    if (headers['x-aws-ec2-metadata-token'] !== 'session-of-the-machine') return { status: 401, body: {} };
    return { status: 200, body: path.endsWith('/') ? 'valetkey-role' : ROLE };
  }
  const [, action] = /^TrentService\.(Encrypt|Decrypt)$/.exec(headers['x-amz-target'] ?? '') ?? [];
  if (path !== '/' || !action) return null;
  if (headers['content-type'] !== 'application/x-amz-json-1.1') return fault('SerializationException');
  const session = headers['x-amz-security-token'] ?? AWS.sessionToken;
  if (session !== AWS.sessionToken || !isSigned(request)) return fault('InvalidSignatureException');
  const { KeyId, EncryptionContext, Plaintext, CiphertextBlob } = JSON.parse(body);
  if (KeyId !== AWS.arn) return fault('NotFoundException');
  const context = JSON.stringify(EncryptionContext);
  if (action === 'Encrypt') {
    const blob = key.encrypt(Buffer.from(Plaintext, 'base64'), context).toString('base64');
    return { status: 200, body: { KeyId, CiphertextBlob: blob, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' } };
  }
  const opened = key.decrypt(Buffer.from(CiphertextBlob, 'base64'), context);
  return opened
    ? { status: 200, body: { KeyId, Plaintext: opened.toString('base64') } }
    : fault('InvalidCiphertextException');
};
