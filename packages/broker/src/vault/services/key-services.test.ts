// Master keys in AWS KMS, Google Cloud KMS and Vault Transit, against stand-ins that verify credentials and signatures by themselves.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AWS, GCP, type KeyServices, startKeyServices, TRANSIT } from '@valetkey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemAmbient as ambient } from '../../clock.ts';
import type { KeyWrapper } from '../key-wrapper.ts';
import { openKeyService } from './open-key-service.ts';
import { askService } from './service-fetch.ts';

type Environment = Readonly<Record<string, string>>;

const DATA_KEY = ambient.randomBytes(32);
const SECRETS = [AWS.secretAccessKey, AWS.sessionToken, AWS.containerToken, GCP.accessToken, TRANSIT.token];

let services: KeyServices;
let folder: string;
beforeEach(async () => {
  services = await startKeyServices();
  folder = mkdtempSync(join(tmpdir(), 'valetkey-services-'));
});
afterEach(async () => {
  await services.close();
  rmSync(folder, { recursive: true });
});

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const account = (): string =>
  write(
    'account.json',
    JSON.stringify({
      type: 'service_account',
      client_email: GCP.email,
      private_key: GCP.privateKey,
      private_key_id: 'kid-1',
      token_uri: `${services.origin}/token`,
    }),
  );

const open = (address: string, env: Environment): KeyWrapper => {
  const opened = openKeyService(address, env, ambient);
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
};

const AWS_KEY = { AWS_ACCESS_KEY_ID: AWS.accessKeyId, AWS_SECRET_ACCESS_KEY: AWS.secretAccessKey };
const TRANSIT_ENV = { VAULT_TOKEN: TRANSIT.token, VAULT_NAMESPACE: TRANSIT.namespace };
const aws = (env: Environment = AWS_KEY) =>
  open(`aws-kms:${AWS.arn}`, { AWS_ENDPOINT_URL_KMS: services.origin, ...env });
const gcp = (env: Environment = { GOOGLE_APPLICATION_CREDENTIALS: account() }) =>
  open(`gcp-kms:${GCP.key}`, { CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS: `${services.origin}/`, ...env });
const transit = (env: Environment = TRANSIT_ENV) =>
  open(`vault-transit:${services.origin}/${TRANSIT.mount}/${TRANSIT.key}`, env);

const SERVICES = [
  ['AWS KMS', aws],
  ['Google Cloud KMS', gcp],
  ['Vault Transit', transit],
] as const;

describe.each(SERVICES)('%s', (_name, wrapper) => {
  it('opens what it wrapped, for the same installation and no other', async () => {
    const wrapped = await wrapper().wrap(DATA_KEY, 'in_house');
    expect(wrapped).toMatch(/^[!-~]+$/);
    expect(wrapped).not.toContain(Buffer.from(DATA_KEY).toString('base64'));
    expect(Buffer.from((await wrapper().unwrap(wrapped, 'in_house')) ?? []).equals(DATA_KEY)).toBe(true);
    expect(await wrapper().unwrap(wrapped, 'in_other_house')).toBeNull();
  });

  it('wraps with the newest version of a key, and opens nothing of one that was retired', async () => {
    const before = await wrapper().wrap(DATA_KEY, 'in_house');
    services.key.rotate();
    const after = await wrapper().wrap(DATA_KEY, 'in_house');
    expect(await wrapper().unwrap(before, 'in_house')).not.toBeNull();
    services.key.retireOld();
    expect(await wrapper().unwrap(before, 'in_house')).toBeNull();
    expect(await wrapper().unwrap(after, 'in_house')).not.toBeNull();
  });

  it('is not asked about what another wrapped', async () => {
    for (const foreign of ['v1.AAAA', 'aws-kms:', 'gcp-kms:', 'vault-transit:'].filter(
      (text) => !wrapper().name.startsWith(text),
    ))
      expect(await wrapper().unwrap(foreign, 'in_house')).toBeNull();
    expect(services.requests).toEqual([]);
  });

  it.each([
    [
      'a refusal',
      { status: 403, body: { __type: 'AccessDeniedException', errors: ['no'], error: { status: 'NO' } } },
    ],
    ['a fault', { status: 500, body: 'oops' }],
    ['an answer of something else', { status: 200, body: '<html>' }],
  ])('rejects with words for the operator, and no credential, on %s', async (_fault, fault) => {
    const wrapped = await wrapper().wrap(DATA_KEY, 'in_house');
    services.setFault(fault);
    for (const ask of [
      () => wrapper().wrap(DATA_KEY, 'in_house'),
      () => wrapper().unwrap(wrapped, 'in_house'),
    ]) {
      const error = await ask().then(
        () => new Error('it did not fail'),
        (reason: Error) => reason,
      );
      expect(error.message).toMatch(/refused: \d+|not its own/);
      for (const secret of SECRETS) expect(error.message).not.toContain(secret);
    }
  });

  it('I12 follows no redirect', async () => {
    const elsewhere = await startKeyServices();
    services.setFault({ redirect: `${elsewhere.origin}/` });
    await expect(wrapper().wrap(DATA_KEY, 'in_house')).rejects.toThrow('refused: 307');
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  it('that is not there, is told by name without its address', async () => {
    const gone = wrapper();
    await services.close();
    await expect(gone.wrap(DATA_KEY, 'in_house')).rejects.toThrow(/was not reached \(ECONNREFUSED\)/);
    await expect(gone.wrap(DATA_KEY, 'in_house')).rejects.not.toThrow('127.0.0.1');
  });
});

it('a service that says nothing is given up', async () => {
  services.setFault('silence');
  await expect(askService('AWS KMS', { url: services.origin }, 50)).rejects.toThrow(
    'AWS KMS was not reached (TimeoutError)',
  );
});

describe('credentials for AWS', () => {
  const opens = async (env: Environment) => {
    const wrapped = await aws(env).wrap(DATA_KEY, 'in_house');
    return (await aws(env).unwrap(wrapped, 'in_house')) !== null;
  };

  it('come from the environment, with and without a session', async () => {
    expect(await opens(AWS_KEY)).toBe(true);
    expect(await opens({ ...AWS_KEY, AWS_SESSION_TOKEN: AWS.sessionToken })).toBe(true);
  });

  it('come from the container’s endpoint, with its token from a file or the environment', async () => {
    const uri = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${services.origin}/container/credentials` };
    const file = write('token', `${AWS.containerToken}\n`);
    expect(await opens({ ...uri, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file })).toBe(true);
    expect(await opens({ ...uri, AWS_CONTAINER_AUTHORIZATION_TOKEN: AWS.containerToken })).toBe(true);
    await expect(opens(uri)).rejects.toThrow('credential endpoint refused: 401');
  });

  it('come from the machine with a session of its metadata service, never without', async () => {
    expect(await opens({ AWS_EC2_METADATA_SERVICE_ENDPOINT: services.origin })).toBe(true);
    const paths = services.requests.map(({ method, path }) => `${method} ${path}`);
    expect(paths.slice(0, 3)).toEqual([
      'PUT /latest/api/token',
      'GET /latest/meta-data/iam/security-credentials/',
      'GET /latest/meta-data/iam/security-credentials/valetkey-role',
    ]);
  });

  it('are not fetched in the clear from elsewhere', async () => {
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://credentials.example/role' };
    await expect(opens(env)).rejects.toThrow('must use https');
  });

  it('that are wrong are refused', async () => {
    const wrong = { ...AWS_KEY, AWS_SECRET_ACCESS_KEY: 'another' };
    await expect(opens(wrong)).rejects.toThrow('AWS KMS refused: 400 InvalidSignatureException');
  });
});

describe('credentials for Google Cloud', () => {
  it('come from the machine where no account is named', async () => {
    const host = { GCE_METADATA_HOST: new URL(services.origin).host };
    expect(await gcp(host).wrap(DATA_KEY, 'in_house')).toMatch(/^gcp-kms:/);
  });

  it('are not repeated when their file is none', async () => {
    const file = write('account.json', '{"private_key": "not-a-key-at-all"}');
    const failing = gcp({ GOOGLE_APPLICATION_CREDENTIALS: file }).wrap(DATA_KEY, 'in_house');
    await expect(failing).rejects.toThrow('not the key of a service account');
  });
});

describe('a token for Vault', () => {
  it('is read anew from its file, which an agent renews', async () => {
    const file = write('token', 'hvs.too-old');
    const wrapper = transit({ VAULT_TOKEN_FILE: file, VAULT_NAMESPACE: TRANSIT.namespace });
    await expect(wrapper.wrap(DATA_KEY, 'in_house')).rejects.toThrow('Vault refused: 403 permission denied');
    write('token', `${TRANSIT.token}\n`);
    expect(await wrapper.wrap(DATA_KEY, 'in_house')).toMatch(/^vault-transit:vault:v1:/);
  });

  it('is needed', async () => {
    await expect(transit({}).wrap(DATA_KEY, 'in_house')).rejects.toThrow('VAULT_TOKEN');
  });
});

describe('an address of a master key', () => {
  it.each([
    'aws-kms:alias/valetkey',
    'aws-kms:arn:aws:s3:::bucket',
    'gcp-kms:acme/master',
    'gcp-kms:projects/a/locations/b/keyRings/c/cryptoKeys/d/../../e',
    'vault-transit:http://vault.example/transit/key',
    'vault-transit:https://user:pass@vault.example/transit/key',
    'vault-transit:https://vault.example/key',
    'vault-transit:https://vault.example/transit/key?x=1',
    'azure:https://example',
    '__proto__:x',
  ])('%s is refused, with what it should look like', (address) => {
    expect(openKeyService(address, {}, ambient)).toEqual({
      ok: false,
      error: expect.stringContaining('vault-transit:'),
    });
  });

  it('is https for what stands in the place of a service, too', async () => {
    const elsewhere = aws({ ...AWS_KEY, AWS_ENDPOINT_URL_KMS: 'http://kms.example' });
    await expect(elsewhere.wrap(DATA_KEY, 'in_house')).rejects.toThrow(
      'AWS_ENDPOINT_URL_KMS must be an https address',
    );
  });
});
