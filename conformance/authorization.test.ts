// The authorization endpoint and the code flow: RFC 6749, RFC 7636, RFC 9207, RFC 9700 and RFC 8252.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detailsOf } from '../packages/broker/test/hostile/oauth-world.ts';
import { Browser } from '../packages/broker/test/oauth/browser.ts';
import * as flow from '../packages/broker/test/oauth/flow.ts';
import { type Deployment, openDeployment } from './deployment.ts';

let at: Deployment;
beforeAll(async () => {
  at = await openDeployment();
});
afterAll(() => at.close());

const open = (overrides: Record<string, string | undefined> = {}, client = at.app) =>
  flow.openRequest(at.browser, client, { authorization_details: detailsOf(), ...overrides });
const paramsAt = (url: string) => Object.fromEntries(new URL(url).searchParams);
const redeem = (code: string, client = at.app, overrides: Record<string, string> = {}) =>
  flow.redeem({ issuer: at.issuer }, client, code, overrides);
const outcome = ({ status, body }: flow.JsonAnswer) => [status, body.error];

describe('RFC 6749', () => {
  it('RFC 6749 3.1 the authorization endpoint ignores parameters it does not know', async () => {
    expect((await open({ unknown_parameter: 'x' })).status).toBe(200);
  });

  it('RFC 6749 3.1 a parameter that comes twice is refused', async () => {
    const query = `${flow.requestParams(at.app, { authorization_details: detailsOf() })}&state=again`;
    const landing = await at.browser.open(`/authorize?${query}`);
    expect(landing.url.includes('error=invalid_request') || landing.status === 400).toBe(true);
  });

  it('RFC 6749 3.1.2.3 a redirect URI that was not registered is not redirected to', async () => {
    const landing = await open({ redirect_uri: 'https://app.test/callback/other' });
    expect([landing.status, new URL(landing.url).origin]).toEqual([400, at.issuer]);
  });

  it('RFC 6749 3.1.2.4 an unknown client is not redirected anywhere', async () => {
    const landing = await open({}, { id: 'app_unknown', secret: null });
    expect([landing.status, new URL(landing.url).origin]).toEqual([400, at.issuer]);
  });

  it('RFC 6749 4.1.1 a request without a response_type is answered invalid_request at the redirect URI', async () => {
    const { url } = await open({ response_type: undefined });
    expect(url.startsWith(flow.REDIRECT)).toBe(true);
    expect(paramsAt(url).error).toBe('invalid_request');
  });

  it('RFC 6749 4.1.2 a code comes back with the state as it was sent', async () => {
    const state = 'a b/ü?&=%';
    const { url } = await flow.decide(at.browser, await open({ state }), 'allow');
    expect(paramsAt(url)).toMatchObject({ code: expect.any(String), state });
  });

  it('RFC 6749 4.1.2.1 a refusal of the owner is access_denied, with the state', async () => {
    const { url } = await flow.decide(at.browser, await open({ state: 's' }), 'deny');
    expect(paramsAt(url)).toMatchObject({ error: 'access_denied', state: 's' });
  });

  it.each(['token', 'id_token', 'code token', 'none'])(
    'RFC 6749 4.1.2.1 response_type %s is refused, with neither a code nor a token',
    async (response_type) => {
      const { url } = await open({ response_type });
      expect(url).toMatch(/error=(unsupported_response_type|invalid_request)/);
      expect(url).not.toMatch(/code=|token=/);
    },
  );

  it('RFC 6749 4.1.2 a code works once; its second use ends what the first one gave', async () => {
    const code = await at.code(at.app);
    const first = await redeem(code);
    expect(first.status).toBe(200);
    expect(outcome(await redeem(code))).toEqual([400, 'invalid_grant']);
    const authorization = `Bearer ${first.body.access_token}`;
    expect((await at.self({ authorization })).status).toBe(401);
    const refreshed = await flow.refresh({ issuer: at.issuer }, at.app, String(first.body.refresh_token));
    expect(outcome(refreshed)).toEqual([400, 'invalid_grant']);
  });

  it('RFC 6749 4.1.3 a code is bound to its client', async () => {
    const other = await at.registerApp();
    expect(outcome(await redeem(await at.code(at.app), other))).toEqual([400, 'invalid_grant']);
  });

  it('RFC 6749 4.1.3 a code is bound to its redirect URI', async () => {
    const redirect_uri = 'https://app.test/other';
    const answer = await redeem(await at.code(at.app), at.app, { redirect_uri });
    expect(outcome(answer)).toEqual([400, 'invalid_grant']);
  });

  it('RFC 6749 5.1 a token response is JSON that nobody keeps, with the type and the lifetime of the token', async () => {
    const { status, body, headers } = await redeem(await at.code(at.app));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toContain('no-store');
    expect(body).toMatchObject({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      refresh_token: expect.any(String),
    });
  });

  it('RFC 6749 3.2 the token endpoint takes POST alone', async () => {
    const answer = await fetch(`${at.issuer}/token?grant_type=authorization_code`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await answer.text()).not.toContain('access_token');
  });

  it('RFC 6749 5.2 a client that cannot prove itself by Basic is answered 401 with a Basic challenge', async () => {
    const { status, body, headers } = await at.post(
      '/token',
      { grant_type: 'refresh_token' },
      {
        id: at.confidential.id,
        secret: 'wrong',
      },
    );
    expect([status, body.error]).toEqual([401, 'invalid_client']);
    expect(headers.get('www-authenticate')).toMatch(/^Basic /);
  });

  it('RFC 6749 2.3 a client that proves itself in two ways is refused', async () => {
    const { secret } = at.confidential;
    const answer = await at.post(
      '/token',
      { grant_type: 'refresh_token', refresh_token: 'x', client_secret: String(secret) },
      at.confidential,
    );
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(['invalid_request', 'invalid_client']).toContain(answer.body.error);
  });

  it('RFC 6749 3.2.1 a confidential client that sends no secret gets nothing for its code', async () => {
    const code = await at.code(at.confidential);
    const answer = await redeem(code, { id: at.confidential.id, secret: null });
    expect(outcome(answer)).toEqual([401, 'invalid_client']);
  });

  it.each(['password', 'client_credentials', 'urn:example:unknown'])(
    'RFC 6749 5.2 the grant type %s is answered unsupported_grant_type',
    async (grant_type) => {
      const answer = await at.post('/token', { grant_type, username: 'a', password: 'b' });
      expect(outcome(answer)).toEqual([400, 'unsupported_grant_type']);
    },
  );

  it('RFC 6749 6 a refresh token brings a new access token of the same grant', async () => {
    const { refreshToken, grantId } = await at.tokens(at.confidential);
    const { status, body } = await flow.refresh({ issuer: at.issuer }, at.confidential, refreshToken);
    expect([status, body.grant_id]).toEqual([200, grantId]);
    expect((await at.self({ authorization: `Bearer ${body.access_token}` })).status).toBe(200);
  });

  it('RFC 6749 10.4 a refresh token is bound to its client', async () => {
    const { refreshToken } = await at.tokens(at.app);
    const other = await at.registerApp();
    const answer = await flow.refresh({ issuer: at.issuer }, other, refreshToken);
    expect(outcome(answer)).toEqual([400, 'invalid_grant']);
  });

  it('RFC 6749 10.13 the page where the owner decides cannot be framed', async () => {
    const { headers } = await open();
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
  });
});

describe('RFC 7636', () => {
  it('RFC 7636 4.4.1 a request without a challenge is answered invalid_request', async () => {
    const { url } = await open({ code_challenge: undefined, code_challenge_method: undefined });
    expect(paramsAt(url).error).toBe('invalid_request');
  });

  it('RFC 7636 4.3 the method plain is refused', async () => {
    expect(paramsAt((await open({ code_challenge_method: 'plain' })).url).error).toBe('invalid_request');
  });

  it('RFC 7636 4.6 a verifier that hashes to the challenge is taken', async () => {
    const code_verifier = 'v'.repeat(43);
    const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');
    const answer = await redeem(await at.code(at.app, { code_challenge }), at.app, { code_verifier });
    expect(answer.status).toBe(200);
  });

  it.each([
    ['another verifier', 'w'.repeat(43)],
    ['no verifier', ''],
  ])('RFC 7636 4.6 %s is answered invalid_grant', async (_name, code_verifier) => {
    const answer = await redeem(await at.code(at.app), at.app, { code_verifier });
    expect(outcome(answer)).toEqual([400, 'invalid_grant']);
  });

  it.each(['short', 'v'.repeat(129), `${'v'.repeat(43)}!`])(
    'RFC 7636 4.1 the verifier %s, which has not the form of one, is refused',
    async (code_verifier) => {
      expect((await redeem(await at.code(at.app), at.app, { code_verifier })).status).toBe(400);
    },
  );
});

describe('RFC 9207', () => {
  it('RFC 9207 2 the issuer stands in a successful answer', async () => {
    const { url } = await flow.decide(at.browser, await open(), 'allow');
    expect(paramsAt(url).iss).toBe(at.metadata.issuer);
  });

  it('RFC 9207 2 the issuer stands in an answer that is an error', async () => {
    expect(paramsAt((await open({ code_challenge_method: 'plain' })).url).iss).toBe(at.metadata.issuer);
    expect(paramsAt((await flow.decide(at.browser, await open(), 'deny')).url).iss).toBe(at.metadata.issuer);
  });

  it('RFC 9207 3 the metadata say so', () => {
    expect(at.metadata.authorization_response_iss_parameter_supported).toBe(true);
  });
});

describe('RFC 9700 and RFC 8252', () => {
  it('RFC 9700 4.12 the owner is sent on with 303, which forgets the form', async () => {
    const page = await open();
    const landing = await flow.decide(at.browser, page, 'allow');
    expect(landing.status).toBe(303);
  });

  it('RFC 9700 4.14.2 a refresh token of a public client is rotated, and the old one ends all of it', async () => {
    const server = { issuer: at.issuer };
    const { refreshToken } = await at.tokens(at.app);
    const { body } = await flow.refresh(server, at.app, refreshToken);
    expect(body.refresh_token).not.toBe(refreshToken);
    expect(outcome(await flow.refresh(server, at.app, refreshToken))).toEqual([400, 'invalid_grant']);
    const last = await flow.refresh(server, at.app, String(body.refresh_token));
    expect(outcome(last)).toEqual([400, 'invalid_grant']);
  });

  it('RFC 9700 4.1.3 redirect URIs are compared as text, but for the port of a loopback address', async () => {
    const native = await at.registerApp({ redirect_uris: ['http://127.0.0.1/cb'] });
    expect((await open({ redirect_uri: 'http://127.0.0.1:50000/cb' }, native)).status).toBe(200);
    expect((await open({ redirect_uri: 'http://127.0.0.1:50000/cb/x' }, native)).status).toBe(400);
    expect((await open({ redirect_uri: 'http://localhost:50000/cb' }, native)).status).toBe(400);
  });

  it('RFC 8252 8.4 an address without TLS outside the own machine is not registered', async () => {
    await expect(at.registerApp({ redirect_uris: ['http://app.test/cb'] })).rejects.toThrow('not registered');
  });

  it('RFC 9700 2.1 nobody else than the owner decides: a browser without a session is sent to sign in', async () => {
    const query = flow.requestParams(at.app, { authorization_details: detailsOf() });
    const landing = await new Browser(at.issuer, null).open(`/authorize?${query}`);
    expect(new URL(landing.url).pathname).toBe('/sign-in');
  });
});
