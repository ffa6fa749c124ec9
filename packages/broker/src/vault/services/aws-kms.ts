// A master key in AWS KMS. Source: the API reference of AWS Key Management Service, Encrypt and Decrypt (JSON 1.1, Signature Version 4).

import { AwsV4Signer } from 'aws4fetch';
import type { KeyWrapper } from '../key-wrapper.ts';
import { findAwsCredentials } from './aws-credentials.ts';
import { askService, endpointOf, refusal, textOf } from './service-fetch.ts';

const SERVICE = 'AWS KMS';
const PREFIX = 'aws-kms:';

/** Partition, region and the rest of the name of a key or an alias. */
const ARN = /^arn:(aws|aws-cn|aws-us-gov):kms:([a-z0-9-]+):\d{12}:(?:key|alias)\/[\w/-]+$/;

/** It was not wrapped by this key, or for another installation. */
const NOT_OURS = /InvalidCiphertextException|IncorrectKeyException/;

/** The wrapper for the key with this ARN; null if it is none. */
export const openAwsKms = (
  arn: string,
  env: Readonly<Record<string, string | undefined>>,
): KeyWrapper | null => {
  const [, partition, region = ''] = ARN.exec(arn) ?? [];
  if (partition === undefined) return null;
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const call = async (action: 'Encrypt' | 'Decrypt', fields: object, installation: string) => {
    const url = endpointOf(
      'AWS_ENDPOINT_URL_KMS',
      env.AWS_ENDPOINT_URL_KMS,
      `https://kms.${region}.${domain}`,
    );
    const body = JSON.stringify({
      KeyId: arn,
      EncryptionContext: { 'valetkey:installation': installation },
      ...fields,
    });
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `TrentService.${action}`,
    };
    const credentials = await findAwsCredentials(env);
    const signer = new AwsV4Signer({
      ...credentials,
      method: 'POST',
      url,
      headers,
      body,
      region,
      service: 'kms',
    });
    const signed = await signer.sign();
    return askService(SERVICE, { url: signed.url, headers: Object.fromEntries(signed.headers), body });
  };
  return {
    name: `${PREFIX}${arn}`,
    hasVersions: true,
    async wrap(dataKey, installation) {
      const Plaintext = Buffer.from(dataKey).toString('base64');
      const { status, body } = await call('Encrypt', { Plaintext }, installation);
      if (status !== 200) throw refusal(SERVICE, status, body.__type);
      return PREFIX + textOf(SERVICE, body.CiphertextBlob);
    },
    async unwrap(wrapped, installation) {
      if (!wrapped.startsWith(PREFIX)) return null;
      const CiphertextBlob = wrapped.slice(PREFIX.length);
      const { status, body } = await call('Decrypt', { CiphertextBlob }, installation);
      if (status === 400 && NOT_OURS.test(String(body.__type))) return null;
      if (status !== 200) throw refusal(SERVICE, status, body.__type);
      return Buffer.from(textOf(SERVICE, body.Plaintext), 'base64');
    },
  };
};
