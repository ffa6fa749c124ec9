// AIPassport's words, step by step: a program asks, an owner decides on the page and nowhere else, and only who asked fetches the token.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser } from './browser.ts';
import * as flow from './flow.ts';

let broker: TestBroker;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  broker = await startBroker({ openRequests: { waitSeconds: 0 }, isOnlyOwner: async () => true });
  await broker.addKey('own_ada', 'openai');
});
afterAll(() => {
  vi.useRealTimers();
  return broker.close();
});
afterEach(() => {
  expect(broker.errors).toEqual([]);
  vi.setSystemTime(Date.now() + 2 * 60 * 60 * 1000);
});

/** The example of AIPassport's description of its API. */
const REQUEST = {
  appName: 'My AI App',
  appUrl: 'https://myapp.example.com',
  scope: {
    provider: 'openai',
    models: ['gpt-4o', 'gpt-4o-mini'],
    capabilities: ['chat'],
    maxBudgetCents: 500,
    maxRequests: 100,
    rateLimit: 10,
  },
  reason: 'Chat assistant feature',
};

const send = async (path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') => {
  const answer = await fetch(broker.issuer + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'POST' && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  // biome-ignore lint/suspicious/noExplicitAny: the answers have several shapes
  return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as any };
};
const fetchToken = (grantId: unknown) => send('/tokens', { grantId });
const decide = async (userCode: string, decision: 'allow' | 'deny' = 'allow') => {
  const browser = new Browser(broker.issuer);
  const page = await browser.open(String(await broker.oauth.deviceCodes.pathOf('own_ada', userCode)));
  expect(page.text).toContain('Unverified: a program that nobody registered');
  return flow.decide(browser, page, decision);
};

describe('AIPassport’s words', () => {
  it('answer a request in their shapes, and give the one who asked a token once the owner has allowed it', async () => {
    const { status, body } = await send('/grant-requests', REQUEST);
    expect([status, body]).toMatchObject([
      201,
      {
        grantRequest: { id: expect.any(String), ...REQUEST, createdAt: expect.any(String) },
        grant: {
          requestId: body.grantRequest.id,
          appName: 'My AI App',
          scope: REQUEST.scope,
          status: 'pending',
          usageCount: 0,
          version: '1',
        },
      },
    ]);
    expect(await fetchToken(body.grant.id)).toEqual({
      status: 400,
      body: { error: "Grant is 'pending', must be 'approved'" },
    });
    await decide(body.grant.userCode);
    const { status: made, body: token } = await fetchToken(body.grant.id);
    expect([made, token]).toMatchObject([
      201,
      {
        token: expect.stringMatching(/^vk_/),
        grantId: expect.stringMatching(/^gr_/),
        expiresAt: expect.any(String),
      },
    ]);
    const live = await broker.grants.liveByKeyToken(token.token);
    expect(live?.parts[0]?.access.limits.map(({ unit, per, amount }) => `${unit} ${per} ${amount}`)).toEqual([
      'usd total 5000000000',
      'requests total 100',
      'requests minute 10',
    ]);
    const bearer = { authorization: `Bearer ${token.token}` };
    expect((await send(`/grants/${token.grantId}`, null, bearer, 'GET')).body.status).toBe('active');
    expect((await send(`/grants/${token.grantId}/revoke`, {}, bearer)).status).toBe(204);
    expect((await broker.grants.get('own_ada', token.grantId))?.status).toBe('revoked');
  });

  it('let nobody approve, deny, list or look at anything without the owner or the token', async () => {
    const { body } = await send('/grant-requests', REQUEST);
    for (const id of [body.grant.id, body.grant.requestId])
      for (const [path, method] of [
        [`/grants/${id}/approve`, 'POST'],
        [`/grants/${id}/deny`, 'POST'],
        [`/grants/${id}/revoke`, 'POST'],
        [`/grants/${id}`, 'GET'],
      ] as const)
        expect((await send(path, {}, {}, method)).status).toBeGreaterThanOrEqual(401);
    expect((await fetchToken(body.grant.requestId)).status).toBe(404);
    expect((await fetchToken(body.grant.id)).body.error).toContain("'pending'");
  });

  it('say that the owner denied it, and give one of 16 calls at once the token', async () => {
    const { body: denied } = await send('/grant-requests', REQUEST);
    await decide(denied.grant.userCode, 'deny');
    expect((await fetchToken(denied.grant.id)).body.error).toBe("Grant is 'denied', must be 'approved'");
    const { body } = await send('/grant-requests', REQUEST);
    await decide(body.grant.userCode);
    const answers = await Promise.all(Array.from({ length: 16 }, () => fetchToken(body.grant.id)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(15);
  });

  it.each<[string, unknown, number, Record<string, string>?]>([
    ['an unknown member', { ...REQUEST, approved: true }, 400],
    ['no reason', { ...REQUEST, reason: '' }, 400],
    ['an address that is none', { ...REQUEST, appUrl: 'javascript:alert(1)' }, 400],
    ['half a cent', { ...REQUEST, scope: { ...REQUEST.scope, maxBudgetCents: 0.5 } }, 400],
    ['a negative limit', { ...REQUEST, scope: { ...REQUEST.scope, maxRequests: -1 } }, 400],
    ['a capability that is none', { ...REQUEST, scope: { ...REQUEST.scope, capabilities: ['admin'] } }, 400],
    ['a page', REQUEST, 403, { origin: 'https://evil.test' }],
    ['a form', REQUEST, 415, { 'content-type': 'text/plain' }],
  ])('refuse %s', async (_name, body, status, headers) => {
    expect((await send('/grant-requests', body, headers)).status).toBe(status);
  });

  it('let eight requests of a network wait, together with those of other formats', async () => {
    const statuses: number[] = [];
    for (let at = 0; at < 9; at += 1) statuses.push((await send('/grant-requests', REQUEST)).status);
    expect(statuses).toEqual([...Array.from({ length: 8 }, () => 201), 429]);
  });
});
