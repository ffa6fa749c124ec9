// The key flow as OpenRouter documents it, step by step: a request by a callback, the page that every app has, a code, a key.

import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { clientOfCallback } from '../../src/oauth/callback-client.ts';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser } from './browser.ts';
import { decide, obtainCode as obtainOtherCode, registerClient, VERIFIER } from './flow.ts';

const CALLBACK = 'https://app.test/done?from=valetkey';
const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');

let broker: TestBroker;
beforeAll(async () => {
  broker = await startBroker();
  await broker.addKey('own_ada', 'openai');
});
afterAll(() => broker.close());
afterEach(() => void vi.useRealTimers());

const request = (overrides: Readonly<Record<string, string | undefined>> = {}): string => {
  const params = {
    callback_url: CALLBACK,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...overrides,
  };
  const sent = Object.entries(params).filter((each): each is [string, string] => each[1] !== undefined);
  return `/auth?${new URLSearchParams(sent)}`;
};

const ask = (overrides?: Readonly<Record<string, string | undefined>>) =>
  new Browser(broker.issuer).open(request(overrides));

const obtainCode = async (overrides?: Readonly<Record<string, string>>): Promise<string> => {
  const browser = new Browser(broker.issuer);
  const landing = await decide(browser, await browser.open(request(overrides)), 'allow');
  const url = new URL(landing.url);
  expect(landing.url).toContain(overrides?.callback_url ?? `${CALLBACK}&code=`);
  return String(url.searchParams.get('code'));
};

const exchange = async (body: unknown, method = 'POST') => {
  const answer = await fetch(`${broker.issuer}/api/v1/auth/keys`, {
    method,
    ...(method === 'POST' && {
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  });
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const { key, ...said } = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, key: key as string, said };
};

/** What the journal and the tables say of the newest grant. */
const newestGrant = () =>
  broker.store.db
    .selectFrom('grants')
    .select(['id', 'client_id', 'name', 'key_token_hash', 'revoked_at'])
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(1)
    .executeTakeFirstOrThrow();

describe('an app that knows the key flow', () => {
  it('gets a key of the grant that its owner gave on the normal page, and nothing else of the owner', async () => {
    const browser = new Browser(broker.issuer);
    const page = await browser.open(request());
    expect(page.status).toBe(200);
    expect(page.text).toContain('<bdi>app.test</bdi>');
    expect(page.text).toContain('Unverified');
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://app.test;");
    const landing = await decide(browser, page, 'allow', { 'p0-usd-month': '2' });
    expect(landing.url.startsWith(`${CALLBACK}&code=`)).toBe(true);
    const code = new URL(landing.url).searchParams.get('code');
    const { status, key, said } = await exchange({ code, code_verifier: verifier });
    expect([status, said]).toEqual([200, { user_id: null }]);
    expect(key).toMatch(/^vk_[0-9A-Za-z]{36}[0-9a-f]{8}$/);
    const live = await broker.grants.liveByKeyToken(key);
    expect(live?.parts.map(({ access }) => [access.provider, access.capabilities])).toEqual([
      ['openai', ['chat']],
    ]);
    expect(live?.grant.clientId).toBe('callback:https://app.test');
    expect(await broker.oauth.clients.find('callback:https://app.test')).toMatchObject({
      origin: 'self_registered',
      metadata: { client_name: 'app.test' },
    });
    expect(broker.errors).toEqual([]);
  });

  it('may name what it wants with scopes', async () => {
    const page = await ask({ scope: 'ai:openai:gpt-5-nano:embeddings' });
    expect(page.text).toContain('gpt-5-nano');
    const refused = await ask({ scope: 'ai:openai::chat' });
    expect([refused.status, refused.url.startsWith(broker.issuer)]).toEqual([400, true]);
  });

  it('may leave its callback as it is in the address, with a query of its own', async () => {
    const written = `/auth?callback_url=${CALLBACK}&code_challenge=${challenge}&code_challenge_method=S256`;
    const browser = new Browser(broker.issuer);
    const landing = await decide(browser, await browser.open(written), 'allow');
    expect(landing.url.startsWith(`${CALLBACK}&code=`)).toBe(true);
  });

  it('comes back to a program on this computer, on the port that it named', async () => {
    const code = await obtainCode({ callback_url: 'http://localhost:51423/done' });
    expect((await exchange({ code, code_verifier: verifier })).status).toBe(200);
    expect((await newestGrant()).client_id).toBe('callback:http://localhost:51423');
  });

  it('has who is not signed in sign in first, and go on from there', async () => {
    const landing = await new Browser(broker.issuer, null).open(request());
    expect(new URL(landing.url).searchParams.get('return_to')).toBe(request());
  });

  it('hears that it was refused, and there is no code', async () => {
    const browser = new Browser(broker.issuer);
    const landing = await decide(browser, await browser.open(request()), 'deny');
    const { searchParams } = new URL(landing.url);
    expect([searchParams.get('error'), searchParams.get('code')]).toEqual(['access_denied', null]);
  });
});

describe('a request of the key flow', () => {
  it.each([
    ['no callback', { callback_url: undefined }],
    ['http in the open', { callback_url: 'http://app.test/done' }],
    ['a scheme of an app', { callback_url: 'com.example.app:/done' }],
    ['a script', { callback_url: 'javascript:alert(1)' }],
    ['credentials in the address', { callback_url: 'https://ada:x@app.test/' }],
    ['a fragment', { callback_url: 'https://app.test/#x' }],
    ['an address that reads two ways', { callback_url: 'https:app.test' }],
    ['no challenge', { code_challenge: undefined }],
    ['a challenge in the clear', { code_challenge_method: 'plain' }],
    ['a challenge that says no method', { code_challenge_method: undefined }],
    ['a challenge of another length', { code_challenge: challenge.slice(1) }],
  ])('leads nowhere with %s', async (_name, overrides) => {
    const page = await ask(overrides);
    expect([page.status, new URL(page.url).origin]).toEqual([400, broker.issuer]);
  });

  it('leads nowhere with a parameter sent twice, or with another method than GET', async () => {
    const twice = `${request()}&callback_url=https://evil.test/`;
    expect((await new Browser(broker.issuer).open(twice)).status).toBe(400);
    expect((await fetch(broker.issuer + request(), { method: 'POST', redirect: 'manual' })).status).toBe(405);
  });

  it.each(['/authorize', '/par', '/device_authorization', '/token'])(
    'is the only place where such an app exists: not at %s',
    async (path) => {
      const params = new URLSearchParams({
        client_id: clientOfCallback(CALLBACK) ?? '',
        response_type: 'code',
        redirect_uri: CALLBACK,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        scope: 'ai:openai:*:chat',
        prompt: 'none',
        grant_type: 'authorization_code',
        code: await obtainCode(),
        code_verifier: verifier,
      });
      const answer = await fetch(`${broker.issuer}${path}${path === '/authorize' ? `?${params}` : ''}`, {
        redirect: 'manual',
        ...(path !== '/authorize' && { method: 'POST', body: params }),
      });
      expect([answer.status >= 400, answer.headers.get('location')]).toEqual([true, null]);
      expect(await answer.text()).toContain('invalid_client');
    },
  );
});

describe('a code of the key flow', () => {
  it('is worth one key, for one of any number of callers; a second use ends the grant', async () => {
    const code = await obtainCode();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => exchange({ code, code_verifier: verifier })),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won.length).toBeLessThanOrEqual(1);
    expect(answers.filter(({ status }) => status === 403).length).toBe(8 - won.length);
    expect((await newestGrant()).revoked_at).not.toBeNull();
  });

  it('is used up by a wrong verifier', async () => {
    const code = await obtainCode();
    const wrong = await exchange({ code, code_verifier: randomBytes(32).toString('base64url') });
    const right = await exchange({ code, code_verifier: verifier });
    expect([wrong.status, right.status]).toEqual([403, 403]);
    expect((await newestGrant()).key_token_hash).toBeNull();
  });

  it('is worth nothing once it is old', async () => {
    const code = await obtainCode();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * 60_000 });
    expect((await exchange({ code, code_verifier: verifier })).status).toBe(403);
    expect((await newestGrant()).key_token_hash).toBeNull();
  });

  it('is worth nothing once the owner revoked, and waits while the owner paused', async () => {
    const [paused, revoked] = [await obtainCode(), await obtainCode()];
    const ended = (await newestGrant()).id;
    const grants = await broker.grants.list('own_ada');
    const other = grants.filter(({ status, id }) => status === 'active' && id !== ended);
    for (const { id } of other) await broker.grants.suspend('own_ada', id);
    await broker.grants.revoke('own_ada', ended, 'owner');
    expect((await exchange({ code: revoked, code_verifier: verifier })).status).toBe(403);
    const held = await exchange({ code: paused, code_verifier: verifier });
    expect([held.status, JSON.stringify(held.said)]).toEqual([
      403,
      expect.stringContaining('nothing was used up'),
    ]);
    for (const { id } of other) await broker.grants.resume('own_ada', id);
    expect((await exchange({ code: paused, code_verifier: verifier })).status).toBe(200);
  });

  it('of another kind of app is no code here', async () => {
    const code = await obtainOtherCode(broker, await registerClient(broker));
    expect((await exchange({ code, code_verifier: VERIFIER })).status).toBe(403);
  });

  it.each([
    ['not JSON', '{', 400],
    ['null', 'null', 400],
    ['a list', '[]', 400],
    ['no verifier', { code: 'x' }, 400],
    ['a short verifier', { code: 'x', code_verifier: 'short' }, 400],
    ['a code that is no text', { code: { $ne: 1 }, code_verifier: verifier }, 400],
    ['another method', { code: 'x', code_verifier: verifier, code_challenge_method: 'plain' }, 400],
    ['an unknown code', { code: 'x', code_verifier: verifier }, 403],
    ['a code that no database stores', { code: 'x\u0000', code_verifier: verifier }, 403],
    ['too much', 'x'.repeat(5000), 413],
  ])('is refused with %s', async (_name, body, status) => {
    const answer = await exchange(body);
    expect([answer.status, answer.said]).toEqual([
      status,
      { error: { code: status, message: expect.any(String) } },
    ]);
  });

  it('is sent with POST', async () => {
    expect((await exchange('', 'GET')).status).toBe(405);
  });
});
