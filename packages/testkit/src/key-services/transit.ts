// The Transit engine of HashiCorp Vault and OpenBao as far as encrypt and decrypt go.

import type { ServiceAnswer, ServiceRequest } from './start.ts';
import type { WrappingKey } from './wrapping-key.ts';

/** What callers must present. */
export const TRANSIT = {
  token: 'hvs.token-of-the-broker',
  namespace: 'team-a/',
  mount: 'transit',
  key: 'valetkey',
} as const;

const refuse = (status: number, error: string): ServiceAnswer => ({ status, body: { errors: [error] } });

/** Answers as Vault does; null for what is none of its paths. */
export const answerTransit = (
  { method, path, headers, body }: ServiceRequest,
  key: WrappingKey,
): ServiceAnswer | null => {
  const [, action, name] = new RegExp(`^/v1/${TRANSIT.mount}/(encrypt|decrypt)/(.+)$`).exec(path) ?? [];
  if (!action) return null;
  const isAllowed =
    headers['x-vault-token'] === TRANSIT.token && headers['x-vault-namespace'] === TRANSIT.namespace;
  if (!isAllowed || method !== 'POST') return refuse(403, 'permission denied');
  if (name !== TRANSIT.key) return refuse(400, 'encryption key not found');
  const { plaintext, ciphertext, associated_data: context } = JSON.parse(body);
  if (action === 'encrypt') {
    const wrapped = key.encrypt(Buffer.from(plaintext, 'base64'), context).toString('base64');
    return {
      status: 200,
      body: { data: { ciphertext: `vault:v${key.version}:${wrapped}`, key_version: key.version } },
    };
  }
  const opened = key.decrypt(Buffer.from(ciphertext.replace(/^vault:v\d+:/, ''), 'base64'), context);
  return opened
    ? { status: 200, body: { data: { plaintext: opened.toString('base64') } } }
    : refuse(400, 'cipher: message authentication failed');
};
