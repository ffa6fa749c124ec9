// Grants made without a browser: RFC 8693, OpenID CIBA, and what RFC 8628 would add.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { detailsOf, RIGHTS, type Tokens } from '../packages/broker/test/hostile/oauth-world.ts';
import type * as flow from '../packages/broker/test/oauth/flow.ts';
import { type Deployment, openDeployment, readJwt } from './deployment.ts';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const CIBA = 'urn:openid:params:grant-type:ciba';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

let at: Deployment;
let own: Tokens;
beforeAll(async () => {
  at = await openDeployment();
  own = await at.tokens(at.app);
});
afterAll(() => at.close());

const CHILD = JSON.stringify([{ ...RIGHTS, models: ['gpt-4o-mini'], delegation: undefined }]);
let made = 0;
const exchange = (change: Record<string, string | undefined> = {}, by = at.app) => {
  made += 1;
  const fields = {
    grant_type: EXCHANGE,
    subject_token: own.accessToken,
    subject_token_type: ACCESS_TOKEN,
    requested_actor: `worker ${made}`,
    authorization_details: CHILD,
    ...change,
  };
  const sent = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return at.post('/token', Object.fromEntries(sent), by);
};
const outcome = ({ status, body }: flow.JsonAnswer) => [status, body.error];

describe('RFC 8693', () => {
  it('RFC 8693 2.2.1 the answer names the token, what it is, and how long it lives', async () => {
    const { status, body, headers } = await exchange();
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toMatchObject({
      access_token: expect.any(String),
      issued_token_type: ACCESS_TOKEN,
      token_type: 'Bearer',
      expires_in: expect.any(Number),
    });
  });

  it('RFC 8693 4.1 the token says who acts', async () => {
    const { body } = await exchange();
    expect(readJwt(body.access_token)[1].act).toMatchObject({ sub: expect.stringContaining('worker') });
  });

  it('RFC 8693 2.1 a subject token is required', async () => {
    expect(outcome(await exchange({ subject_token: undefined }))).toEqual([400, 'invalid_request']);
  });

  it('RFC 8693 2.1 its type is required and has to be one that is taken', async () => {
    expect(outcome(await exchange({ subject_token_type: undefined }))).toEqual([400, 'invalid_request']);
    const saml = { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' };
    expect(outcome(await exchange(saml))).toEqual([400, 'invalid_request']);
  });

  it('RFC 8693 2.1 another type of token than is issued here is refused', async () => {
    const refresh = { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' };
    expect(outcome(await exchange(refresh))).toEqual([400, 'invalid_request']);
  });

  it('RFC 8693 2.1 an actor token without its type is refused', async () => {
    const fields = { actor_token: own.accessToken, requested_actor: undefined };
    expect(outcome(await exchange(fields))[0]).toBe(400);
  });

  it('RFC 8693 2.2.2 a subject token that is not valid is refused', async () => {
    expect(outcome(await exchange({ subject_token: 'none' }))).toEqual([400, 'invalid_request']);
    expect(outcome(await exchange({ subject_token: own.refreshToken }))).toEqual([400, 'invalid_request']);
  });

  it('RFC 8693 2.2.2 the token of another client is no subject token', async () => {
    expect(outcome(await exchange({}, at.confidential))).toEqual([400, 'invalid_request']);
  });

  it.each([
    ['another model', { models: ['gpt-5'] }],
    ['more money', { limits: { ...RIGHTS.limits, daily_spend: 2 } }],
    ['another provider', { provider: 'anthropic', models: undefined }],
  ])('RFC 8693 5 a child with %s than its grant is refused', async (_name, change) => {
    const authorization_details = detailsOf({ delegation: undefined, ...change });
    expect(outcome(await exchange({ authorization_details }))).toEqual([
      400,
      'invalid_authorization_details',
    ]);
  });

  it('RFC 8693 5 a child ends with its grant', async () => {
    const parent = await at.tokens(at.app);
    const { body } = await exchange({ subject_token: parent.accessToken });
    const child = { authorization: `Bearer ${body.access_token}` };
    expect((await at.self(child)).status).toBe(200);
    await at.post('/revoke', { token: parent.refreshToken });
    expect((await at.self(child)).status).toBe(401);
  });
});

describe('OpenID CIBA, poll mode', () => {
  let grantId: string;
  beforeEach(async () => {
    grantId = (await at.tokens(at.confidential)).grantId;
  });
  const more = detailsOf({ delegation: undefined, limits: { daily_spend: 2 } });
  const ask = (change: Record<string, string> = {}, by = at.confidential) =>
    at.post(
      '/backchannel',
      { scope: 'openid', login_hint: grantId, authorization_details: more, ...change },
      by,
    );
  const poll = (auth_req_id: unknown, by = at.confidential) =>
    at.post('/token', { grant_type: CIBA, auth_req_id: String(auth_req_id) }, by);

  it('CIBA 4 the metadata name the endpoint and poll mode, and no codes of users', () => {
    expect(at.metadata).toMatchObject({
      backchannel_authentication_endpoint: expect.any(String),
      backchannel_token_delivery_modes_supported: ['poll'],
      backchannel_user_code_parameter_supported: false,
      grant_types_supported: expect.arrayContaining([CIBA]),
    });
  });

  it('CIBA 7.3 a request is answered with its id, its lifetime and how often to ask', async () => {
    const { status, body } = await ask();
    expect([status, body]).toEqual([
      200,
      { auth_req_id: expect.any(String), expires_in: expect.any(Number), interval: expect.any(Number) },
    ]);
    expect(String(body.auth_req_id).length).toBeGreaterThanOrEqual(22);
  });

  it('CIBA 11 before the owner has decided the answer is authorization_pending', async () => {
    const { body } = await ask();
    expect(outcome(await poll(body.auth_req_id))).toEqual([400, 'authorization_pending']);
  });

  it('CIBA 11 who asks again at once is told to slow_down', async () => {
    const { body } = await ask();
    await poll(body.auth_req_id);
    expect(outcome(await poll(body.auth_req_id))).toEqual([400, 'slow_down']);
  });

  it('CIBA 11 an id that was never given, or to another client, is invalid_grant', async () => {
    expect(outcome(await poll('none'))).toEqual([400, 'invalid_grant']);
    const other = await at.registerApp({ type: 'confidential' });
    expect(outcome(await poll((await ask()).body.auth_req_id, other))).toEqual([400, 'invalid_grant']);
  });

  it('CIBA 7.1 a client has to prove itself', async () => {
    const wrong = await ask({}, { id: at.confidential.id, secret: 'wrong' });
    expect(outcome(wrong)).toEqual([401, 'invalid_client']);
    expect((await ask({}, at.app)).status).toBe(400);
  });

  it('CIBA 7.1 more than one hint, or none, is invalid_request', async () => {
    expect(outcome(await ask({ id_token_hint: 'x' }))).toEqual([400, 'invalid_request']);
    expect(outcome(await ask({ login_hint: '' }))[0]).toBe(400);
  });

  it('CIBA 13 a hint that names nobody is unknown_user_id', async () => {
    expect(outcome(await ask({ login_hint: 'gr_none' }))).toEqual([400, 'unknown_user_id']);
  });

  it('CIBA 13 a message that cannot be shown is invalid_binding_message', async () => {
    const binding_message = 'x'.repeat(5000);
    expect(outcome(await ask({ binding_message }))).toEqual([400, 'invalid_binding_message']);
  });
});
