// One-time things: of any number of concurrent uses exactly one wins, every other is told so in OAuth's words and never with a fault.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { REFRESH_GRACE_MS } from '../../src/oauth/adapter.ts';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser, formFields } from './browser.ts';
import * as flow from './flow.ts';

const TIMES = 16;

let broker: TestBroker;
let publicClient: flow.TestClient;
let confidential: flow.TestClient;
beforeAll(async () => {
  broker = await startBroker();
  await broker.addKey('own_ada', 'openai');
  publicClient = await flow.registerClient(broker);
  confidential = await flow.registerClient(broker, { authMethod: 'client_secret_basic' });
});
afterAll(() => broker.close());
afterEach(() => {
  vi.useRealTimers();
  expect(broker.errors).toEqual([]);
});

const many = <Value>(make: () => Promise<Value>): Promise<Value[]> =>
  Promise.all(Array.from({ length: TIMES }, make));

const outcomes = (answers: readonly flow.JsonAnswer[]) =>
  answers.map(({ status, body }) => `${status} ${body.error ?? 'ok'}`).sort();

const statusOf = async (grantId: unknown) => (await broker.grants.live(String(grantId)))?.grant.status;

const oneOkRestRefused = ['200 ok', ...Array.from({ length: TIMES - 1 }, () => '400 invalid_grant')];

describe('one-time artefacts', () => {
  it('A22 a code redeemed 16 times at once succeeds once, and the second use ends the grant', async () => {
    for (let round = 0; round < 5; round++) {
      const code = await flow.obtainCode(broker, publicClient);
      const answers = await many(() => flow.redeem(broker, publicClient, code));
      expect(outcomes(answers)).toEqual(oneOkRestRefused);
      const winner = answers.find(({ status }) => status === 200)!;
      expect(await statusOf(winner.body.grant_id)).toBe('revoked');
      expect((await flow.refresh(broker, publicClient, String(winner.body.refresh_token))).status).toBe(400);
    }
  });

  it('a code redeemed a second time later ends the grant', async () => {
    const code = await flow.obtainCode(broker, confidential);
    const first = await flow.redeem(broker, confidential, code);
    expect(first.status).toBe(200);
    const second = await flow.redeem(broker, confidential, code);
    expect(outcomes([second])).toEqual(['400 invalid_grant']);
    expect(await statusOf(first.body.grant_id)).toBe('revoked');
  });

  it('A23 a refresh token of a public client used 16 times at once succeeds at most once and ends the grant', async () => {
    const { refreshToken, grantId } = await flow.obtainTokens(broker, publicClient);
    const answers = await many(() => flow.refresh(broker, publicClient, refreshToken));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(answers.every(({ status, body }) => status === 200 || body.error === 'invalid_grant')).toBe(true);
    expect(await statusOf(grantId)).toBe('revoked');
  });

  it('a client that proved itself may refresh in parallel: one wins, the grant lives', async () => {
    const { refreshToken, grantId } = await flow.obtainTokens(broker, confidential);
    const answers = await many(() => flow.refresh(broker, confidential, refreshToken));
    expect(outcomes(answers)).toEqual(oneOkRestRefused);
    expect((await flow.refresh(broker, confidential, refreshToken)).status).toBe(400);
    expect(await statusOf(grantId)).toBe('active');
    const winner = answers.find(({ status }) => status === 200)!;
    expect((await flow.refresh(broker, confidential, String(winner.body.refresh_token))).status).toBe(200);
  });

  it('A23 reuse of an old refresh token after the grace ends the grant, for every client', async () => {
    const { refreshToken, accessToken, grantId } = await flow.obtainTokens(broker, confidential);
    expect((await flow.refresh(broker, confidential, refreshToken)).status).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + REFRESH_GRACE_MS + 1000 });
    expect(outcomes([await flow.refresh(broker, confidential, refreshToken)])).toEqual(['400 invalid_grant']);
    expect(await statusOf(grantId)).toBe('revoked');
    const told = await flow.post(broker, '/introspect', confidential, { token: accessToken });
    expect(told.body).toEqual({ active: false });
  });

  it('a pushed request opened in 16 tabs and allowed in all of them at once makes one grant and one code', async () => {
    const before = (await broker.grants.list('own_ada')).length;
    const pushed = await flow.post(
      broker,
      '/par',
      publicClient,
      Object.fromEntries(flow.requestParams(publicClient)),
    );
    expect(pushed.status).toBe(201);
    const query = new URLSearchParams({
      client_id: publicClient.id,
      request_uri: String(pushed.body.request_uri),
    });
    const browsers = await many(async () => {
      const browser = new Browser(broker.issuer);
      return { browser, page: await browser.open(`/authorize?${query}`) };
    });
    const landings = await Promise.all(
      browsers.map(({ browser, page }) => flow.decide(browser, page, 'allow')),
    );
    expect(landings.filter(({ url }) => url.startsWith(`${flow.REDIRECT}?code=`)).length).toBe(1);
    expect(landings.filter(({ status }) => status === 409).length).toBe(TIMES - 1);
    expect((await broker.grants.list('own_ada')).length).toBe(before + 1);
    const again = await new Browser(broker.issuer).open(`/authorize?${query}`);
    expect(again.status === 400 || again.url.includes('error=')).toBe(true);
  });

  it('A35 the same form sent 16 times at once makes one grant', async () => {
    const before = (await broker.grants.list('own_ada')).length;
    const browser = new Browser(broker.issuer);
    const page = await flow.openRequest(browser, publicClient);
    const fields = formFields(page.text);
    fields.set('decision', 'allow');
    const landings = await many(() => browser.submit(page.url, fields));
    expect(landings.filter(({ url }) => url.startsWith(`${flow.REDIRECT}?code=`)).length).toBe(1);
    expect(landings.every(({ status }) => status < 500)).toBe(true);
    expect((await broker.grants.list('own_ada')).length).toBe(before + 1);
  });

  it.each([
    ['another verifier', { code_verifier: 'x'.repeat(43) }],
    ['no verifier', { code_verifier: '' }],
    ['another redirect_uri', { redirect_uri: 'https://app.test/other' }],
  ])('A21 a code tried with %s is refused and burned', async (_name, wrong) => {
    const code = await flow.obtainCode(broker, publicClient);
    expect(outcomes([await flow.redeem(broker, publicClient, code, wrong)])).toEqual(['400 invalid_grant']);
    expect(outcomes([await flow.redeem(broker, publicClient, code)])).toEqual(['400 invalid_grant']);
  });

  it('A21 a code tried by another client is refused and burned', async () => {
    const code = await flow.obtainCode(broker, publicClient);
    expect(outcomes([await flow.redeem(broker, confidential, code)])).toEqual(['400 invalid_grant']);
    expect(outcomes([await flow.redeem(broker, publicClient, code)])).toEqual(['400 invalid_grant']);
  });

  it('keeps no code, token or request id in the database', async () => {
    const code = await flow.obtainCode(broker, confidential);
    const { body } = await flow.redeem(broker, confidential, code);
    const rows = JSON.stringify(await broker.store.db.selectFrom('oauth_artifacts').selectAll().execute());
    for (const secret of [code, body.refresh_token, body.access_token, confidential.secret]) {
      expect(rows).not.toContain(String(secret));
    }
    const clients = JSON.stringify(await broker.store.db.selectFrom('clients').selectAll().execute());
    expect(clients).not.toContain(confidential.secret);
  });
});
