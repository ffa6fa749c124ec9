// Conformance of device codes: how an app without a browser gets its tokens, and what its owner sees of it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detailsOf } from '../packages/broker/test/hostile/oauth-world.ts';
import * as flow from '../packages/broker/test/oauth/flow.ts';
import { type Deployment, openDeployment } from './deployment.ts';

const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';

let at: Deployment;
beforeAll(async () => {
  at = await openDeployment();
});
afterAll(() => at.close());

const ask = (client = at.app) =>
  at.post('/device_authorization', { authorization_details: detailsOf() }, client);
const asked = async (client = at.app) => {
  const { status, body } = await ask(client);
  expect(status).toBe(200);
  return { device_code: String(body.device_code), userCode: String(body.user_code) };
};
const poll = (device_code: string, client = at.app) => at.post('/token', { grant_type, device_code }, client);
const errorOf = async (answer: Promise<flow.JsonAnswer>) => {
  const { status, body } = await answer;
  return [status, body.error];
};
const pageOf = (userCode: string) =>
  at.browser.open(`/device?${new URLSearchParams({ user_code: userCode })}`);
const decide = async (userCode: string, decision: 'allow' | 'deny') =>
  flow.decide(at.browser, await pageOf(userCode), decision);

describe('RFC 8628', () => {
  it('RFC 8628 4 the metadata name the endpoint and the grant type', () => {
    expect(at.metadata.device_authorization_endpoint).toBe(`${at.issuer}/device_authorization`);
    expect(at.metadata.grant_types_supported).toContain(grant_type);
  });

  it('RFC 8628 3.1 a confidential client has to prove itself', async () => {
    expect(await errorOf(ask({ ...at.confidential, secret: 'wrong' }))).toEqual([401, 'invalid_client']);
  });

  it('RFC 8628 3.1 a request for nothing is invalid_request', async () => {
    expect(await errorOf(at.post('/device_authorization', {}))).toEqual([400, 'invalid_request']);
  });

  it('RFC 8628 3.2 the answer says what to show, where, how long it holds and how often to ask', async () => {
    const { body, headers } = await ask();
    expect(body).toEqual({
      device_code: expect.any(String),
      user_code: expect.any(String),
      verification_uri: `${at.issuer}/device`,
      verification_uri_complete: `${at.issuer}/device?user_code=${body.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    expect(headers.get('cache-control')).toContain('no-store');
  });

  it('RFC 8628 6.1 the code is of eight consonants, and is taken in any case, with or without its dash', async () => {
    const { userCode } = await asked();
    expect(userCode).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    const typed = userCode.toLowerCase().replace('-', '');
    expect((await pageOf(typed)).url).toBe((await pageOf(userCode)).url);
  });

  it('RFC 8628 3.3 the person sees who asks for what, and the code to compare', async () => {
    const { userCode } = await asked();
    const { status, text } = await pageOf(userCode);
    expect(status).toBe(200);
    for (const shown of ['Acme Writer', '$1/day', userCode]) expect(text).toContain(shown);
  });

  it('RFC 8628 5.4 the person is warned of codes that somebody sent', async () => {
    const { userCode } = await asked();
    expect((await pageOf(userCode)).text).toContain('If somebody sent you this code or link, cancel');
  });

  it('RFC 8628 5.1 a code that nobody was given leads nowhere', async () => {
    const { status, text } = await pageOf('BBBB-BBBB');
    expect([status, text.includes('That code is unknown')]).toEqual([400, true]);
  });

  it('RFC 8628 3.5 before the decision it is authorization_pending, and slow_down for who asks again at once', async () => {
    const { device_code } = await asked();
    expect(await errorOf(poll(device_code))).toEqual([400, 'authorization_pending']);
    expect(await errorOf(poll(device_code))).toEqual([400, 'slow_down']);
  });

  it('RFC 8628 3.5 a refusal of the owner is access_denied', async () => {
    const { device_code, userCode } = await asked();
    await decide(userCode, 'deny');
    expect(await errorOf(poll(device_code))).toEqual([400, 'access_denied']);
  });

  it('RFC 8628 3.5 a code that was decided gives tokens once', async () => {
    const { device_code, userCode } = await asked();
    await decide(userCode, 'allow');
    const { status, body } = await poll(device_code);
    expect([status, body.token_type, body.refresh_token]).toEqual([200, 'Bearer', expect.any(String)]);
    expect((await at.self({ authorization: `Bearer ${body.access_token}` })).status).toBe(200);
    expect(await errorOf(poll(device_code))).toEqual([400, 'invalid_grant']);
  });

  it('RFC 8628 3.4 a code is bound to its client', async () => {
    const { device_code, userCode } = await asked();
    await decide(userCode, 'allow');
    expect(await errorOf(poll(device_code, at.confidential))).toEqual([400, 'invalid_grant']);
    expect((await poll(device_code)).status).toBe(200);
  });

  it('RFC 8628 3.4 a code that was never given is invalid_grant', async () => {
    expect(await errorOf(poll('x'.repeat(43)))).toEqual([400, 'invalid_grant']);
  });
});
