// Token exchange (RFC 8693): a holder of a token makes a narrower child of its grant, unattended; the child's token names the whole path,
// may be bound to a key that only the child has, and ends with every grant above it.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, decodeJwt, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser } from './browser.ts';
import * as flow from './flow.ts';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const AGENT_ID = 'https://agent.test/client.json';

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
type Pair = ReturnType<typeof pair>;
const jwkOf = ({ publicKey }: Pair) => publicKey.export({ format: 'jwk' }) as { kty: string };
const agentKey = pair();
const nowSeconds = () => Math.floor(Date.now() / 1000);

let broker: TestBroker;
let app: flow.TestClient;
let other: flow.TestClient;
beforeAll(async () => {
  const document = {
    client_id: AGENT_ID,
    client_name: 'Scout',
    redirect_uris: ['https://agent.test/callback'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [{ ...jwkOf(agentKey), kid: 'agent', alg: 'ES256', use: 'sig' }] },
  };
  broker = await startBroker({ documentFetch: async () => Response.json(document) });
  await broker.addKey('own_ada', 'openai');
  app = await flow.registerClient(broker);
  other = await flow.registerClient(broker, { name: 'Other', authMethod: 'client_secret_basic' });
});
afterAll(() => broker.close());
afterEach(() => expect(broker.errors).toEqual([]));

const details = (entry: object = {}) =>
  JSON.stringify([
    {
      type: 'ai_model_access',
      provider: 'openai',
      models: ['gpt-5-mini'],
      capabilities: ['chat'],
      limits: { total_spend: 1 },
      ...entry,
    },
  ]);

/** A grant of Ada's that may be delegated two levels deep, and its access token. */
const obtain = async (depth = 2, to?: readonly string[]) => {
  const asked = details({
    limits: { total_spend: 5 },
    ...(depth > 0 && { delegation: { max_depth: depth, ...(to && { to }) } }),
  });
  const browser = new Browser(broker.issuer);
  const page = await flow.openRequest(browser, app, { authorization_details: asked });
  const landing = await flow.decide(browser, page, 'allow', depth > 0 ? { 'p0-delegate': 'on' } : {});
  const code = new URL(landing.url).searchParams.get('code')!;
  const { body } = await flow.redeem(broker, app, code);
  return { token: String(body.access_token), grantId: String(body.grant_id) };
};

const exchange = (
  subject: string,
  fields: Record<string, string> = {},
  by: flow.TestClient = app,
  headers: Record<string, string> = {},
) => {
  const named: Record<string, string> = 'actor_token' in fields ? {} : { requested_actor: 'worker 1' };
  const base = { grant_type: EXCHANGE, subject_token: subject, subject_token_type: ACCESS_TOKEN };
  const all = { ...base, authorization_details: details(), ...named, ...fields };
  const sent = Object.entries(all).filter(([, value]) => value !== '');
  return flow.post(broker, '/token', by, Object.fromEntries(sent), headers);
};

describe('a token exchange', () => {
  it('makes a narrower child of the grant, whose token names the path and carries no rights', async () => {
    const parent = await obtain();
    const answer = await exchange(parent.token);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { access_token: token, grant_id: grantId, ...rest } = answer.body;
    expect(rest).toEqual({
      issued_token_type: ACCESS_TOKEN,
      token_type: 'Bearer',
      expires_in: 3600,
      authorization_details: [
        expect.objectContaining({ models: ['gpt-5-mini'], limits: { total_spend: 1 } }),
      ],
    });
    expect(decodeJwt(String(token))).toEqual({
      iss: broker.issuer,
      sub: grantId,
      aud: broker.issuer,
      client_id: app.id,
      grant_id: grantId,
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
      act: { sub: `agent:${parent.grantId}/worker 1`, iss: broker.issuer, sub_profile: 'ai_agent' },
    });
    expect(await broker.oauth.verifyAccessToken(String(token))).toMatchObject({
      ok: true,
      value: { grantId },
    });
    const told = await flow.post(broker, '/introspect', app, { token: String(token) });
    expect(told.body).toMatchObject({ active: true, parent_grant_id: parent.grantId, delegation_depth: 1 });
    expect(await broker.grants.get('own_ada', String(grantId))).toMatchObject({
      parentGrantId: parent.grantId,
      name: 'worker 1',
    });
  });

  it('goes on from child to child until the depth that was allowed, then is refused and not cut short', async () => {
    const parent = await obtain();
    const first = await exchange(parent.token, {
      authorization_details: details({ delegation: { max_depth: 1 } }),
    });
    const second = await exchange(String(first.body.access_token), { requested_actor: other.id });
    expect(decodeJwt(String(second.body.access_token))).toMatchObject({
      client_id: other.id,
      act: { sub: other.id, act: { sub: `agent:${parent.grantId}/worker 1` } },
    });
    const told = await flow.post(broker, '/introspect', other, { token: String(second.body.access_token) });
    expect(told.body).toMatchObject({
      active: true,
      parent_grant_id: first.body.grant_id,
      delegation_depth: 2,
      act: { sub: other.id },
      budget_remaining: 1,
    });
    const third = await exchange(String(second.body.access_token), {}, other);
    expect([third.status, third.body.error]).toEqual([400, 'invalid_request']);
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'more money',
      { authorization_details: details({ limits: { total_spend: 6 } }) },
      'invalid_authorization_details',
    ],
    [
      'another model',
      { authorization_details: details({ models: ['o3'] }) },
      'invalid_authorization_details',
    ],
    [
      'another provider',
      { authorization_details: details({ provider: 'google' }) },
      'invalid_authorization_details',
    ],
    ['nothing', { authorization_details: '' }, 'invalid_request'],
    ['no child', { requested_actor: '' }, 'invalid_request'],
    ['a child of a misleading name', { requested_actor: 'a\u202eb' }, 'invalid_request'],
    [
      'another type of token',
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      'invalid_request',
    ],
    [
      'a subject of another type',
      { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
      'invalid_request',
    ],
    ['a key that is none', { dpop_jkt: 'short' }, 'invalid_request'],
  ])('is refused when it asks for %s, and makes nothing', async (_, fields, error) => {
    const parent = await obtain();
    const before = (await broker.grants.list('own_ada')).length;
    const answer = await exchange(parent.token, fields);
    expect([answer.status, answer.body.error]).toEqual([400, error]);
    expect(await broker.grants.list('own_ada')).toHaveLength(before);
    const isDecided = error === 'invalid_authorization_details';
    expect(await broker.refusedDelegations(parent.grantId)).toMatchObject(
      isDecided ? [{ code: 'not_narrower', client_id: app.id, via: 'token_exchange' }] : [],
    );
  });

  it('is refused for a grant that may not delegate, a token of another client, and one that has ended', async () => {
    const closed = await obtain(0);
    expect((await exchange(closed.token)).body).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('delegation is not permitted'),
      code: 'delegation_not_permitted',
    });
    expect(await broker.refusedDelegations(closed.grantId)).toMatchObject([
      { code: 'not_permitted', members: ['delegation.max_depth'] },
    ]);
    const parent = await obtain();
    expect((await exchange(parent.token, {}, other)).body.error).toBe('invalid_request');
    await broker.grants.revoke('own_ada', parent.grantId, 'owner');
    expect((await exchange(parent.token)).body.error).toBe('invalid_request');
  });

  it('ends with its parent: revoked, its token is inactive', async () => {
    const parent = await obtain();
    const made = await exchange(parent.token, { requested_actor: other.id });
    const token = String(made.body.access_token);
    const ask = async () => (await flow.post(broker, '/introspect', other, { token })).body.active;
    expect(await ask()).toBe(true);
    await broker.grants.revoke('own_ada', parent.grantId, 'owner');
    expect(await ask()).toBe(false);
    expect((await exchange(token, {}, other)).body.error).toBe('invalid_request');
  });
});

describe('the child of a delegation', () => {
  const assertion = (claims: object = {}, key: Pair = agentKey) =>
    new SignJWT({
      iss: AGENT_ID,
      sub: AGENT_ID,
      aud: broker.issuer,
      jti: randomUUID(),
      exp: nowSeconds() + 60,
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'agent' })
      .sign(key.privateKey);
  const JWT = { actor_token_type: 'urn:ietf:params:oauth:token-type:jwt' };

  it('proves who it is with an assertion of its own, which works once', async () => {
    const parent = await obtain();
    const actor_token = await assertion();
    const answer = await exchange(parent.token, { ...JWT, actor_token });
    expect(decodeJwt(String(answer.body.access_token))).toMatchObject({
      client_id: AGENT_ID,
      act: { sub: AGENT_ID },
    });
    expect(await broker.grants.get('own_ada', String(answer.body.grant_id))).toMatchObject({ name: 'Scout' });
    expect((await exchange(parent.token, { ...JWT, actor_token })).body.error_description).toContain(
      'before',
    );
  });

  it('is one of those that the owner decided on: a named app only if it proves itself, an agent only if agents may', async () => {
    const [agents, scout] = [await obtain(2, ['own_agents']), await obtain(2, [AGENT_ID, other.id])];
    const asScout = async () => ({ ...JWT, actor_token: await assertion() });
    const refused = { error: 'invalid_request', code: 'delegation_not_permitted' };
    expect((await exchange(agents.token)).status).toBe(200);
    expect((await exchange(agents.token, await asScout())).body).toMatchObject(refused);
    expect((await exchange(agents.token, { requested_actor: other.id })).body).toMatchObject(refused);
    expect((await exchange(scout.token, await asScout())).status).toBe(200);
    expect((await exchange(scout.token)).body).toMatchObject(refused);
    expect((await exchange(scout.token, { requested_actor: other.id })).body).toMatchObject({
      ...refused,
      error_description: expect.stringContaining('actor_token'),
      violations: [{ member: 'delegation.to' }],
    });
  });

  it('is an app of this house that proves itself with the key it was registered with, and no other', async () => {
    const [key, another] = [pair(), pair()];
    const keys = [{ ...jwkOf(key), kid: 'agent', alg: 'ES256', use: 'sig' }];
    const scout = await flow.registerClient(broker, { name: 'Scout', authMethod: 'private_key_jwt', keys });
    const parent = await obtain(1, [scout.id]);
    const prove = async (by: Pair) => {
      const actor_token = await assertion({ iss: scout.id, sub: scout.id }, by);
      return (await exchange(parent.token, { ...JWT, actor_token })).body;
    };
    expect((await prove(another)).error).toBe('invalid_request');
    const { access_token: token, grant_id: grantId } = await prove(key);
    expect(decodeJwt(String(token))).toMatchObject({ client_id: scout.id, act: { sub: scout.id } });
    expect(await broker.grants.get('own_ada', String(grantId))).toMatchObject({
      clientId: scout.id,
      isActorAuthenticated: true,
    });
  });

  it('is inactive as soon as its owner takes it out of those who may have it', async () => {
    const parent = await obtain();
    const made = await exchange(parent.token, { ...JWT, actor_token: await assertion() });
    expect(await broker.grants.get('own_ada', String(made.body.grant_id))).toMatchObject({
      isActorAuthenticated: true,
    });
    const worker = await exchange(parent.token);
    const { access } = (await broker.grants.get('own_ada', parent.grantId))!.parts[0]!;
    await broker.grants.edit('own_ada', parent.grantId, {
      ...access,
      delegationTo: ['own_agents'],
    });
    const isActive = async (token: unknown) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${broker.issuer}/grants/self`, { headers })).status === 200;
    };
    expect([await isActive(made.body.access_token), await isActive(worker.body.access_token)]).toEqual([
      false,
      true,
    ]);
  });

  it.each<[string, () => Promise<string>]>([
    ['of another key', () => assertion({}, pair())],
    ['for another server', () => assertion({ aud: 'https://other.test' })],
    ['of another subject', () => assertion({ sub: 'somebody' })],
    ['that has expired', () => assertion({ exp: nowSeconds() - 1 })],
    ['that lives too long', () => assertion({ exp: nowSeconds() + 3600 })],
    ['without an id', () => assertion({ jti: undefined })],
    ['that is no token', async () => 'a.b.c'],
  ])('is not believed with an assertion %s', async (_, make) => {
    const parent = await obtain();
    const answer = await exchange(parent.token, { ...JWT, actor_token: await make() });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
  });

  it('gets a token that only its key can use, and so does the child of a bound token', async () => {
    const parent = await obtain();
    const key = pair();
    const dpop_jkt = await calculateJwkThumbprint(jwkOf(key));
    const made = await exchange(parent.token, {
      dpop_jkt,
      authorization_details: details({ delegation: { max_depth: 1 } }),
    });
    expect(made.body.token_type).toBe('DPoP');
    const token = String(made.body.access_token);
    expect(decodeJwt(token).cnf).toEqual({ jkt: dpop_jkt });
    const proof = (by: Pair) =>
      new SignJWT({ htm: 'POST', htu: `${broker.issuer}/token`, jti: randomUUID(), iat: nowSeconds() })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: jwkOf(by) })
        .sign(by.privateKey);
    const stolen = [{}, { dpop: await proof(pair()) }];
    for (const headers of stolen)
      expect((await exchange(token, {}, app, headers)).body.error).toBe('invalid_request');
    const dpop = await proof(key);
    const below = await exchange(token, {}, app, { dpop });
    expect(decodeJwt(String(below.body.access_token)).cnf).toEqual({ jkt: dpop_jkt });
    expect((await exchange(token, {}, app, { dpop })).status).toBe(400);
  });
});

describe('a client whose tokens are always bound', () => {
  it('is not given an unbound child', async () => {
    const bound = await flow.registerClient(broker, { dpopBound: true });
    const parent = await obtain();
    const answer = await exchange(parent.token, { requested_actor: bound.id });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
  });
});

describe('exchange against revoke', () => {
  it('leaves no live child of a dead parent, 16 at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const parent = await obtain();
      const answers = await Promise.all([
        ...Array.from({ length: 15 }, () => exchange(parent.token)),
        broker.grants.revoke('own_ada', parent.grantId, 'owner'),
      ]);
      for (const answer of answers) {
        if (!('body' in answer) || answer.status !== 200) continue;
        expect((await broker.grants.live(String(answer.body.grant_id)))?.grant.status).toBe('revoked');
      }
      expect((await exchange(parent.token)).status).toBe(400);
    }
  });
});
