// A master key in the Transit engine of HashiCorp Vault or OpenBao. Source: their HTTP API, /transit/encrypt and /transit/decrypt, with
// `associated_data` (Vault 1.13, any OpenBao).

import { readFileSync } from 'node:fs';
import type { KeyWrapper } from '../key-wrapper.ts';
import { askService, LOOPBACK, refusal, textOf } from './service-fetch.ts';

const SERVICE = 'Vault';
const PREFIX = 'vault-transit:';

const readToken = (env: Readonly<Record<string, string | undefined>>): string => {
  const file = env.VAULT_TOKEN_FILE ?? env.BAO_TOKEN_FILE;
  // Read at each use: an agent beside the broker renews it.
  const token = file ? readFileSync(file, 'utf8').trim() : (env.VAULT_TOKEN ?? env.BAO_TOKEN);
  if (!token) throw new Error('set VAULT_TOKEN_FILE or VAULT_TOKEN to a token that may use the key in Vault');
  return token;
};

/** The engine and the key that an address such as `https://host:8200/transit/valetkey` names; null if it names none. */
const readAddress = (address: string) => {
  const url = URL.canParse(address) ? new URL(address) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  const [, mount, key] = /^\/([\w./-]+)\/([\w.-]+)$/.exec(url?.pathname ?? '') ?? [];
  if (!url || !isSafe || url.username || url.search || url.hash || !mount || !key) return null;
  return { urlOf: (action: string) => `${url.origin}/v1/${mount}/${action}/${key}` };
};

/** The wrapper for the key at this address; null if it is none. */
export const openVaultTransit = (
  address: string,
  env: Readonly<Record<string, string | undefined>>,
): KeyWrapper | null => {
  const place = readAddress(address);
  if (!place) return null;
  const namespace = env.VAULT_NAMESPACE ?? env.BAO_NAMESPACE;
  const call = (action: 'encrypt' | 'decrypt', fields: object, installation: string) =>
    askService(SERVICE, {
      url: place.urlOf(action),
      headers: {
        'x-vault-token': readToken(env),
        'x-vault-request': 'true',
        'content-type': 'application/json',
        ...(namespace && { 'x-vault-namespace': namespace }),
      },
      body: JSON.stringify({ ...fields, associated_data: Buffer.from(installation).toString('base64') }),
    });
  const dataOf = ({ data }: Readonly<Record<string, unknown>>) => data as Record<string, unknown> | undefined;
  return {
    name: `${PREFIX}${address}`,
    hasVersions: true,
    async wrap(dataKey, installation) {
      const plaintext = Buffer.from(dataKey).toString('base64');
      const { status, body } = await call('encrypt', { plaintext }, installation);
      if (status !== 200) throw refusal(SERVICE, status, String(body.errors));
      return PREFIX + textOf(SERVICE, dataOf(body)?.ciphertext);
    },
    async unwrap(wrapped, installation) {
      if (!wrapped.startsWith(PREFIX)) return null;
      const { status, body } = await call(
        'decrypt',
        { ciphertext: wrapped.slice(PREFIX.length) },
        installation,
      );
      // It was not wrapped by this key, or for another installation, or by a version that is not to open anything any more.
      if (status === 400) return null;
      if (status !== 200) throw refusal(SERVICE, status, String(body.errors));
      return Buffer.from(textOf(SERVICE, dataOf(body)?.plaintext), 'base64');
    },
  };
};
