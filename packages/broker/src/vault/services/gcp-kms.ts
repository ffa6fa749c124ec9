// A master key in Google Cloud KMS. Source: its REST reference, cryptoKeys.encrypt and cryptoKeys.decrypt.

import type { Ambient } from '../../clock.ts';
import type { KeyWrapper } from '../key-wrapper.ts';
import { findGcpToken } from './gcp-token.ts';
import { askService, endpointOf, refusal, textOf } from './service-fetch.ts';

const SERVICE = 'Google Cloud KMS';
const PREFIX = 'gcp-kms:';
const ORIGIN = 'https://cloudkms.googleapis.com';
/** Where gcloud looks for it, too. */
const OVERRIDE = 'CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS';
const KEY = /^projects\/[\w.:-]+\/locations\/[\w-]+\/keyRings\/[\w-]+\/cryptoKeys\/[\w-]+$/;

/** The wrapper for the key of this resource name; null if it is none. */
export const openGcpKms = (
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  { now }: Pick<Ambient, 'now'>,
): KeyWrapper | null => {
  if (!KEY.test(name)) return null;
  const call = async (action: 'encrypt' | 'decrypt', fields: object, installation: string) => {
    const origin = endpointOf(OVERRIDE, env[OVERRIDE], ORIGIN);
    const token = await findGcpToken(env, now());
    const additionalAuthenticatedData = Buffer.from(installation).toString('base64');
    return askService(SERVICE, {
      url: `${origin}/v1/${name}:${action}`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...fields, additionalAuthenticatedData }),
    });
  };
  const statusOf = (body: Readonly<Record<string, unknown>>) => (body.error as { status?: string })?.status;
  return {
    name: `${PREFIX}${name}`,
    hasVersions: true,
    async wrap(dataKey, installation) {
      const plaintext = Buffer.from(dataKey).toString('base64');
      const { status, body } = await call('encrypt', { plaintext }, installation);
      if (status !== 200) throw refusal(SERVICE, status, statusOf(body));
      return PREFIX + textOf(SERVICE, body.ciphertext);
    },
    async unwrap(wrapped, installation) {
      if (!wrapped.startsWith(PREFIX)) return null;
      const { status, body } = await call(
        'decrypt',
        { ciphertext: wrapped.slice(PREFIX.length) },
        installation,
      );
      // It was not wrapped by this key, or for another installation.
      if (status === 400 && statusOf(body) === 'INVALID_ARGUMENT') return null;
      if (status !== 200) throw refusal(SERVICE, status, statusOf(body));
      return Buffer.from(textOf(SERVICE, body.plaintext), 'base64');
    },
  };
};
