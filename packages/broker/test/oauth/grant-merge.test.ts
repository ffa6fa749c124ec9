// Grant management, `merge`: an app asks for more of the grant it has. The owner decides on the page of every request for more, and the app
// comes back with tokens for the same grant.

import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser } from './browser.ts';
import * as flow from './flow.ts';

let broker: TestBroker;
let app: flow.TestClient;
let config: client.Configuration;
beforeAll(async () => {
  broker = await startBroker();
  await broker.addKey('own_ada', 'openai');
  app = await flow.registerClient(broker, { authMethod: 'client_secret_basic' });
  const options = { execute: [client.allowInsecureRequests], algorithm: 'oauth2' } as const;
  const secret = app.secret!;
  const auth = client.ClientSecretBasic(secret);
  config = await client.discovery(new URL(broker.issuer), app.id, { client_secret: secret }, auth, {
    ...options,
    execute: [...options.execute],
  });
});
afterAll(() => broker.close());
afterEach(() => expect(broker.errors).toEqual([]));

const TEN = [
  { type: 'ai_model_access', provider: 'openai', limits: { daily_spend: 10 }, reason: 'A longer draft' },
];

/** Pushes a request for more and opens it. */
const start = async (grantId: string, details: readonly object[] = TEN, owner = 'ada') => {
  const verifier = client.randomPKCECodeVerifier();
  const url = await client.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: flow.REDIRECT,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    authorization_details: JSON.stringify(details),
    grant_management_action: 'merge',
    grant_id: grantId,
    state: 'st',
  });
  const browser = new Browser(broker.issuer, owner);
  const page = await browser.open(url.href);
  const redeem = (landing: string) =>
    client.authorizationCodeGrant(config, new URL(landing), {
      pkceCodeVerifier: verifier,
      expectedState: 'st',
    });
  return { browser, page, redeem };
};
const grant = async () => (await flow.obtainTokens(broker, app)).grantId;
const limitOf = async (grantId: string) => {
  const { limits } = (await broker.grants.get('own_ada', grantId))!.parts[0]!.access;
  return limits.find(({ unit }) => unit === 'usd')!.amount / 1e9;
};
const paramsAt = (url: string) => {
  const { origin, searchParams } = new URL(url);
  return [origin, searchParams.get('error'), searchParams.get('state')];
};

describe('grant_management_action=merge', () => {
  it('ends with the same grant raised, and tokens for it; those from before hold on', async () => {
    const before = await flow.obtainTokens(broker, app);
    const { browser, page, redeem } = await start(before.grantId);
    expect(page.text).toContain('asks for more: <strong>budget a day from $5.00 to $10.00</strong>');
    expect(page.text).toContain('<q><bdi>A longer draft</bdi></q>');
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://app.test;");
    const landing = await flow.decide(browser, page, 'allow', { 'p0-limits-daily_spend': '8' });
    const tokens = await redeem(landing.url);
    expect(tokens.grant_id).toBe(before.grantId);
    expect(tokens.authorization_details).toMatchObject([
      { models: ['gpt-5-mini', 'gpt-5-nano'], limits: { daily_spend: 8, requests_per_minute: 60 } },
    ]);
    for (const token of [before.accessToken, tokens.access_token])
      expect(await client.tokenIntrospection(config, token)).toMatchObject({ budget_remaining: 8 });
    expect((await flow.refresh(broker, app, before.refreshToken)).status).toBe(200);
    const [request] = await broker.accessRequests.list('own_ada', 'all');
    expect(request).toMatchObject({ via: 'authorization', status: 'allowed', grantId: before.grantId });
  });

  it('that is denied comes back as access_denied, and may be asked again', async () => {
    const grantId = await grant();
    for (let times = 0; times < 2; times += 1) {
      const { browser, page } = await start(grantId);
      const landing = await flow.decide(browser, page, 'deny');
      expect(paramsAt(landing.url)).toEqual(['https://app.test', 'access_denied', 'st']);
    }
    expect(await limitOf(grantId)).toBe(5);
  });

  it('in two tabs is decided once', async () => {
    const grantId = await grant();
    const { browser, page } = await start(grantId);
    const again = await browser.open(page.url);
    expect((await flow.decide(browser, page, 'allow')).url).toContain('code=');
    expect((await flow.decide(browser, again, 'allow')).text).toContain('This request has ended');
    expect(await limitOf(grantId)).toBe(10);
  });

  it('for what the grant has already is answered without a page', async () => {
    const grantId = await grant();
    const { page } = await start(grantId, [{ ...TEN[0], limits: { daily_spend: 5 } }]);
    expect(paramsAt(page.url)).toEqual(['https://app.test', 'access_denied', 'st']);
    expect(await broker.accessRequests.list('own_ada', 'pending')).toEqual([]);
  });

  it('shows another person nothing, and asks nobody', async () => {
    const grantId = await grant();
    const { page } = await start(grantId, TEN, 'bob');
    expect([page.status, page.text.includes('asks for more')]).toEqual([400, false]);
    expect(await broker.accessRequests.list('own_ada', 'pending')).toEqual([]);
  });

  it('is refused for a grant of another client, one that has ended, none, or without details', async () => {
    const other = await flow.registerClient(broker);
    const foreign = (await flow.obtainTokens(broker, other)).grantId;
    const ended = await grant();
    await broker.grants.revoke('own_ada', ended, 'test');
    const push = async (change: Record<string, string | undefined>) => {
      const params = flow.requestParams(app, {
        grant_management_action: 'merge',
        authorization_details: JSON.stringify(TEN),
        ...change,
      });
      const { status, body } = await flow.post(broker, '/par', app, Object.fromEntries(params));
      return [status, body.error, ...(String(body.error_description).match(/replace is not taken/) ?? [])];
    };
    for (const grant_id of [foreign, ended, 'gr_unknown', undefined])
      expect(await push({ grant_id })).toEqual([400, 'invalid_request']);
    const grant_id = await grant();
    expect(await push({ grant_id, authorization_details: undefined })).toEqual([400, 'invalid_request']);
    const replace = await push({ grant_id, grant_management_action: 'replace' });
    expect(replace).toEqual([400, 'invalid_request', 'replace is not taken']);
    expect(await push({ grant_id, grant_management_action: 'query' })).toEqual([400, 'invalid_request']);
    expect(await push({ grant_id, grant_management_action: undefined })).toEqual([400, 'invalid_request']);
    expect(await push({ grant_id, authorization_details: '[{"type":"ai_model_access"}]' })).toEqual([
      400,
      'invalid_authorization_details',
    ]);
  });
});
