// Codes, refresh tokens and introspection while a grant is paused, stopped or has ended: refused for as long as that lasts, not used up by
// asking, and dead for good where the grant is. Raced, sixteen at once: no token that works comes out of a dead grant.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser } from './browser.ts';
import * as flow from './flow.ts';

const ROUNDS = Number(process.env.REVOCATION_ROUNDS ?? 2);
const OWNER = 'own_ada';

let broker: TestBroker;
let app: flow.TestClient;
beforeAll(async () => {
  broker = await startBroker();
  await broker.addKey(OWNER, 'openai');
  app = await flow.registerClient(broker, { authMethod: 'client_secret_basic' });
});
afterAll(() => broker.close());

const refreshOf = (token: string) => flow.refresh(broker, app, token);
const isActive = async (token: string) =>
  (await flow.post(broker, '/introspect', app, { token })).body.active;

type Hold = (grantId: string) => Promise<() => Promise<unknown>>;
const stopping =
  (
    what: Parameters<TestBroker['grants']['stop']>[1] | (() => Parameters<TestBroker['grants']['stop']>[1]),
  ): Hold =>
  async () => {
    const stopped = await broker.grants.stop(OWNER, typeof what === 'function' ? what() : what);
    if (!stopped.ok) throw new Error(stopped.error.detail);
    return () => broker.grants.resumeStopped(OWNER, stopped.value.stop.id);
  };

const HOLDS: readonly [string, Hold][] = [
  [
    'paused',
    async (id) => {
      await broker.grants.suspend(OWNER, id);
      return () => broker.grants.resume(OWNER, id);
    },
  ],
  ['stopped with everything', stopping({ scope: 'everything' })],
  ['stopped with its app', stopping(() => ({ scope: 'app', clientId: app.id }))],
];
const STOPPED = {
  error: 'invalid_grant',
  error_description: expect.stringContaining('the owner has stopped this access for now'),
};

describe('a grant', () => {
  it.each(HOLDS)(
    'that is %s gives no tokens, and its refresh token works again when it is resumed',
    async (_, hold) => {
      const { accessToken, refreshToken, grantId } = await flow.obtainTokens(broker, app);
      const resume = await hold(grantId);
      expect(await isActive(accessToken)).toBe(false);
      const refused = await refreshOf(refreshToken);
      expect([refused.status, refused.body]).toEqual([400, STOPPED]);
      await resume();
      expect(await isActive(accessToken)).toBe(true);
      expect((await refreshOf(refreshToken)).status).toBe(200);
    },
  );

  it.each(HOLDS)('that is %s is redeemed with the same code when it is resumed, once', async (_, hold) => {
    const code = await flow.obtainCode(broker, app);
    const [made] = await broker.grants.list(OWNER);
    const resume = await hold(made!.id);
    const refused = await flow.redeem(broker, app, code);
    expect([refused.status, refused.body]).toEqual([400, STOPPED]);
    await resume();
    expect((await flow.redeem(broker, app, code)).status).toBe(200);
    expect((await flow.redeem(broker, app, code)).status).toBe(400);
  });

  it('whose code another client tries while it is stopped is not redeemed any more', async () => {
    const code = await flow.obtainCode(broker, app);
    const resume = await stopping({ scope: 'everything' })('');
    const thief = await flow.registerClient(broker, { authMethod: 'client_secret_basic' });
    expect((await flow.redeem(broker, thief, code)).body.error_description).not.toContain('stopped');
    await resume();
    expect((await flow.redeem(broker, app, code)).status).toBe(400);
  });

  it('that is stopped is not replaced by one that can not be made: it comes back when it is resumed', async () => {
    const { grantId } = await flow.obtainTokens(broker, app);
    const resume = await stopping({ scope: 'app', clientId: app.id })(grantId);
    const browser = new Browser(broker.issuer);
    const page = await flow.openRequest(browser, app);
    const refused = await flow.decide(browser, page, 'allow', { replace: 'on' });
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('This app is stopped')]);
    await resume();
    expect(await broker.grants.get(OWNER, grantId)).toMatchObject({ status: 'active' });
  });

  it('that is revoked has no token left', async () => {
    const { accessToken, refreshToken, grantId } = await flow.obtainTokens(broker, app);
    await broker.grants.revoke(OWNER, grantId, 'owner');
    expect(await isActive(accessToken)).toBe(false);
    expect((await refreshOf(refreshToken)).status).toBe(400);
  });

  it(`that is revoked while its token is refreshed and its code redeemed lives on in none: ${ROUNDS} rounds of 16`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { refreshToken, grantId } = await flow.obtainTokens(broker, app);
      const answers = await Promise.all(
        Array.from({ length: 16 }, async (_, place) => {
          if (place === round % 16) await broker.grants.revoke(OWNER, grantId, 'owner');
          return refreshOf(refreshToken);
        }),
      );
      expect(await broker.grants.get(OWNER, grantId)).toMatchObject({ status: 'revoked' });
      for (const { body } of answers) {
        if (typeof body.access_token !== 'string') continue;
        expect(await isActive(body.access_token)).toBe(false);
        expect((await refreshOf(String(body.refresh_token))).status).toBe(400);
      }
    }
  });

  it(`that is revoked while its code is redeemed gives no token that works: ${ROUNDS} rounds of 16`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const code = await flow.obtainCode(broker, app);
      const [made] = await broker.grants.list(OWNER);
      const answers = await Promise.all(
        Array.from({ length: 16 }, async (_, place) => {
          if (place === round % 16) await broker.grants.revoke(OWNER, made!.id, 'owner');
          return flow.redeem(broker, app, code);
        }),
      );
      expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
      for (const { body } of answers) {
        if (typeof body.access_token !== 'string') continue;
        expect(await isActive(body.access_token)).toBe(false);
        expect((await refreshOf(String(body.refresh_token))).status).toBe(400);
      }
      expect(await broker.grants.get(OWNER, made!.id)).toMatchObject({ status: 'revoked' });
    }
  });
});
