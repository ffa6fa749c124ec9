// The package against the running broker: a program looks at its grant, delegates it, calls with an official SDK, ends what it made; and
// what its token is never sent to.

import { freePort } from '@valetkey/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authorizeApp } from '../../broker/test/house/authorize-app.ts';
import { chat, HELLO, openaiAt } from '../../broker/test/house/openai-at.ts';
import { type House, startHouse } from '../../broker/test/house/start-house.ts';
import {
  type Access,
  childDetails,
  createSigningKey,
  exchangeToken,
  explainError,
  signAssertion,
  ValetkeyError,
  valetkey,
} from '../src/index.ts';

const RIGHTS = { type: 'ai_model_access', provider: 'openai', models: ['gpt-4o*'] };
let house: House;
let access: Access;
let parentId: string;
let token: string;

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );

beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.close());
beforeEach(async () => {
  const grant = await house.grant({ ...RIGHTS, limits: { total_spend: 1 }, delegation: { max_depth: 2 } });
  ({ id: parentId, token } = grant);
  access = valetkey({ baseUrl: house.url, token });
});

describe('a program', () => {
  it('sees what it may do and what is left, in exact decimals', async () => {
    expect(await access.whoami()).toMatchObject({
      grantId: parentId,
      parentGrantId: null,
      depth: 0,
      status: 'active',
      access: [{ provider: 'openai', models: ['gpt-4o*'], limits: { total_spend: 1 } }],
      baseUrls: { openai: `${house.url}/openai/v1` },
    });
    await chat(openaiAt(token, `${house.url}/openai/v1`));
    const spent = async () => (await access.budget())?.usedUsd;
    await expect.poll(spent).toMatch(/^0\.0000\d+$/);
    const budget = await access.budget();
    expect(Number(budget?.usedUsd) + Number(budget?.remainingUsd)).toBeCloseTo(1, 9);
  });

  it('delegates a part in a few words, and the child calls with an official SDK', async () => {
    const child = await access.delegate({
      name: 'worker',
      models: ['gpt-4o-mini'],
      limit: '0.25',
      expiresIn: '15m',
    });
    expect(child).toMatchObject({
      parentGrantId: parentId,
      name: 'worker',
      tokenType: 'Bearer',
      access: [{ models: ['gpt-4o-mini'], limits: { total_spend: 0.25 } }],
    });
    const minutes = ((child.expiresAt?.getTime() ?? 0) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(14);
    expect(minutes).toBeLessThanOrEqual(15);
    const openai = openaiAt(child.token, child.baseUrls.openai);
    expect(await chat(openai)).toContain('simulated');
    expect(await access.children()).toEqual([
      { grantId: child.grantId, name: 'worker', status: 'active', expiresAt: child.expiresAt },
    ]);
    await child.revoke();
    await child.revoke();
    const refused = explainError(await thrownBy(chat(openai)));
    expect(refused).toMatchObject({ code: 'token_revoked', status: 401 });
    expect(refused?.advice).toContain('Stop using the token');
    expect(await access.children()).toEqual([]);
  });

  it('sees what is left of the money that it shares, whoever of the family spent it', async () => {
    const child = await access.delegate({ name: 'worker', depth: 1 });
    const own = valetkey({ baseUrl: house.url, token: child.token });
    const sibling = await access.delegate({ name: 'sibling' });
    await chat(openaiAt(sibling.token, sibling.baseUrls.openai));
    const left = async (of: Access) => Number((await of.budget())?.remainingUsd);
    await expect.poll(() => left(access)).toBeLessThan(1);
    // Between two looks a hold may become what the call cost.
    await expect.poll(async () => (await left(own)) === (await left(access))).toBe(true);
    const small = await own.delegate({ name: 'sub', limit: '0.01' });
    const below = valetkey({ baseUrl: house.url, token: small.token });
    expect((await below.budget())?.remainingUsd).toBe('0.01');
  });

  it('has no child left when the block is over', async () => {
    {
      await using child = await access.delegate({ name: 'short' });
      expect(await access.children()).toMatchObject([{ grantId: child.grantId }]);
    }
    expect(await access.children()).toEqual([]);
  });

  it('ends its own grant, and all below it', async () => {
    const child = await access.delegate({ name: 'worker', depth: 1 });
    const below = await valetkey({ baseUrl: house.url, token: child.token }).delegate({ name: 'sub' });
    await access.revoke();
    for (const each of [token, child.token, below.token])
      expect(await thrownBy(valetkey({ baseUrl: house.url, token: each }).whoami())).toMatchObject({
        code: 'invalid_token',
        status: 401,
      });
  });
});

describe('more', () => {
  it('is asked of the owner, who may give less; it can be taken back', async () => {
    const request = await access.requestMore({ limit: 5, message: 'A longer report' });
    expect(request).toMatchObject({ status: 'pending', url: expect.stringContaining(request.requestId) });
    const { body: shown } = await house.api('GET', `/requests/${request.requestId}`);
    expect(shown).toMatchObject({ grant_id: parentId, message: 'A longer report' });
    const less = {
      authorization_details: [{ type: RIGHTS.type, provider: 'openai', limits: { total_spend: 2 } }],
    };
    expect((await house.api('POST', `/requests/${request.requestId}/allow`, less)).status).toBe(200);
    expect(await request.wait()).toMatchObject({
      status: 'allowed',
      access: [{ limits: { total_spend: 2 } }],
    });
    expect((await access.budget())?.remainingUsd).toBe('2');
    const other = await access.requestMore({ limit: 9 });
    await other.withdraw();
    expect(await other.look()).toMatchObject({ status: 'withdrawn', access: null });
    await other.withdraw();
    expect(await thrownBy(request.withdraw())).toMatchObject({ code: 'not_pending' });
    expect(await thrownBy(access.requestMore({ limit: 1 }))).toMatchObject({ status: 400 });
  });
});

describe('a refusal', () => {
  it('names every member that goes too far, and what to do', async () => {
    const asked = access.delegate({ name: 'worker', models: ['o1'], limit: 2 });
    const thrown = (await thrownBy(asked)) as ValetkeyError;
    expect(thrown).toBeInstanceOf(ValetkeyError);
    expect(thrown).toMatchObject({ code: 'invalid_authorization_details', status: 400 });
    expect(thrown.violations.map(({ member }) => member)).toEqual(['models', 'limits.total_spend']);
    expect(thrown.advice).toContain('Ask for less');
    expect(`${thrown.stack}${JSON.stringify(thrown)}`).not.toContain('vk_');
  });

  it.each([
    ['too deep', { name: 'worker', depth: 3 }, 403, 'delegation_not_permitted'],
    ['without a name that can be shown', { name: '\u202e' }, 400, 'invalid_request'],
    ['with an amount that is none', { name: 'worker', limit: '1e-3' }, 400, 'invalid_authorization_details'],
  ])('of a child %s has its code', async (_, child, status, code) => {
    expect(await thrownBy(access.delegate(child))).toMatchObject({ status, code });
  });

  it('of a child of somebody else is not told from one of none', async () => {
    const other = await house.grant({ ...RIGHTS, limits: { total_spend: 1 }, delegation: { max_depth: 1 } });
    const theirs = await valetkey({ baseUrl: house.url, token: other.token }).delegate({ name: 'theirs' });
    for (const id of [theirs.grantId, 'grant_none', '..', '.', '', '../x'])
      expect(await thrownBy(access.revokeChild(id))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await chat(openaiAt(theirs.token, theirs.baseUrls.openai))).toContain('simulated');
  });
});

describe('a token that is bound to a key', () => {
  it('works through fetch, whatever SDK uses it, and not without the key', async () => {
    const dpopKey = await createSigningKey();
    const child = await access.delegate({ name: 'bound', depth: 1, boundTo: dpopKey.thumbprint });
    expect(child.tokenType).toBe('DPoP');
    const own = valetkey({ baseUrl: house.url, token: child.token, dpopKey });
    const openai = openaiAt('never sent', child.baseUrls.openai, own.fetch);
    for (const _ of [1, 2]) expect(await chat(openai)).toContain('simulated');
    const streamed = await openai.chat.completions.create({ ...HELLO, stream: true });
    let text = '';
    for await (const chunk of streamed) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toContain('simulated');
    expect((await own.whoami()).grantId).toBe(child.grantId);
    expect((await own.delegate({ name: 'below' })).tokenType).toBe('DPoP');
    const stolen = [
      thrownBy(chat(openaiAt(child.token, child.baseUrls.openai))),
      thrownBy(valetkey({ baseUrl: house.url, token: child.token }).whoami()),
      thrownBy(
        valetkey({ baseUrl: house.url, token: child.token, dpopKey: await createSigningKey() }).whoami(),
      ),
    ];
    for (const thrown of await Promise.all(stolen))
      expect(explainError(thrown)).toMatchObject({ code: 'invalid_dpop_proof' });
  });
});

describe('an OAuth client', () => {
  it('exchanges its access token for a child’s, which may be bound to the child’s own key', async () => {
    const app = await authorizeApp(
      house,
      [{ ...RIGHTS, limits: { total_spend: 1 }, delegation: { max_depth: 1 } }],
      {
        'p0-delegate': 'on',
      },
    );
    const own = valetkey({ baseUrl: house.url, token: async () => app.accessToken });
    const details = childDetails({ limit: '0.1' }, (await own.whoami()).access, Date.now());
    const dpopKey = await createSigningKey();
    const made = await exchangeToken({
      baseUrl: house.url,
      clientId: app.clientId,
      subjectToken: app.accessToken,
      actor: { named: 'scout' },
      details,
      boundTo: dpopKey.thumbprint,
    });
    expect(made).toMatchObject({ tokenType: 'DPoP', access: [{ limits: { total_spend: 0.1 } }] });
    const child = valetkey({ baseUrl: house.url, token: made.token, dpopKey });
    expect(await child.whoami()).toMatchObject({
      grantId: made.grantId,
      parentGrantId: app.grantId,
      depth: 1,
    });
    const again = { baseUrl: house.url, clientId: app.clientId, subjectToken: made.token, details };
    expect(await thrownBy(exchangeToken({ ...again, dpopKey, actor: { named: 'deeper' } }))).toMatchObject({
      code: 'invalid_request',
    });
  });
});

describe('an agent of another developer', () => {
  it('proves who it is with its registered key, gets a token that only it can use, and hands on a part of that', async () => {
    const baseUrl = house.url;
    const key = await createSigningKey();
    const registered = await house.api('POST', '/clients', {
      name: 'Scout',
      redirect_uris: ['https://scout.test/done'],
      type: 'confidential',
      jwks: { keys: [{ ...key.publicJwk, kid: 'one' }] },
    });
    const clientId: string = registered.body.id;
    const prove = () => signAssertion({ clientId, baseUrl, key, kid: 'one' });
    const planner = await authorizeApp(
      house,
      [{ ...RIGHTS, limits: { total_spend: 1 }, delegation: { max_depth: 2 } }],
      { 'p0-delegate': 'on', 'p0-depth': '2' },
    );
    const { access: parent } = await valetkey({ baseUrl, token: planner.accessToken }).whoami();
    const dpopKey = await createSigningKey();
    const own = { baseUrl, clientId, dpopKey };
    const made = await exchangeToken({
      baseUrl,
      clientId: planner.clientId,
      subjectToken: planner.accessToken,
      actor: { assertion: await prove() },
      details: childDetails({ limit: '0.3', depth: 1 }, parent, Date.now()),
      boundTo: dpopKey.thumbprint,
    });
    const shown = (await house.api('GET', `/grants/${made.grantId}`)).body;
    expect(shown).toMatchObject({ name: 'Scout', actor: clientId });
    const details = childDetails({}, made.access, Date.now());
    const below = { subjectToken: made.token, details, actor: { named: 'helper' } };
    const helper = await exchangeToken({ ...own, ...below, clientAuth: { assertion: await prove() } });
    expect(await valetkey({ baseUrl, token: helper.token, dpopKey }).whoami()).toMatchObject({ depth: 2 });
    const unproven = [
      exchangeToken({ ...own, ...below }),
      exchangeToken({ ...own, ...below, clientAuth: { secret: 'guess' } }),
      signAssertion({ clientId, baseUrl, key: dpopKey, kid: 'one' }).then((assertion) =>
        exchangeToken({ ...own, ...below, clientAuth: { assertion } }),
      ),
    ];
    for (const thrown of await Promise.all(unproven.map(thrownBy)))
      expect(thrown).toMatchObject({ code: 'invalid_client', status: 401 });
  });
});

describe('a token', () => {
  const never: typeof fetch = () => Promise.reject(new Error('MUST NOT be called'));

  it.each([
    ['http://broker.example'],
    ['https://broker.example/openai/v1'],
    ['ftp://broker.example'],
    ['broker.example'],
    ['https://me@broker.example'],
  ])('is not taken for the address %s', (baseUrl) => {
    expect(() => valetkey({ baseUrl, token: 'vk_x', fetch: never })).toThrow('baseUrl must');
  });

  it('goes to no other origin, and follows no redirect', async () => {
    const bound = valetkey({ baseUrl: 'https://broker.example', token: 'vk_x', fetch: never });
    for (const url of ['https://elsewhere.example/', 'https://broker.example.evil.example/'])
      await expect(bound.fetch(url)).rejects.toThrow('goes nowhere else');
    const seen: (string | undefined)[] = [];
    const moved = valetkey({
      baseUrl: 'https://broker.example',
      token: 'vk_x',
      fetch: async (_input, init) => {
        seen.push(init?.redirect);
        return new Response(null, { status: 302, headers: { location: 'https://elsewhere.example' } });
      },
    });
    await expect(moved.whoami()).rejects.toMatchObject({ code: 'not_a_broker', status: 302 });
    expect(seen).toEqual(['manual']);
  });

  it('and an address have to be there, in the options or the environment', async () => {
    expect(() => valetkey({ baseUrl: house.url })).toThrow('VALETKEY_TOKEN');
    expect(() => valetkey({ token })).toThrow('VALETKEY_URL');
    process.env.VALETKEY_URL = house.url;
    process.env.VALETKEY_TOKEN = token;
    try {
      expect((await valetkey().whoami()).grantId).toBe(parentId);
    } finally {
      delete process.env.VALETKEY_URL;
      delete process.env.VALETKEY_TOKEN;
    }
  });

  it('whose broker does not answer says so', async () => {
    const baseUrl = `http://127.0.0.1:${await freePort()}`;
    const nobody = valetkey({ baseUrl, token: 'vk_x' });
    const thrown = (await thrownBy(nobody.budget())) as ValetkeyError;
    expect(thrown).toMatchObject({ code: 'no_answer', status: 0 });
    expect(thrown.message).toContain(`${baseUrl} (ECONNREFUSED)`);
  });
});
