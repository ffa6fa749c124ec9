// What of the FAPI 2.0 security profile the server does. The profile is not claimed as a whole: README.md says what is left out and why.

import { createHash, randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AppKey,
  appKey,
  detailsOf,
  proofOf,
  publicJwk,
} from '../packages/broker/test/hostile/oauth-world.ts';
import * as flow from '../packages/broker/test/oauth/flow.ts';
import { type Deployment, openDeployment, readJwt } from './deployment.ts';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let at: Deployment;
/** An app that proves itself with a key of its own. */
let client: flow.TestClient;
const key = appKey();
const proofKey = appKey();
beforeAll(async () => {
  at = await openDeployment();
  const keys = [{ ...publicJwk(key), kid: 'one', alg: 'ES256', use: 'sig' }];
  client = await at.registerApp({ type: 'confidential', jwks: { keys } });
});
afterAll(() => at.close());

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const nowSeconds = () => Math.floor(Date.now() / 1000);

/** An assertion of the client, with its claims changed, signed by `by`. */
const assertion = (change: object = {}, by: AppKey = key): string => {
  const claims = {
    iss: client.id,
    sub: client.id,
    aud: at.issuer,
    jti: randomUUID(),
    iat: nowSeconds(),
    exp: nowSeconds() + 60,
    ...change,
  };
  const input = `${encode({ alg: 'ES256', kid: 'one' })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(input), { key: by.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
};
const proven = (client_assertion = assertion()) => ({ client_assertion_type: ASSERTION, client_assertion });
const push = (fields: Record<string, string>) =>
  at.post(
    '/par',
    { ...Object.fromEntries(flow.requestParams(client, { authorization_details: detailsOf() })), ...fields },
    client,
  );
const code = async () => {
  const { body } = await push(proven());
  const query = new URLSearchParams({ client_id: client.id, request_uri: String(body.request_uri) });
  const page = await at.browser.open(`/authorize?${query}`);
  const landing = await flow.decide(at.browser, page, 'allow');
  return new URL(landing.url).searchParams.get('code') ?? '';
};
const redeem = async (given: string) => {
  const DPoP = await proofOf(proofKey, `${at.issuer}/token`);
  return flow.redeem({ issuer: at.issuer }, client, given, proven(), { DPoP });
};

describe('FAPI 2.0 security profile', () => {
  it('FAPI 2.0 5.3.2.1 private_key_jwt, PAR, PKCE, RAR and DPoP together give a token that only its key can use', async () => {
    const { status, body } = await redeem(await code());
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
    expect(readJwt(body.access_token)[1].cnf).toEqual({ jkt: expect.any(String) });
    expect((await at.self({ authorization: `Bearer ${body.access_token}` })).status).toBe(401);
  });

  it('FAPI 2.0 5.3.2.1 the metadata offer private_key_jwt, and no shared secret as a signature', () => {
    expect(at.metadata.token_endpoint_auth_methods_supported).toContain('private_key_jwt');
    expect(at.metadata.token_endpoint_auth_signing_alg_values_supported).toEqual(
      expect.arrayContaining(['PS256', 'ES256']),
    );
  });

  it('FAPI 2.0 5.3.2.1 the issuer as a string is the audience of an assertion', async () => {
    expect((await push(proven())).status).toBe(201);
  });

  it.each<[string, () => string]>([
    ['of another key', () => assertion({}, appKey())],
    ['for another audience', () => assertion({ aud: 'https://other.test' })],
    ['of another client', () => assertion({ iss: 'app_other', sub: 'app_other' })],
    ['without an id', () => assertion({ jti: undefined })],
    ['without an end', () => assertion({ exp: undefined })],
    ['that has ended', () => assertion({ iat: nowSeconds() - 300, exp: nowSeconds() - 120 })],
    ['dated more than a minute ahead', () => assertion({ iat: nowSeconds() + 120, exp: nowSeconds() + 180 })],
    [
      'not valid for more than a minute',
      () => assertion({ nbf: nowSeconds() + 120, exp: nowSeconds() + 180 }),
    ],
  ])('FAPI 2.0 5.3.2.1 an assertion %s is refused', async (_name, make) => {
    const { status, body } = await push(proven(make()));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.error).toMatch(/^invalid_(client|request)$/);
  });

  it.each([1, 8])('FAPI 2.0 5.3.2.1 an assertion dated %i seconds ahead is taken', async (seconds) => {
    const ahead = nowSeconds() + seconds;
    expect((await push(proven(assertion({ iat: ahead, nbf: ahead })))).status).toBe(201);
  });

  it.each([1, 3])('FAPI 2.0 5.3.2.1 a proof dated %i seconds ahead is taken', async (seconds) => {
    const DPoP = await proofOf(proofKey, `${at.issuer}/token`, { iat: nowSeconds() + seconds });
    const answer = await flow.redeem({ issuer: at.issuer }, client, await code(), proven(), { DPoP });
    expect(answer.body.error).toBeUndefined();
  });

  it('RFC 7523 3 an assertion works once', async () => {
    const once = proven();
    expect((await push(once)).status).toBe(201);
    expect((await push(once)).status).toBeGreaterThanOrEqual(400);
  });

  it('FAPI 2.0 5.3.2.2 a request_uri lives less than ten minutes', async () => {
    expect(Number((await push(proven())).body.expires_in)).toBeLessThan(600);
  });

  it('FAPI 2.0 5.3.2.2 a code that was used is refused', async () => {
    const given = await code();
    expect((await redeem(given)).status).toBe(200);
    expect((await redeem(given)).body.error).toBe('invalid_grant');
  });

  it('FAPI 2.0 5.3.2.2 a pushed request without a redirect_uri is refused', async () => {
    expect((await push({ ...proven(), redirect_uri: '' })).status).toBe(400);
  });

  it('FAPI 2.0 5.3.2.1 passwords of owners are taken by no endpoint of OAuth', () => {
    expect(at.metadata.grant_types_supported).not.toContain('password');
    expect(at.metadata.grant_types_supported).not.toContain('implicit');
  });

  it('FAPI 2.0 5.3.3 the resource takes tokens from the header and refuses those that were revoked', async () => {
    const { body } = await redeem(await code());
    const token = String(body.access_token);
    const revoked = await at.post('/revoke', { token, ...proven() }, client);
    expect(revoked.status).toBe(200);
    const ath = createHash('sha256').update(token).digest('base64url');
    const dpop = await proofOf(proofKey, `${at.issuer}/grants/self`, { htm: 'GET', ath });
    expect((await at.self({ authorization: `DPoP ${token}`, dpop })).status).toBe(401);
  });
});
