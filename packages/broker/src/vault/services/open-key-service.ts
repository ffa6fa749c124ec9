// Master keys that stay in a key service: which service an address names.

import { fail, type Result, succeed } from '@valetkey/core';
import type { Ambient } from '../../clock.ts';
import type { KeyWrapper } from '../key-wrapper.ts';
import { openAwsKms } from './aws-kms.ts';
import { openGcpKms } from './gcp-kms.ts';
import { openVaultTransit } from './vault-transit.ts';

const SERVICES = { 'aws-kms': openAwsKms, 'gcp-kms': openGcpKms, 'vault-transit': openVaultTransit };

const EXAMPLES =
  'aws-kms:arn:aws:kms:REGION:ACCOUNT:key/ID, gcp-kms:projects/P/locations/L/keyRings/R/cryptoKeys/K or vault-transit:https://HOST/MOUNT/KEY';

/** Whether a master key is set as an address: base64 has no colon. */
export const isServiceAddress = (text: string): boolean => text.includes(':');

/** The wrapper of the key at `address`; or what is wrong with that, in a sentence. Nothing is asked yet. */
export const openKeyService = (
  address: string,
  env: Readonly<Record<string, string | undefined>>,
  ambient: Ambient,
): Result<KeyWrapper, string> => {
  const [, service = '', name = ''] = /^([a-z-]+):(.*)$/.exec(address.trim()) ?? [];
  const open = Object.hasOwn(SERVICES, service) ? SERVICES[service as keyof typeof SERVICES] : null;
  const wrapper = open?.(name, env, ambient);
  return wrapper ? succeed(wrapper) : fail(`A master key in a key service is named as ${EXAMPLES}.`);
};
