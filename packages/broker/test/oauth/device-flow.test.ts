// Apps on devices without a browser (RFC 8628): the owner types a code, sees who asks for what, narrows it; the app fetches its tokens once.

import * as oauth from 'oauth4webapi';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDeviceKey, type DeviceKey } from '../device-key.ts';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser } from './browser.ts';
import * as flow from './flow.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
const INSECURE = { [oauth.allowInsecureRequests]: true };

let broker: TestBroker;
let app: flow.TestClient;
let confidential: flow.TestClient;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  broker = await startBroker();
  await broker.addKey('own_ada', 'openai');
  app = await flow.registerClient(broker, { name: 'Living room' });
  confidential = await flow.registerClient(broker, { authMethod: 'client_secret_basic' });
});
afterAll(() => {
  vi.useRealTimers();
  return broker.close();
});
const wait = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);
afterEach(() => {
  expect(broker.errors).toEqual([]);
  // The next case begins with no code tried.
  wait(2 * 60 * 60);
});

const ask = (change: Record<string, string> = {}, by = app, headers = {}) =>
  flow.post(broker, '/device_authorization', by, { authorization_details: flow.DETAILS, ...change }, headers);
const asked = async (by = app, headers = {}) => {
  const { status, body } = await ask({}, by, headers);
  expect(status).toBe(200);
  return { deviceCode: String(body.device_code), userCode: String(body.user_code) };
};
const poll = (deviceCode: string, by = app, headers = {}) => {
  wait(5);
  return flow.post(broker, '/token', by, { grant_type: GRANT_TYPE, device_code: deviceCode }, headers);
};
const pageOf = async (userCode: string, browser = new Browser(broker.issuer), ownerId = 'own_ada') => {
  const path = await broker.oauth.deviceCodes.pathOf(ownerId, userCode);
  return browser.open(String(path));
};
const decided = async (userCode: string, decision: 'allow' | 'deny' = 'allow', change = {}) => {
  const browser = new Browser(broker.issuer);
  return flow.decide(browser, await pageOf(userCode, browser), decision, change);
};
const errorOf = async (answer: Promise<flow.JsonAnswer>) => (await answer).body.error;

describe('the device flow', () => {
  it('gives a strict client tokens of what the owner left of its request, and gives them once', async () => {
    const issuer = new URL(broker.issuer);
    const discovered = await oauth.discoveryRequest(issuer, { ...INSECURE, algorithm: 'oauth2' });
    const server = await oauth.processDiscoveryResponse(issuer, discovered);
    const self = { client_id: app.id };
    const started = await oauth.processDeviceAuthorizationResponse(
      server,
      self,
      await oauth.deviceAuthorizationRequest(
        server,
        self,
        oauth.None(),
        { authorization_details: flow.DETAILS },
        INSECURE,
      ),
    );
    expect(started).toMatchObject({
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${broker.issuer}/device`,
      verification_uri_complete: `${broker.issuer}/device?user_code=${started.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    const redeem = async () => {
      wait(5);
      const answer = await oauth.deviceCodeGrantRequest(
        server,
        self,
        oauth.None(),
        started.device_code,
        INSECURE,
      );
      return oauth.processDeviceCodeResponse(server, self, answer);
    };
    await expect(redeem()).rejects.toMatchObject({ error: 'authorization_pending' });
    const landing = await decided(started.user_code, 'allow', { 'p0-usd-day': '2' });
    expect(landing.url).toBe(`${broker.issuer}/device?decided=allowed`);

    const tokens = await redeem();
    expect(tokens.authorization_details).toMatchObject([{ limits: { daily_spend: 2 } }]);
    expect(tokens.grant_id).toMatch(/^gr_/);
    expect((await broker.oauth.verifyAccessToken(tokens.access_token)).ok).toBe(true);
    const refreshed = await flow.refresh(broker, app, String(tokens.refresh_token));
    expect(refreshed.body.grant_id).toBe(tokens.grant_id);
    await expect(redeem()).rejects.toMatchObject({ error: 'invalid_grant' });
    expect((await broker.grants.live(String(tokens.grant_id)))?.grant.status).toBe('revoked');
  });

  it('takes scopes of a client that can send nothing else', async () => {
    const { body } = await flow.post(broker, '/device_authorization', app, {
      scope: 'ai:openai:gpt-5-mini:chat',
    });
    await decided(String(body.user_code));
    const { body: tokens } = await poll(String(body.device_code));
    expect(tokens).toMatchObject({ authorization_details: [{ models: ['gpt-5-mini'] }] });
    expect(tokens.id_token).toBeUndefined();
  });

  it('A38 answers exactly one of 16 polls at once with tokens, the others with invalid_grant, and ends nothing', async () => {
    const { deviceCode, userCode } = await asked();
    await decided(userCode);
    const fields = { grant_type: GRANT_TYPE, device_code: deviceCode };
    const polls = Array.from({ length: 16 }, () => flow.post(broker, '/token', app, fields));
    const answers = await Promise.all(polls);
    const [won, ...others] = answers.filter(({ status }) => status === 200);
    expect(others).toEqual([]);
    const lost = answers.filter(({ status }) => status !== 200).map(({ body }) => body.error);
    expect(lost).toEqual(Array.from({ length: 15 }, () => 'invalid_grant'));
    expect((await broker.oauth.verifyAccessToken(String(won!.body.access_token))).ok).toBe(true);
    expect((await flow.refresh(broker, app, String(won!.body.refresh_token))).status).toBe(200);
  });

  it('tells the app that its owner said no', async () => {
    const { deviceCode, userCode } = await asked();
    expect((await decided(userCode, 'deny')).url).toBe(`${broker.issuer}/device?decided=denied`);
    expect(await errorOf(poll(deviceCode))).toBe('access_denied');
    expect(await errorOf(poll(deviceCode))).toBe('invalid_grant');
  });

  it('uses no code up while its owner has stopped the access, and goes on when it is resumed', async () => {
    const { deviceCode, userCode } = await asked();
    await decided(userCode);
    const { id = '' } = (await broker.grants.list('own_ada')).toSorted(
      (a, b) => b.createdAtMs - a.createdAtMs,
    )[0]!;
    await broker.grants.suspend('own_ada', id);
    expect(await errorOf(poll(deviceCode))).toBe('authorization_pending');
    await broker.grants.resume('own_ada', id);
    expect((await poll(deviceCode)).body.grant_id).toBe(id);
  });

  it('ends with the code: expired_token, and nothing to decide on', async () => {
    const { deviceCode, userCode } = await asked();
    wait(601);
    expect(await errorOf(poll(deviceCode))).toBe('expired_token');
    expect(await broker.oauth.deviceCodes.pathOf('own_ada', userCode)).toBeNull();
  });

  it('A38 tells who asks again at once to slow_down', async () => {
    const { deviceCode } = await asked();
    expect(await errorOf(poll(deviceCode))).toBe('authorization_pending');
    const fields = { grant_type: GRANT_TYPE, device_code: deviceCode };
    expect(await errorOf(flow.post(broker, '/token', app, fields))).toBe('slow_down');
  });

  it('is bound to the client that asked, which has to prove itself', async () => {
    const { deviceCode, userCode } = await asked(confidential);
    await decided(userCode);
    expect(await errorOf(poll(deviceCode))).toBe('invalid_grant');
    expect(await errorOf(poll(deviceCode, { ...confidential, secret: 'wrong' }))).toBe('invalid_client');
    expect((await poll(deviceCode, confidential)).status).toBe(200);
  });

  it('that began with a DPoP proof goes on with the same key alone', async () => {
    const [own, stolen] = await Promise.all([createDeviceKey(), createDeviceKey()]);
    const prove = async (key: DeviceKey, path: string) => ({
      DPoP: await key.prove('POST', broker.issuer + path, null),
    });
    const { deviceCode, userCode } = await asked(app, await prove(own, '/device_authorization'));
    await decided(userCode);
    for (const headers of [{}, await prove(stolen, '/token')])
      expect(await errorOf(poll(deviceCode, app, headers))).toBe('invalid_grant');
    const { status, body } = await poll(deviceCode, app, await prove(own, '/token'));
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
  });

  it.each([
    ['nothing that is asked for', { authorization_details: '' }, 'invalid_request'],
    [
      'details that are not known',
      { authorization_details: '[{"type":"x"}]' },
      'invalid_authorization_details',
    ],
    [
      'a member that is not known',
      { authorization_details: JSON.stringify([{ type: 'ai_model_access', provider: 'openai', x: 1 }]) },
      'invalid_authorization_details',
    ],
    ['a wish for more of a grant', { grant_management_action: 'merge', grant_id: 'gr_1' }, 'invalid_request'],
    ['another resource', { resource: 'https://other.test' }, 'invalid_target'],
    ['a request object', { request: 'eyJ' }, 'request_not_supported'],
  ])('refuses a request with %s', async (_name, change, error) => {
    expect(await errorOf(ask(change))).toBe(error);
  });

  it('refuses a client that nobody knows, or that does not prove itself', async () => {
    expect(await errorOf(ask({}, { id: 'app_nobody', secret: null }))).toBe('invalid_client');
    expect(await errorOf(ask({}, { ...confidential, secret: null }))).toBe('invalid_client');
  });
});

describe('A38 the page that an owner comes to with a code', () => {
  it('names the app, what it asks for and the code, and warns of codes that somebody sent', async () => {
    const { userCode } = await asked();
    for (const typed of [userCode, userCode.toLowerCase(), ` ${userCode.replace('-', '')} `]) {
      const page = await pageOf(typed);
      expect(page.status).toBe(200);
      for (const shown of ['Living room', 'Allow up to $5/day', userCode, 'Only go on if you did'])
        expect(page.text).toContain(shown);
      expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    }
  });

  it('is decided once, and the code leads nowhere from then on', async () => {
    const { userCode } = await asked();
    const browser = new Browser(broker.issuer);
    const page = await pageOf(userCode, browser);
    const landings = await Promise.all([1, 2, 3, 4].map(() => flow.decide(browser, page, 'allow')));
    expect(landings.filter(({ url }) => url.endsWith('decided=allowed'))).toHaveLength(1);
    expect((await browser.open(page.url)).status).toBe(400);
    const made = (await broker.grants.list('own_ada')).filter(({ name }) => name === 'Living room');
    expect(made.filter(({ createdAtMs }) => createdAtMs >= Date.now() - 60_000)).toHaveLength(1);
  });

  it('takes no form that is not its own', async () => {
    const { deviceCode, userCode } = await asked();
    const browser = new Browser(broker.issuer);
    const page = await pageOf(userCode, browser);
    const fields = new URLSearchParams({ decision: 'allow' });
    expect((await browser.submit(page.url, fields)).status).toBe(403);
    const foreign = await browser.submit(page.url, fields, { origin: 'https://evil.test' });
    expect(foreign.status).toBe(403);
    expect(await errorOf(poll(deviceCode))).toBe('authorization_pending');
  });

  it('is found with a code alone, not with 30 guesses, right or wrong, and no guess opens another', async () => {
    const { userCode } = await asked();
    for (let guess = 0; guess < 30; guess++)
      expect(await broker.oauth.deviceCodes.pathOf('own_ada', 'BCDF-GHJK')).toBeNull();
    const other = await broker.openOauth();
    expect(await other.deviceCodes.pathOf('own_ada', userCode)).toBe('too_many');
    expect(await other.deviceCodes.pathOf('own_bob', userCode)).toMatch(/^\/consent\/dev_/);
    wait(60 * 60);
    expect(await broker.oauth.deviceCodes.pathOf('own_ada', 'BCDF-GHJK')).toBeNull();
  });

  it('is not guessed by many owners together either', async () => {
    const guesses = Array.from({ length: 210 }, (_, at) => `own_${at}`);
    const answers = await Promise.all(
      guesses.map((ownerId) => broker.oauth.deviceCodes.pathOf(ownerId, 'BCDF-GHJK')),
    );
    expect(answers.filter((answer) => answer === 'too_many')).toHaveLength(10);
  });
});
