// Delegation without an OAuth client: the holder of any token of a grant looks at it, makes children with key-shaped tokens of their own,
// and ends them. A token reaches its own grant and its own children, and nothing else.

import { generateKeyPairSync, hash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type ModelAccess, unrestrictedAccess } from '@valetkey/core';
import { calculateJwkThumbprint, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import * as flow from './flow.ts';

const USD = 1_000_000_000;

let broker: TestBroker;
let keyId: string;
beforeAll(async () => {
  broker = await startBroker();
  keyId = (await broker.addKey('own_ada', 'openai')).id;
});
afterAll(() => broker.close());
afterEach(() => expect(broker.errors).toEqual([]));

/** A grant of Ada's for an own tool, that may be delegated two levels deep. */
const give = async (access: Partial<ModelAccess> = {}) => {
  const made = await broker.grants.create({
    ownerId: 'own_ada',
    clientId: null,
    name: 'Planner',
    parts: [
      {
        providerKeyId: keyId,
        access: {
          ...unrestrictedAccess('openai'),
          models: ['gpt-*'],
          limits: [{ unit: 'usd', amount: 5 * USD, per: 'total' }],
          delegationMaxDepth: 2,
          ...access,
        },
      },
    ],
    unknownFields: 'pass',
    via: 'test',
  });
  if (!made.ok) throw new Error(made.error.detail);
  const token = await broker.grants.issueKeyToken('own_ada', made.value.id);
  if (!token.ok) throw new Error(token.error.detail);
  return { id: made.value.id, token: token.value };
};

const details = (entry: object = {}) => [
  {
    type: 'ai_model_access',
    provider: 'openai',
    models: ['gpt-5-mini'],
    limits: { total_spend: 1 },
    ...entry,
  },
];
const child = (body: object = {}) => ({ name: 'worker', authorization_details: details(), ...body });

const send = async (
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> => {
  const response = await fetch(`${broker.issuer}/grants/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
};
const ask = (method: string, path: string, token: string, body?: object) =>
  send(method, path, { authorization: `Bearer ${token}` }, body && JSON.stringify(body));

const make = async (token: string, body: object = {}) => {
  const made = await ask('POST', 'self/children', token, child(body));
  expect(made.body.error_description).toBeUndefined();
  return { id: String(made.body.grant_id), token: String(made.body.token) };
};
const isUsable = async (token: string) => (await ask('GET', 'self', token)).status === 200;

describe('a key-shaped token', () => {
  it('shows its own grant and ends it, and no other', async () => {
    const [mine, other] = [await give(), await give()];
    for (const path of [mine.id, 'self']) {
      const shown = await ask('GET', path, mine.token);
      expect(shown.headers.get('access-control-allow-origin')).toBe('*');
      expect(shown.body).toMatchObject({
        grant_id: mine.id,
        parent_grant_id: null,
        delegation_depth: 0,
        status: 'active',
        budget_remaining: 5,
        base_urls: { openai: `${broker.issuer}/openai` },
      });
      expect(JSON.stringify(shown.body)).not.toContain('own_ada');
    }
    for (const method of ['GET', 'DELETE'])
      expect((await ask(method, other.id, mine.token)).body).toMatchObject({ error: 'not_found' });
    expect((await ask('DELETE', mine.id, mine.token)).status).toBe(204);
    expect((await ask('GET', mine.id, mine.token)).body.error).toBe('invalid_token');
    expect(await isUsable(other.token)).toBe(true);
  });

  it('that was replaced, or is none, is refused with what to do', async () => {
    const { id, token } = await give();
    await broker.grants.issueKeyToken('own_ada', id);
    for (const wrong of [token, `${token.slice(0, -1)}0`, 'vk_x', 'none']) {
      const answer = await ask('POST', `${id}/children`, wrong, child());
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_token']);
      expect(answer.headers.get('www-authenticate')).toContain('resource_metadata=');
    }
  });
});

describe('a child', () => {
  it('is made with a token of its own, which is shown once and stored as a hash', async () => {
    const parent = await give();
    const { status, headers, body } = await ask('POST', `${parent.id}/children`, parent.token, child());
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(body).toEqual({
      grant_id: expect.stringMatching(/^gr_/),
      parent_grant_id: parent.id,
      token: expect.stringMatching(/^vk_/),
      token_type: 'Bearer',
      expires_at: null,
      authorization_details: [
        expect.objectContaining({ models: ['gpt-5-mini'], limits: { total_spend: 1 } }),
      ],
      base_urls: { openai: `${broker.issuer}/openai` },
    });
    const token = String(body.token);
    expect((await ask('GET', 'self', token)).body).toMatchObject({
      grant_id: body.grant_id,
      parent_grant_id: parent.id,
      delegation_depth: 1,
      budget_remaining: 1,
    });
    const rows = await broker.store.db.selectFrom('grants').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(await broker.store.db.selectFrom('journal').selectAll().execute())).not.toContain(
      token,
    );
  });

  it('has children of its own as deep as it was allowed, and no deeper', async () => {
    const parent = await give();
    const first = await make(parent.token, {
      authorization_details: details({ delegation: { max_depth: 1 } }),
    });
    const second = await make(first.token, { name: 'sub-worker' });
    const third = await ask('POST', 'self/children', second.token, child());
    expect([third.status, third.body]).toEqual([
      403,
      {
        error: 'delegation_not_permitted',
        error_description: expect.stringContaining('delegation is not permitted'),
        code: 'delegation_not_permitted',
        violations: [{ member: 'delegation.max_depth', message: expect.any(String) }],
      },
    ]);
    expect(await broker.refusedDelegations(second.id)).toMatchObject([
      { code: 'not_permitted', members: ['delegation.max_depth'], client_id: null, via: 'api' },
    ]);
  });

  it.each<[string, object, string, string | undefined]>([
    ['more money', { limits: { total_spend: 6 } }, 'invalid_authorization_details', 'limits.total_spend'],
    ['another model', { models: ['o3'] }, 'invalid_authorization_details', 'models'],
    ['another provider', { provider: 'google' }, 'invalid_authorization_details', 'provider'],
    ['an end that is past', { expires: '2020-01-01T00:00:00Z' }, 'invalid_authorization_details', 'expires'],
    ['something unknown', { colour: 'red' }, 'invalid_authorization_details', undefined],
  ])('that asks for %s is refused by the member, and nothing is made', async (_, entry, error, member) => {
    const { id, token } = await give();
    const answer = await ask(
      'POST',
      'self/children',
      token,
      child({ authorization_details: details(entry) }),
    );
    expect([answer.status, answer.body.error]).toEqual([400, error]);
    const violations = answer.body.violations as { member: string }[] | undefined;
    expect(violations?.map((each) => each.member)).toEqual(member && [member]);
    expect(await broker.grants.liveChildren(id)).toEqual([]);
    const told = await broker.refusedDelegations(id);
    expect(told.map(({ members }) => members)).toEqual(member ? [[member]] : []);
  });

  it.each<[string, string, number, string]>([
    ['no name', JSON.stringify({ authorization_details: details() }), 400, 'body.name is required'],
    ['a misleading name', JSON.stringify(child({ name: 'a\u202eb' })), 400, 'body.name must be a label'],
    ['an unknown member', JSON.stringify(child({ parent: 'x' })), 400, 'body.parent is not known'],
    ['a key that is none', JSON.stringify(child({ dpop_jkt: 'short' })), 400, 'body.dpop_jkt must be'],
    ['no rights', JSON.stringify({ name: 'a' }), 400, 'body.authorization_details is required'],
    ['no object', '[]', 400, 'body must be an object'],
    ['no JSON', '{', 400, 'JSON'],
    ['too much', `"${'x'.repeat(70_000)}"`, 413, '65536 bytes'],
  ])('is not made from a body with %s', async (_, body, status, says) => {
    const { token } = await give();
    const answer = await send('POST', 'self/children', { authorization: `Bearer ${token}` }, body);
    expect([answer.status, answer.body.error]).toEqual([status, 'invalid_request']);
    expect(answer.body.error_description).toContain(says);
  });

  it('is refused to a token that is replaced while the request is on its way', async () => {
    const parent = await give();
    const text = JSON.stringify(child());
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const body = writable.getWriter();
    const answer = fetch(`${broker.issuer}/grants/self/children`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${parent.token}` },
      body: readable,
      duplex: 'half',
    } as RequestInit);
    await body.write(Buffer.from(text.slice(0, 5)));
    await delay(100);
    expect((await broker.grants.issueKeyToken('own_ada', parent.id)).ok).toBe(true);
    await body.write(Buffer.from(text.slice(5)));
    await body.close();
    expect((await answer).status).toBe(401);
    expect(await broker.grants.liveChildren(parent.id)).toEqual([]);
  });

  it('is refused for another content type, method or address', async () => {
    const { token } = await give();
    const authorization = `Bearer ${token}`;
    const typed = await send('POST', 'self/children', { authorization, 'content-type': 'text/plain' }, '{}');
    expect(typed.status).toBe(415);
    const put = await send('PUT', 'self/children', { authorization });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST']);
    for (const path of ['self/others', 'self/children/x/y', 'gr_other/children'])
      expect((await ask('GET', path, token)).status).toBe(404);
  });
});

describe('a parent', () => {
  it('lists its living children, and ends one with all below it; nothing beside, above or elsewhere', async () => {
    const [parent, stranger] = [await give(), await give()];
    const deeper = { authorization_details: details({ delegation: { max_depth: 1 } }) };
    const [one, beside] = [await make(parent.token, deeper), await make(parent.token, { name: 'beside' })];
    const below = await make(one.token, { name: 'below' });
    const foreign = await make(stranger.token);
    const listed = async () => {
      const { body } = await ask('GET', 'self/children', parent.token);
      return (body.children as { grant_id: string }[]).map(({ grant_id }) => grant_id).toSorted();
    };
    expect(await listed()).toEqual([one.id, beside.id].toSorted());
    expect((await ask('GET', 'self/children', one.token)).body).toEqual({
      children: [{ grant_id: below.id, name: 'below', status: 'active', expires_at: null }],
    });
    for (const id of [foreign.id, stranger.id, parent.id, below.id, 'gr_none', '', '.', '..', '%2e%2e'])
      expect((await ask('DELETE', `self/children/${id}`, parent.token)).status).toBe(404);
    expect((await ask('DELETE', `self/children/${beside.id}`, one.token)).status).toBe(404);
    for (const _ of ['once', 'and again'])
      expect((await ask('DELETE', `${parent.id}/children/${one.id}`, parent.token)).status).toBe(204);
    expect(await listed()).toEqual([beside.id]);
    const living = [parent, beside, stranger, foreign, one, below];
    expect(await Promise.all(living.map(({ token }) => isUsable(token)))).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    const entry = await broker.store.db
      .selectFrom('journal')
      .select('body')
      .where('kind', '=', 'grant.revoked')
      .where('grant_id', '=', below.id)
      .executeTakeFirstOrThrow();
    expect(JSON.parse(entry.body)).toEqual({ by: 'parent', root: one.id });
  });

  it('that ends takes its children with it', async () => {
    const parent = await give();
    const made = await make(parent.token);
    await broker.grants.revoke('own_ada', parent.id, 'owner');
    expect(await isUsable(made.token)).toBe(false);
  });

  it('may be an app with an access token; the child is the app’s', async () => {
    const app = await flow.registerClient(broker);
    const { accessToken, grantId } = await flow.obtainTokens(broker, app);
    const refused = await ask('POST', 'self/children', accessToken, child());
    expect([refused.status, refused.body.error]).toEqual([403, 'delegation_not_permitted']);
    const grant = (await broker.grants.get('own_ada', grantId))!;
    await broker.grants.edit('own_ada', grantId, {
      ...grant.parts[0]!.access,
      delegationMaxDepth: 1,
    });
    const { models, capabilities } = grant.parts[0]!.access;
    const same = {
      models: models ?? ['*'],
      ...(capabilities && { capabilities }),
    };
    const made = await make(accessToken, { authorization_details: details(same) });
    expect(await broker.grants.get('own_ada', made.id)).toMatchObject({
      clientId: app.id,
      parentGrantId: grantId,
    });
  });
});

describe('a child bound to a key', () => {
  const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
  type Pair = ReturnType<typeof pair>;
  const jwkOf = ({ publicKey }: Pair) => publicKey.export({ format: 'jwk' }) as { kty: string };
  const proof = (by: Pair, token: string, method: string, path: string) =>
    new SignJWT({
      htm: method,
      htu: `${broker.issuer}/grants/${path}`,
      ath: hash('sha256', token, 'base64url'),
      jti: randomUUID(),
      iat: Math.floor(Date.now() / 1000),
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: jwkOf(by) })
      .sign(by.privateKey);

  it('can be used with that key alone, and so can its own children', async () => {
    const parent = await give();
    const key = pair();
    const dpop_jkt = await calculateJwkThumbprint(jwkOf(key));
    const body = child({ dpop_jkt, authorization_details: details({ delegation: { max_depth: 1 } }) });
    const made = await ask('POST', 'self/children', parent.token, body);
    expect(made.body.token_type).toBe('DPoP');
    const token = String(made.body.token);
    const show = async (headers: Record<string, string>) => {
      const answer = await send('GET', 'self', headers);
      return [answer.status, answer.body.error];
    };
    const dpop = await proof(key, token, 'GET', 'self');
    const refused = [401, 'invalid_dpop_proof'];
    expect(await show({ authorization: `Bearer ${token}` })).toEqual(refused);
    expect(await show({ authorization: `DPoP ${token}` })).toEqual(refused);
    expect(await show({ authorization: `Bearer ${token}`, dpop })).toEqual(refused);
    expect(
      await show({ authorization: `DPoP ${token}`, dpop: await proof(pair(), token, 'GET', 'self') }),
    ).toEqual(refused);
    expect(await show({ authorization: `DPoP ${token}`, dpop })).toEqual([200, undefined]);
    expect(await show({ authorization: `DPoP ${token}`, dpop })).toEqual(refused);
    expect(await show({ authorization: `DPoP ${parent.token}` })).toEqual(refused);
    const below = await send(
      'POST',
      'self/children',
      { authorization: `DPoP ${token}`, dpop: await proof(key, token, 'POST', 'self/children') },
      JSON.stringify(child()),
    );
    expect(below.body.token_type).toBe('DPoP');
    expect((await ask('GET', 'self', String(below.body.token))).status).toBe(401);
  });
});
