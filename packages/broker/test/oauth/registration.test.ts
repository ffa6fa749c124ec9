// Apps that register by themselves (RFC 7591) and manage that registration (RFC 7592): off unless turned on, counted, shown as unverified,
// read again as a whole at every change, and gone when nobody gave them anything.

import { auth, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemAmbient } from '../../src/clock.ts';
import { UNUSED_CLIENT_MS } from '../../src/oauth/self-registered-clients.ts';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser } from './browser.ts';
import * as flow from './flow.ts';

const HOUR_MS = 60 * 60 * 1000;
const ASKED = {
  client_name: 'Garden planner',
  redirect_uris: [flow.REDIRECT],
  token_endpoint_auth_method: 'none',
};

let aheadMs = 0;
let broker: TestBroker;
beforeAll(async () => {
  const ambient = { now: () => Date.now() + aheadMs, randomBytes: systemAmbient.randomBytes };
  broker = await startBroker({ ambient, registration: { token: null } });
  await broker.addKey('own_ada', 'openai');
});
afterAll(() => broker.close());
afterEach(() => {
  expect(broker.errors).toEqual([]);
  // The next case begins with nothing registered this hour.
  aheadMs += HOUR_MS;
});

const send = async (method: string, url: string, body?: unknown, token?: string) => {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
    body: (text ? JSON.parse(text) : null) as any,
  };
};
const register = (change: object = {}, at = broker, token?: string) =>
  send('POST', `${at.issuer}/register`, { ...ASKED, ...change }, token);
const registered = async (change?: object) => {
  const { status, body } = await register(change);
  expect(status).toBe(201);
  const { registration_client_uri: uri, registration_access_token: token, client_id: id } = body;
  return { id, secret: body.client_secret ?? null, uri, token };
};

describe('registration', () => {
  it('is not there unless it is turned on', async () => {
    const plain = await startBroker();
    const { status } = await fetch(`${plain.issuer}/register`, { method: 'POST' });
    expect(status).toBe(404);
    const { body } = await send('GET', `${plain.issuer}/.well-known/oauth-authorization-server`);
    expect(body.registration_endpoint).toBeUndefined();
    await plain.close();
  });

  it('is for those who have the token, where one is set', async () => {
    const token = 'a-token-of-thirty-two-characters';
    const guarded = await startBroker({ registration: { token } });
    for (const wrong of [undefined, 'another', `${token}x`])
      expect((await register({}, guarded, wrong)).status).toBe(401);
    expect((await register({}, guarded, token)).status).toBe(201);
    await guarded.close();
  });

  it('gives a strict client all that it needs for a flow, and shows it as unverified', async () => {
    const config = await openid.dynamicClientRegistration(
      new URL(broker.issuer),
      { ...ASKED, token_endpoint_auth_method: 'client_secret_basic' },
      undefined,
      { execute: [openid.allowInsecureRequests], algorithm: 'oauth2' },
    );
    const { client_id: id, client_secret: secret = '' } = config.clientMetadata();
    const client = { id, secret };
    const browser = new Browser(broker.issuer);
    const page = await flow.openRequest(browser, client);
    expect(page.text).toContain('Unverified: it registered here by itself today.');
    const code = new URL((await flow.decide(browser, page, 'allow')).url).searchParams.get('code') ?? '';
    const { status, body } = await flow.redeem(broker, client, code);
    expect([status, body.grant_id]).toEqual([200, expect.stringMatching(/^gr_/)]);
    const wrong = await flow.refresh(broker, { id, secret: 'wrong' }, String(body.refresh_token));
    expect(wrong.body.error).toBe('invalid_client');
  });

  it('is taken as oauth4webapi reads it', async () => {
    const issuer = new URL(broker.issuer);
    const insecure = { [oauth.allowInsecureRequests]: true };
    const server = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' }),
    );
    const answer = await oauth.dynamicClientRegistrationRequest(server, ASKED, insecure);
    const client = await oauth.processDynamicClientRegistrationResponse(answer);
    expect(client).toMatchObject({ ...ASKED, client_id_issued_at: expect.any(Number) });
  });

  it('is what the MCP SDK does by itself, which then gets its tokens', async () => {
    const redirectUrl = 'http://127.0.0.1:7777/callback';
    // biome-ignore lint/suspicious/noExplicitAny: what the SDK keeps, of many shapes
    const saved: Record<string, any> = {};
    const provider: OAuthClientProvider = {
      redirectUrl,
      clientMetadata: {
        client_name: 'MCP host',
        redirect_uris: [redirectUrl],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        software_id: 'host',
      },
      clientInformation: () => saved.client,
      saveClientInformation: (client) => void Object.assign(saved, { client }),
      tokens: () => saved.tokens,
      saveTokens: (tokens) => void Object.assign(saved, { tokens }),
      redirectToAuthorization: (url) => void Object.assign(saved, { url }),
      saveCodeVerifier: (verifier) => void Object.assign(saved, { verifier }),
      codeVerifier: () => saved.verifier,
    };
    const options = { serverUrl: broker.issuer, scope: 'ai:openai:gpt-5-mini:chat' };
    expect(await auth(provider, options)).toBe('REDIRECT');
    const browser = new Browser(broker.issuer);
    const page = await browser.open(String(saved.url));
    const landing = new URL((await flow.decide(browser, page, 'allow')).url);
    const authorizationCode = landing.searchParams.get('code') ?? '';
    const iss = landing.searchParams.get('iss') ?? undefined;
    expect(await auth(provider, { ...options, authorizationCode, ...(iss && { iss }) })).toBe('AUTHORIZED');
    expect(saved.tokens.access_token).toMatch(/^eyJ/);
    expect((await broker.grants.list('own_ada')).map(({ name }) => name)).toContain('MCP host');
  });

  it('leaves out what only decorates', async () => {
    const { status, body } = await register({
      logo_uri: 'javascript:alert(1)',
      contacts: ['a@b.test'],
      software_id: 'x',
      scope: 'openid profile',
    });
    expect(status).toBe(201);
    for (const member of ['logo_uri', 'contacts', 'software_id', 'scope', 'client_secret'])
      expect(body).not.toHaveProperty(member);
  });

  it.each([
    ['javascript:alert(1)'],
    ['JavaScript:alert(1)'],
    ['data:text/html,x'],
    ['http://public.test/cb'],
    ['https://*.test/cb'],
    ['myapp:/cb'],
    ['https://user@app.test/cb'],
    [`${flow.REDIRECT}#x`],
  ])('A39 refuses the redirect URI %s', async (uri) => {
    for (const redirect_uris of [[uri], [flow.REDIRECT, uri]]) {
      const { status, body } = await register({ redirect_uris });
      expect([status, body.error]).toEqual([400, 'invalid_redirect_uri']);
    }
  });

  it.each<[string, object]>([
    ['no name', { client_name: undefined }],
    ['a name that deceives', { client_name: 'Open\u202eIA' }],
    ['a name that is too long', { client_name: 'x'.repeat(61) }],
    ['no redirect URI', { redirect_uris: undefined }],
    ['redirect URIs that are no list', { redirect_uris: flow.REDIRECT }],
    ['a grant type that there is not', { grant_types: ['authorization_code', 'password'] }],
    ['the implicit flow', { response_types: ['token'] }],
    ['a method that is not offered', { token_endpoint_auth_method: 'client_secret_jwt' }],
    ['keys to be fetched', { jwks_uri: 'https://app.test/keys' }],
    ['a sector', { sector_identifier_uri: 'https://app.test/sector' }],
    ['request objects to be fetched', { request_uris: ['https://app.test/r'] }],
    [
      'a private key',
      { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'EC', d: 'x' }] } },
    ],
    ['keys that it would not prove itself with', { jwks: { keys: [] } }],
    ['a home page without https', { client_uri: 'http://app.test' }],
  ])('A39 refuses %s', async (_name, change) => {
    const { status, body } = await register(change);
    expect(status).toBe(400);
    expect(['invalid_client_metadata', 'invalid_redirect_uri']).toContain(body.error);
  });

  it('refuses a body that is no JSON object, or too large', async () => {
    const url = `${broker.issuer}/register`;
    expect((await send('POST', url, '{')).status).toBe(400);
    expect((await send('POST', url, '[]')).status).toBe(400);
    expect((await send('POST', url, { ...ASKED, padding: 'x'.repeat(9000) })).status).toBe(413);
    const text = await fetch(url, { method: 'POST', body: JSON.stringify(ASKED) });
    expect(text.status).toBe(415);
    expect((await send('GET', url)).status).toBe(405);
  });

  it('A39 takes 20 apps of one address in an hour, also over two servers', async () => {
    const statuses: number[] = [];
    for (let made = 0; made < 22; made++) statuses.push((await register()).status);
    expect(statuses).toEqual([...Array(20).fill(201), 429, 429]);
    expect((await register()).headers.get('retry-after')).toBe('3600');
  });

  it('A39 forgets apps that nobody gave anything within a day, and no other', async () => {
    const [unused, used] = [await registered(), await registered()];
    await flow.obtainTokens(broker, used);
    aheadMs += UNUSED_CLIENT_MS + 1000;
    await broker.oauth.purge();
    expect(await broker.oauth.clients.find(unused.id)).toBeNull();
    expect(await broker.oauth.clients.find(used.id)).not.toBeNull();
    expect((await send('GET', unused.uri, undefined, unused.token)).status).toBe(401);
  });
});

describe('management of a registration', () => {
  it('reads, replaces as a whole, and removes with everything that the app was given', async () => {
    const app = await registered();
    const read = await send('GET', app.uri, undefined, app.token);
    expect(read.body).toMatchObject({ ...ASKED, client_id: app.id, registration_access_token: app.token });
    const other = 'https://app.test/other';
    const update = { ...ASKED, client_id: app.id, client_name: 'Gardener', redirect_uris: [other] };
    const changed = await send('PUT', app.uri, update, app.token);
    expect([changed.status, changed.body.client_name, changed.body.redirect_uris]).toEqual([
      200,
      'Gardener',
      [other],
    ]);
    expect((await flow.openRequest(new Browser(broker.issuer), app)).status).toBe(400);
    await send('PUT', app.uri, { ...ASKED, client_id: app.id }, app.token);
    const { grantId } = await flow.obtainTokens(broker, app);
    expect((await send('DELETE', app.uri, undefined, app.token)).status).toBe(204);
    expect((await broker.grants.live(grantId))?.grant.status).toBe('revoked');
    for (const method of ['GET', 'DELETE'])
      expect((await send(method, app.uri, undefined, app.token)).status).toBe(401);
    expect((await flow.openRequest(new Browser(broker.issuer), app)).status).toBe(400);
  });

  it('gives a secret when the app begins to need one, and never tells the old one or its hash', async () => {
    const app = await registered();
    const basic = { ...ASKED, client_id: app.id, token_endpoint_auth_method: 'client_secret_basic' };
    const { body } = await send('PUT', app.uri, basic, app.token);
    expect(body.client_secret).toMatch(/^vcs_/);
    expect((await send('GET', app.uri, undefined, app.token)).body).not.toHaveProperty('client_secret');
    const again = await send('PUT', app.uri, { ...basic, client_secret: body.client_secret }, app.token);
    expect([again.status, again.body.client_secret]).toEqual([200, undefined]);
    const wrong = await send('PUT', app.uri, { ...basic, client_secret: 'wrong' }, app.token);
    expect([wrong.status, wrong.body.error]).toEqual([400, 'invalid_request']);
  });

  it.each<[string, object]>([
    ['a redirect URI that would not have been let in', { redirect_uris: ['javascript:alert(1)'] }],
    ['the id of another app', { client_id: 'app_other' }],
    ['a token of its own making', { registration_access_token: 'x' }],
    ['no name', { client_name: undefined }],
  ])('A39 refuses %s, and changes nothing', async (_name, change) => {
    const app = await registered();
    const update = { ...ASKED, client_id: app.id, ...change };
    expect((await send('PUT', app.uri, update, app.token)).status).toBe(400);
    expect((await send('GET', app.uri, undefined, app.token)).body).toMatchObject(ASKED);
  });

  it('is nobody else’s: not with the token of another app, nor with none, nor of an app that an owner registered', async () => {
    const [app, other] = [await registered(), await registered()];
    const owned = await flow.registerClient(broker);
    for (const [uri, token] of [
      [app.uri, other.token],
      [app.uri, undefined],
      [app.uri, ''],
      [`${broker.issuer}/register/${owned.id}`, app.token],
      [`${broker.issuer}/register/nobody%00`, app.token],
    ])
      expect((await send('GET', uri, undefined, token)).status).toBe(401);
  });
});
