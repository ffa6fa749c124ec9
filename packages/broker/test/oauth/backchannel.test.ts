// OpenID CIBA in poll mode: a client asks for more of its grant without a browser, its owner decides where every request for more is decided, and
// the client gets tokens for the same grant, once. It is never told who the owner is.

import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemAmbient } from '../../src/clock.ts';
import { startBroker, type TestBroker } from './broker.ts';
import * as flow from './flow.ts';

const GRANT_TYPE = 'urn:openid:params:grant-type:ciba';
const TEN = JSON.stringify([{ type: 'ai_model_access', provider: 'openai', limits: { daily_spend: 10 } }]);

let aheadMs = 0;
let broker: TestBroker;
let app: flow.TestClient;
let config: client.Configuration;
beforeAll(async () => {
  const ambient = { now: () => Date.now() + aheadMs, randomBytes: systemAmbient.randomBytes };
  broker = await startBroker({ ambient });
  await broker.addKey('own_ada', 'openai');
  app = await flow.registerClient(broker, { authMethod: 'client_secret_basic' });
  config = await client.discovery(
    new URL(broker.issuer),
    app.id,
    { client_secret: app.secret! },
    client.ClientSecretBasic(app.secret!),
    { execute: [client.allowInsecureRequests], algorithm: 'oauth2' },
  );
});
afterAll(() => broker.close());
afterEach(() => expect(broker.errors).toEqual([]));

const ask = (grantId: string, change: Record<string, string> = {}, by = app) =>
  flow.post(broker, '/backchannel', by, {
    scope: 'openid',
    login_hint: grantId,
    authorization_details: TEN,
    ...change,
  });
const asked = async (grantId: string) => {
  const { status, body } = await ask(grantId, { binding_message: 'For the last chapter' });
  expect([status, body]).toEqual([200, { auth_req_id: expect.any(String), expires_in: 86_400, interval: 5 }]);
  const [request] = await broker.accessRequests.list('own_ada', 'pending');
  expect(request).toMatchObject({ grantId, via: 'backchannel', message: 'For the last chapter' });
  return { authReqId: String(body.auth_req_id), requestId: request!.id };
};
const poll = async (authReqId: string, by = app) => {
  aheadMs += 5000;
  return flow.post(broker, '/token', by, { grant_type: GRANT_TYPE, auth_req_id: authReqId });
};
const grant = async (by = app) => (await flow.obtainTokens(broker, by)).grantId;

describe('the backchannel endpoint', () => {
  it('yields tokens of the same grant once its owner has allowed it, and once only', async () => {
    const grantId = await grant();
    const { authReqId, requestId } = await asked(grantId);
    expect((await poll(authReqId)).body.error).toBe('authorization_pending');
    await broker.accessRequests.decide('own_ada', requestId, { kind: 'allow' });
    const { status, body } = await poll(authReqId);
    expect([status, body.grant_id, body.id_token]).toEqual([200, grantId, undefined]);
    expect(body.authorization_details).toMatchObject([{ limits: { daily_spend: 10 } }]);
    expect(JSON.stringify(body)).not.toContain('own_ada');
    const told = await client.tokenIntrospection(config, String(body.access_token));
    expect(told).toMatchObject({ active: true, grant_id: grantId, budget_remaining: 10 });
    expect((await flow.refresh(broker, app, String(body.refresh_token))).body.grant_id).toBe(grantId);
  });

  it('keeps the words of a request in one place, where they can be erased', async () => {
    const grantId = await grant();
    const reason = 'For the very last chapter';
    const details = JSON.stringify([{ ...JSON.parse(TEN)[0], reason }]);
    await ask(grantId, { binding_message: reason, authorization_details: details });
    await ask(grantId, { binding_message: reason, authorization_details: TEN, login_hint: grantId });
    const { db } = broker.store;
    const stored = await db.selectFrom('oauth_artifacts').select('payload').execute();
    expect(JSON.stringify(stored)).not.toContain('very last');
    const requests = db.selectFrom('access_requests').selectAll().where('grant_id', '=', grantId);
    expect(JSON.stringify(await requests.execute())).toContain('very last');
  });

  it('yields tokens to one of sixteen polls', async () => {
    const grantId = await grant();
    const { authReqId, requestId } = await asked(grantId);
    await broker.accessRequests.decide('own_ada', requestId, { kind: 'allow' });
    const polls = await Promise.all(Array.from({ length: 16 }, () => poll(authReqId)));
    expect(polls.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { body } of polls.filter(({ status }) => status !== 200))
      expect(body.error).toBe('invalid_grant');
  });

  it('works with the poll of openid-client', async () => {
    const grantId = await grant();
    const started = await client.initiateBackchannelAuthentication(config, {
      scope: 'openid',
      login_hint: grantId,
      authorization_details: TEN,
    });
    const [request] = await broker.accessRequests.list('own_ada', 'pending');
    await broker.accessRequests.decide('own_ada', request!.id, { kind: 'allow' });
    const tokens = await client.pollBackchannelAuthenticationGrant(config, { ...started, interval: 1 });
    expect(tokens.grant_id).toBe(grantId);
  });

  it('tells who polls too fast to slow down', async () => {
    const { authReqId } = await asked(await grant());
    await poll(authReqId);
    aheadMs -= 5000;
    expect(await poll(authReqId)).toMatchObject({ status: 400, body: { error: 'slow_down' } });
    expect((await poll(authReqId)).body.error).toBe('authorization_pending');
  });

  it('that is denied, withdrawn or expired ends with access_denied or expired_token', async () => {
    const [denied, withdrawn] = [await grant(), await grant()];
    const no = await asked(denied);
    await broker.accessRequests.decide('own_ada', no.requestId, { kind: 'deny' });
    expect((await poll(no.authReqId)).body.error).toBe('access_denied');
    const back = await asked(withdrawn);
    await broker.accessRequests.withdraw(withdrawn, back.requestId);
    expect((await poll(back.authReqId)).body.error).toBe('access_denied');
    const late = await asked(await grant());
    aheadMs += 24 * 60 * 60 * 1000;
    expect((await poll(late.authReqId)).body.error).toBe('expired_token');
  });

  it('that is allowed stays pending while access is stopped, and yields tokens once it is resumed', async () => {
    const grantId = await grant();
    const { authReqId, requestId } = await asked(grantId);
    await broker.accessRequests.decide('own_ada', requestId, { kind: 'allow' });
    const stopped = await broker.grants.stop('own_ada', { scope: 'app', clientId: app.id });
    if (!stopped.ok) throw new Error(stopped.error.detail);
    for (let polls = 0; polls < 2; polls += 1)
      expect((await poll(authReqId)).body).toEqual({
        error: 'authorization_pending',
        error_description: expect.stringContaining('the owner has stopped this access for now'),
      });
    await broker.grants.resumeStopped('own_ada', stopped.value.stop.id);
    expect([(await poll(authReqId)).status, (await poll(authReqId)).status]).toEqual([200, 400]);
  });

  it('gives nothing for a grant that was revoked after it was allowed', async () => {
    const grantId = await grant();
    const { authReqId, requestId } = await asked(grantId);
    await broker.accessRequests.decide('own_ada', requestId, { kind: 'allow' });
    await broker.grants.revoke('own_ada', grantId, 'test');
    expect((await poll(authReqId)).body.error).toBe('invalid_grant');
  });

  it('is refused for a grant of another client, one that ended, a public client, and what cannot be asked', async () => {
    const open = await flow.registerClient(broker);
    const [foreign, own, ended] = [await grant(open), await grant(), await grant()];
    await broker.grants.revoke('own_ada', ended, 'test');
    const errorOf = async (answer: ReturnType<typeof ask>) => {
      const { status, body } = await answer;
      return [status, body.error];
    };
    for (const id of [foreign, ended, 'gr_unknown', 'own_ada'])
      expect(await errorOf(ask(id))).toEqual([400, 'unknown_user_id']);
    expect(await errorOf(ask(foreign, {}, open))).toEqual([400, 'unauthorized_client']);
    expect(await errorOf(ask(own, { grant_id: foreign }))).toEqual([400, 'invalid_request']);
    expect(await errorOf(ask(own, { binding_message: 'a\nb' }))).toEqual([400, 'invalid_binding_message']);
    const none = JSON.stringify([
      { type: 'ai_model_access', provider: 'openai', limits: { daily_spend: 1 } },
    ]);
    expect(await errorOf(ask(own, { authorization_details: none }))).toEqual([400, 'invalid_request']);
    expect(await errorOf(ask(own, { authorization_details: '[]' }))).toEqual([
      400,
      'invalid_authorization_details',
    ]);
    const { authReqId } = await asked(own);
    const other = await flow.registerClient(broker, { authMethod: 'client_secret_basic' });
    expect((await poll(authReqId, other)).body.error).toBe('invalid_grant');
  });
});
