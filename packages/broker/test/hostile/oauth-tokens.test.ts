// Tokens that claim more than they are, in both forms of the product: at the exchange, which makes grants of them, and at the gate, which
// spends money for them. Nothing but a token of our own, as it was signed, opens anything.

import { createHmac, createPublicKey, randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as flow from '../oauth/flow.ts';
import {
  appKey,
  detailsOf,
  type OauthWorld,
  openOauthWorld,
  proofOf,
  publicJwk,
  RIGHTS,
  type Tokens,
} from './oauth-world.ts';
import { WORLDS, type World } from './worlds.ts';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const TYPE = 'urn:ietf:params:oauth:token-type:';
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  let oauth: OauthWorld;
  let app: flow.TestClient;
  let confidential: flow.TestClient;
  /** Of a grant with an end, which may be passed on once. */
  let own: Tokens;
  const expiresAtMs = Math.floor(Date.now() / 1000) * 1000 + 3_600_000;
  const expires = (afterMs: number) => new Date(expiresAtMs + afterMs).toISOString();
  beforeAll(async () => {
    world = await start();
    oauth = await openOauthWorld(world);
    app = await oauth.registerApp();
    confidential = await oauth.registerApp({ type: 'confidential' });
    own = await oauth.tokens(app, { authorization_details: detailsOf({ expires: expires(0) }) });
  });
  afterAll(() => world.close());
  afterEach(() => expect(world.evil.connections()).toBe(0));

  const child = { ...RIGHTS, delegation: undefined, expires: expires(-1000) };
  const exchange = (
    index: number,
    subject: string | undefined,
    { details = {}, by = app, headers = {}, ...fields }: ExchangeChange = {},
  ) =>
    flow.post(
      oauth.at(index),
      '/token',
      by,
      {
        grant_type: EXCHANGE,
        ...(subject !== undefined && { subject_token: subject }),
        subject_token_type: `${TYPE}access_token`,
        requested_actor: `worker ${randomUUID().slice(0, 8)}`,
        authorization_details: JSON.stringify([{ ...child, ...details }]),
        ...fields,
      },
      headers,
    );
  const replicas = () => [...world.urls.keys()];

  it('A17 a child within its grant is given, on every replica', async () => {
    for (const index of replicas())
      expect((await exchange(index, own.accessToken)).body.error).toBeUndefined();
  });

  it.each<[string, object]>([
    ['one model more', { models: [...RIGHTS.models, 'gpt-5'] }],
    ['every model', { models: undefined }],
    ['one capability more', { capabilities: ['chat', 'embeddings'] }],
    ['another provider', { provider: 'anthropic', models: undefined }],
    ['a nano dollar more', { limits: { ...RIGHTS.limits, daily_spend: 1.000000001 } }],
    ['one request more', { limits: { ...RIGHTS.limits, max_requests: 101 } }],
    ['one request a minute more', { limits: { ...RIGHTS.limits, requests_per_minute: 61 } }],
    ['a second more', { expires: expires(1000) }],
    ['as deep as its parent', { delegation: { max_depth: 1 } }],
    ['deeper than all', { delegation: { max_depth: 9 } }],
  ])('A17 an exchange for %s is refused and makes nothing', async (_name, details) => {
    const before = (await oauth.grants()).length;
    for (const index of replicas()) {
      const { status, body } = await exchange(index, own.accessToken, { details });
      // RFC 9396 section 5 has a word of its own for rights where RFC 8693 says invalid_scope or invalid_target.
      const refusal = 'delegation' in details ? 'invalid_request' : 'invalid_authorization_details';
      expect([status, body.error]).toEqual([400, refusal]);
      expect(body.access_token).toBeUndefined();
    }
    expect((await oauth.grants()).length).toBe(before);
  });

  it('A17 a child of the last generation passes nothing on', async () => {
    const made = await exchange(0, own.accessToken);
    const { status, body } = await exchange(1, String(made.body.access_token));
    expect([status, body.code]).toEqual([400, 'delegation_not_permitted']);
  });

  it('A18 an exchange without a subject token, or with none that is an access token, gives nothing', async () => {
    const dead = await oauth.tokens(app);
    await world.api('POST', `/grants/${dead.grantId}/revoke`);
    const single = await oauth.tokens(app);
    await flow.post(oauth.at(0), '/revoke', app, { token: single.accessToken });
    const foreign = await oauth.tokens(confidential);
    const subjects: [string | undefined, ExchangeChange][] = [
      [undefined, {}],
      ['', {}],
      [own.refreshToken, {}],
      [own.refreshToken, { subject_token_type: `${TYPE}refresh_token` }],
      [own.accessToken, { subject_token_type: `${TYPE}id_token` }],
      [own.accessToken, { requested_token_type: `${TYPE}refresh_token` }],
      [dead.accessToken, {}],
      [single.accessToken, {}],
      [foreign.accessToken, {}],
      [own.accessToken, { by: confidential }],
    ];
    const before = (await oauth.grants()).length;
    for (const [subject, change] of subjects) {
      for (const index of replicas()) {
        const { status, body } = await exchange(index, subject, change);
        expect([status, body.error]).toEqual([400, 'invalid_request']);
      }
    }
    expect((await oauth.grants()).length).toBe(before);
  });

  it('A18 a bound token is exchanged with a proof of its key alone', async () => {
    const [key, stranger] = [appKey(), appKey()];
    const token = `${oauth.issuer}/token`;
    const DPoP = await proofOf(key, token);
    const { body } = await flow.redeem(oauth.at(0), app, await oauth.code(app), {}, { DPoP });
    const subject = String(body.access_token);
    const details = { expires: undefined };
    for (const index of replicas()) {
      expect((await exchange(index, subject, { details })).body.error).toBe('invalid_request');
      const wrong = { DPoP: await proofOf(stranger, token) };
      expect((await exchange(index, subject, { details, headers: wrong })).body.error).toBe(
        'invalid_request',
      );
      const right = { DPoP: await proofOf(key, token) };
      expect((await exchange(index, subject, { details, headers: right })).status).toBe(200);
    }
  });

  const refusedAtTheGate = async (token: string) => {
    const before = world.seen();
    for (const index of replicas())
      expect([401, 431]).toContain(await oauth.chat({ authorization: `Bearer ${token}` }, index));
    expect(world.seen()).toEqual(before);
  };

  it('A28 A29 A30 the token itself passes at the gate, on every replica', async () => {
    for (const index of replicas())
      expect(await oauth.chat({ authorization: `Bearer ${own.accessToken}` }, index)).toBe(200);
  });

  it.each(['none', 'None', 'nOnE', 'NONE'])('A28 the algorithm %s is refused', async (alg) => {
    const [, payload] = own.accessToken.split('.');
    const header = encode({ ...decodeProtectedHeader(own.accessToken), alg });
    await refusedAtTheGate(`${header}.${payload}.`);
    await refusedAtTheGate(`${header}.${payload}.${own.accessToken.split('.')[2]}`);
  });

  it('A28 our public key is no shared secret, in any form, and no key for another algorithm', async () => {
    const { keys } = (await (await fetch(`${oauth.issuer}/jwks`)).json()) as { keys: object[] };
    const key = createPublicKey({ key: keys[0] as never, format: 'jwk' });
    const [, payload] = own.accessToken.split('.');
    const secrets = [
      key.export({ format: 'pem', type: 'spki' }),
      key.export({ format: 'der', type: 'spki' }),
      JSON.stringify(keys[0]),
      '',
    ];
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      const input = `${encode({ ...decodeProtectedHeader(own.accessToken), alg })}.${payload}`;
      for (const secret of secrets) {
        const hash = alg.replace('HS', 'sha');
        await refusedAtTheGate(`${input}.${createHmac(hash, secret).update(input).digest('base64url')}`);
      }
    }
    for (const alg of ['RS256', 'PS256', 'ES384', 'EdDSA']) {
      const header = encode({ ...decodeProtectedHeader(own.accessToken), alg });
      await refusedAtTheGate(`${header}.${payload}.${own.accessToken.split('.')[2]}`);
    }
  });

  it.each<[string, () => object]>([
    ['a file as kid', () => ({ kid: '../../dev/null' })],
    ['SQL as kid', () => ({ kid: "' UNION SELECT 1--" })],
    ['no kid', () => ({ kid: undefined })],
    ['a jku', () => ({ jku: `${world.evil.origin}/jwks` })],
    ['a jku and its kid', () => ({ kid: 'evil', jku: `${world.evil.origin}/jwks` })],
    ['an x5u', () => ({ kid: 'evil', x5u: `${world.evil.origin}/cert` })],
    ['a key of its own', () => ({ jwk: publicJwk(forger) })],
    ['a certificate of its own', () => ({ x5c: ['MIIB'] })],
    ['an unknown crit', () => ({ crit: ['x'], x: 1 })],
  ])('A29 a header with %s is refused and fetched from nowhere', async (_name, change) => {
    const kid = decodeProtectedHeader(own.accessToken).kid!;
    const header = { alg: 'ES256', typ: 'at+jwt', kid, ...change() };
    const signed = new SignJWT(decodeJwt(own.accessToken)).setProtectedHeader({ alg: 'ES256' });
    const input = `${encode(header)}.${(await signed.sign(forger.privateKey)).split('.')[1]}`;
    await refusedAtTheGate(`${input}.${own.accessToken.split('.')[2]}`);
    const { jwk: _jwk, crit: _crit, ...plain } = header as Record<string, unknown>;
    const forged = new SignJWT(decodeJwt(own.accessToken)).setProtectedHeader({ alg: 'ES256', ...plain });
    await refusedAtTheGate(await forged.sign(forger.privateKey));
  });

  it('A30 a proof, an assertion, a code, a refresh token and the token of another house are no access tokens', async () => {
    const assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(app.id)
      .setSubject(app.id)
      .setAudience(oauth.issuer)
      .setExpirationTime('1m')
      .sign(forger.privateKey);
    for (const token of [
      await proofOf(forger, `${oauth.issuer}/openai/v1/chat/completions`),
      assertion,
      await oauth.code(app),
      own.refreshToken,
      `${own.accessToken}.x`,
      own.accessToken.slice(0, -4),
    ])
      await refusedAtTheGate(token);
  });

  const CERTIFICATE = {
    'x-ssl-client-cert': 'MIIB',
    'x-client-cert': 'MIIB',
    'client-cert': ':MIIB:',
    'x-forwarded-client-cert': 'Hash=0;Subject="CN=admin"',
    'ssl-client-verify': 'SUCCESS',
    'x-ssl-client-verify': 'SUCCESS',
    'x-ssl-client-s-dn': 'CN=admin',
  };

  it('A33 headers that name a certificate change nothing, where no terminator is configured', async () => {
    for (const url of world.urls) {
      const metadata = (await (
        await fetch(`${url}/.well-known/oauth-authorization-server`)
      ).json()) as Record<string, unknown>;
      expect(metadata.tls_client_certificate_bound_access_tokens).toBeUndefined();
      expect(metadata.mtls_endpoint_aliases).toBeUndefined();
      expect(JSON.stringify(metadata)).not.toContain('tls_client_auth');
    }
    const key = appKey();
    const DPoP = await proofOf(key, `${oauth.issuer}/token`);
    const bound = await flow.redeem(oauth.at(0), app, await oauth.code(app), {}, { DPoP, ...CERTIFICATE });
    expect(decodeJwt(String(bound.body.access_token)).cnf).toEqual({ jkt: expect.any(String) });
    const plain = await flow.redeem(oauth.at(0), app, await oauth.code(app), {}, CERTIFICATE);
    expect(decodeJwt(String(plain.body.access_token)).cnf).toBeUndefined();
    const before = world.seen();
    for (const index of replicas()) {
      const nobody = { id: confidential.id, secret: null };
      const unproven = await flow.redeem(oauth.at(index), nobody, 'x', {}, CERTIFICATE);
      expect([unproven.status, unproven.body.error]).toEqual([401, 'invalid_client']);
      expect(await oauth.chat(CERTIFICATE, index)).toBe(401);
      const authorization = `Bearer ${bound.body.access_token}`;
      expect(await oauth.chat({ authorization, ...CERTIFICATE }, index)).toBe(401);
    }
    expect(world.seen()).toEqual(before);
  });
});

const forger = appKey();

type ExchangeChange = {
  readonly details?: object;
  readonly by?: flow.TestClient;
  readonly headers?: Readonly<Record<string, string>>;
} & Readonly<Partial<Record<'subject_token_type' | 'requested_token_type', string>>>;
