// Hostile authorization requests and forged decisions in both forms of the product: nothing is sent to an address that was not
// registered, no rights come from anything but the owner's own form, and nothing that a request says of itself is believed.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, formFields } from '../oauth/browser.ts';
import * as flow from '../oauth/flow.ts';
import { appKey, detailsOf, type OauthWorld, openOauthWorld, proofOf, sixteenTimes } from './oauth-world.ts';
import { CHAT_TEXT, rawChat, sendRaw } from './raw-request.ts';
import { WORLDS, type World } from './worlds.ts';

const errorAt = (url: string) => new URL(url).searchParams.get('error');

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  let oauth: OauthWorld;
  let app: flow.TestClient;
  let confidential: flow.TestClient;
  beforeAll(async () => {
    world = await start();
    oauth = await openOauthWorld(world);
    app = await oauth.registerApp();
    confidential = await oauth.registerApp({ type: 'confidential' });
  });
  afterAll(() => world.close());

  const open = (overrides: Record<string, string | undefined>, client = app) =>
    flow.openRequest(oauth.browser, client, { authorization_details: detailsOf(), ...overrides });
  const push = (index: number, client: flow.TestClient, overrides: Record<string, string | undefined> = {}) =>
    flow.post(
      oauth.at(index),
      '/par',
      client,
      Object.fromEntries(
        flow.requestParams(client, { authorization_details: detailsOf(), ...overrides }).entries(),
      ),
    );
  const replicas = () => [...world.urls.keys()];

  it.each([
    'https://app.test/callback/',
    'https://app.test/callback?x=1',
    'https://app.test/callback#f',
    'https://app.test.evil/callback',
    'https://app.test@evil/callback',
    'http://app.test/callback',
    'https://app.test/CALLBACK',
    'https://app.test/call%62ack',
    'https://app.test/%2e/callback',
    '',
    undefined,
  ])('A19 %s is refused on a page of ours, without a redirect; pushed, too', async (redirect_uri) => {
    const landing = await open({ redirect_uri });
    expect(landing.status).toBe(400);
    expect(landing.url.startsWith(oauth.issuer)).toBe(true);
    for (const index of replicas()) expect((await push(index, app, { redirect_uri })).status).toBe(400);
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['the method plain', { code_challenge_method: 'plain' }],
    ['no method', { code_challenge_method: undefined }],
    ['a challenge of another form', { code_challenge: 'short' }],
  ])('A20 a request with %s is refused for every client, pushed and not', async (_name, overrides) => {
    for (const client of [app, confidential]) {
      expect(errorAt((await open(overrides, client)).url)).toBe('invalid_request');
      for (const index of replicas()) {
        const { status, body } = await push(index, client, overrides);
        expect([status, body.error]).toEqual([400, 'invalid_request']);
      }
    }
  });

  it('A20 a code is not given for no verifier, to a confidential client either', async () => {
    for (const client of [app, confidential]) {
      const { status, body } = await flow.redeem(oauth.at(1), client, await oauth.code(client), {
        code_verifier: '',
      });
      expect([status, body.error]).toEqual([400, 'invalid_grant']);
    }
  });

  const SQL = "' OR 1=1--";
  const NUL = 'a\u0000b';

  it.each<[string, (url: string) => Promise<{ readonly status: number }>]>([
    ...[SQL, NUL, 'x'.repeat(12_000)].flatMap((text): [string, (url: string) => Promise<Response>][] => {
      const name = JSON.stringify(text.slice(0, 12));
      const form = (path: string, fields: Record<string, string>) => (url: string) =>
        fetch(url + path, { method: 'POST', body: new URLSearchParams(fields) });
      const get = (path: string) => (url: string) =>
        fetch(url + path, { redirect: 'manual', headers: { authorization: 'Bearer vk_none' } });
      const code = { grant_type: 'authorization_code', redirect_uri: flow.REDIRECT };
      return [
        [`${name} as client_id`, form('/token', { ...code, client_id: text, code: 'x', code_verifier: 'y' })],
        [`${name} as pushed client_id`, form('/par', { client_id: text })],
        [`${name} as authorizing client_id`, get(`/authorize?client_id=${encodeURIComponent(text)}`)],
        [`${name} as request`, get(`/consent/${encodeURIComponent(text)}`)],
        [`${name} as grant id`, get(`/grants/${encodeURIComponent(text)}`)],
        [`${name} as grant id of the API`, get(`/api/v1/grants/${encodeURIComponent(text)}`)],
        [`${name} as child id`, get(`/grants/self/children/${encodeURIComponent(text)}`)],
      ];
    }),
  ])('A24 %s is refused without a fault', async (_name, send) => {
    for (const url of world.urls) {
      const { status } = await send(url);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
  });

  it.each([SQL, NUL, '__proto__', 'x'.repeat(12_000)])(
    'A24 a code, refresh token, token, hint and user code %j is refused without a fault',
    async (text) => {
      for (const index of replicas()) {
        const post = async (path: string, fields: Record<string, string>) =>
          (await flow.post(oauth.at(index), path, confidential, fields)).status;
        expect((await flow.redeem(oauth.at(index), app, text)).status).toBe(400);
        expect((await flow.refresh(oauth.at(index), confidential, text)).status).toBe(400);
        expect(await post('/introspect', { token: text })).toBe(200);
        expect(await post('/revoke', { token: text })).toBe(200);
        const asked = { login_hint: text, scope: 'openid', authorization_details: detailsOf() };
        expect(await post('/backchannel', asked)).toBe(400);
        const ciba = { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: text };
        expect(await post('/token', ciba)).toBe(400);
      }
      const device = await oauth.browser.open(`/device?user_code=${encodeURIComponent(text)}`);
      expect([400, 414, 429]).toContain(device.status);
    },
  );

  it.each([
    '/grants/ID',
    '/grants/ID/calls',
    '/clients/ID',
    '/provider-keys/ID',
    '/devices/ID',
    '/requests/ID',
    '/calls?grant=ID',
    '/calls?model=ID',
    '/audit?grant=ID',
    '/audit?kind=ID',
    '/grants?client=ID',
    '/grants?after=ID',
  ])('A24 %s of the API is refused without a fault, for an owner who is signed in, too', async (path) => {
    for (const text of [SQL, NUL]) {
      const { status } = await world.api('GET', path.replace('ID', encodeURIComponent(text)));
      expect([200, 400, 404, 405]).toContain(status);
    }
  });

  it('A24 a grant that is none, to be merged, is refused without a fault', async () => {
    for (const grant_id of [SQL, NUL]) {
      const landing = await open({ grant_management_action: 'merge', grant_id });
      expect(landing.status).toBeLessThan(500);
      expect(landing.url).toContain('error=');
    }
  });

  it('A24 a token at the gate that is SQL, a NUL or 64 KB long is refused without a fault, and so are names', async () => {
    const { token } = await world.grant({ provider: 'openai', models: ['gpt-4o-mini'] });
    const before = world.seen();
    for (const url of world.urls) {
      for (const text of [SQL, '%00', NUL, 'x'.repeat(64 * 1024)]) {
        const { statuses } = await sendRaw(url, rawChat(text));
        expect([400, 401, 431]).toContain(statuses[0]);
      }
      for (const model of [SQL, NUL]) {
        const body = JSON.stringify({ ...JSON.parse(CHAT_TEXT), model });
        expect((await sendRaw(url, rawChat(token, { body }))).statuses).toEqual([403]);
      }
    }
    expect(world.seen()).toEqual(before);
  });

  it.each([SQL, NUL])('A24 %j as the id of a proof is a name like any other: it works once', async (jti) => {
    const DPoP = await proofOf(appKey(), `${oauth.issuer}/token`, { jti });
    for (const [index, status] of [200, 400].entries())
      expect((await flow.redeem(oauth.at(index), app, await oauth.code(app), {}, { DPoP })).status).toBe(
        status,
      );
  });

  const SPOOFED = [
    'Host: admin.local',
    'X-Forwarded-Host: admin.local',
    'X-Forwarded-Proto: http',
    'X-Forwarded-Uri: /public',
    'X-Original-URL: /healthz',
    'X-Forwarded-For: 127.0.0.1',
    'Forwarded: for=127.0.0.1;host=admin.local;proto=http',
  ];
  const spoofed = (url: string, path: string) =>
    sendRaw(url, `GET ${path} HTTP/1.1\r\n${SPOOFED.join('\r\n')}\r\nConnection: close\r\n\r\n`);

  it('A25 A27 the server describes itself by the configured issuer, whatever Host and forwarded headers say', async () => {
    for (const url of world.urls) {
      for (const path of [
        '/.well-known/oauth-authorization-server',
        '/.well-known/openid-configuration',
        '/.well-known/oauth-protected-resource',
      ]) {
        const { statuses, text } = await spoofed(url, path);
        expect(statuses).toEqual([200]);
        expect(text).toContain(`"${oauth.issuer}"`);
        expect(text).not.toContain('admin.local');
      }
    }
  });

  it('A25 no route, redirect or check of an owner follows Host and forwarded headers', async () => {
    const query = flow.requestParams(app, { authorization_details: detailsOf() });
    for (const url of world.urls) {
      for (const path of ['/api/v1/grants', '/api/v1/me', '/grants/self', '/openai/v1/models'])
        expect((await spoofed(url, path)).statuses).toEqual([401]);
      const { statuses, text } = await spoofed(url, `/authorize?${query}`);
      expect(statuses).toEqual([303]);
      expect(text).not.toContain('admin.local');
      expect((await spoofed(url, '/device')).text).not.toContain('admin.local');
    }
  });

  it('A27 the issuer comes back with a code, with a refusal of the owner and with an error', async () => {
    const allowed = await flow.decide(oauth.browser, await open({}), 'allow');
    const denied = await flow.decide(oauth.browser, await open({}), 'deny');
    const wrong = await open({ code_challenge_method: 'plain' });
    for (const { url } of [allowed, denied, wrong])
      expect(new URL(url).searchParams.get('iss')).toBe(oauth.issuer);
    expect([errorAt(allowed.url), errorAt(denied.url)]).toEqual([null, 'access_denied']);
    expect(errorAt(wrong.url)).toBe('invalid_request');
  });

  it('A34 no page can be framed', async () => {
    const { pathname } = new URL((await open({})).url);
    for (const url of world.urls) {
      for (const path of ['/sign-in', '/device', '/', '/apps', pathname, '/authorize', '/consent/none']) {
        // Who is signed in has a session at the issuer's address alone.
        const browser = path === '/device' ? oauth.browser : new Browser(url, null);
        const { headers } = await browser.open(path);
        expect([path, headers.get('x-frame-options')]).toEqual([path, 'DENY']);
        expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      }
    }
  });

  const forgeries: [string, (fields: URLSearchParams) => void, Record<string, string>][] = [
    ['from another site', () => {}, { origin: 'https://evil.test' }],
    ['with an opaque origin', () => {}, { origin: 'null' }],
    ['without the token', (fields) => fields.delete('token'), {}],
    ['with another token', (fields) => fields.set('token', `${'a'.repeat(43)}.${'b'.repeat(43)}`), {}],
    ['as another type', () => {}, { 'content-type': 'text/plain' }],
  ];
  it.each(forgeries)(
    'A35 a decision %s is refused and grants nothing, on every replica',
    async (_name, change, headers) => {
      const before = (await oauth.grants()).length;
      for (const url of world.urls) {
        const page = await open({});
        const fields = formFields(page.text);
        fields.set('decision', 'allow');
        change(fields);
        const address = page.url.replace(oauth.issuer, url);
        const own = { origin: oauth.issuer, ...headers };
        expect((await oauth.browser.submit(address, fields, own)).status).toBe(403);
        // The same in the address of a GET only shows the page.
        expect((await oauth.browser.open(`${page.url}?${fields}`)).status).toBe(200);
      }
      expect((await oauth.grants()).length).toBe(before);
    },
  );

  it('A35 the request of another browser cannot be decided, with its form either', async () => {
    const before = (await oauth.grants()).length;
    const page = await open({});
    const fields = formFields(page.text);
    fields.set('decision', 'allow');
    for (const url of world.urls) {
      const stranger = new Browser(url, null);
      const address = page.url.replace(oauth.issuer, url);
      expect((await stranger.submit(address, fields, { origin: oauth.issuer })).status).toBe(400);
    }
    expect((await oauth.grants()).length).toBe(before);
  });

  it('A35 one form that is sent 16 times at once makes one grant', async () => {
    const before = (await oauth.grants()).length;
    const page = await open({});
    const fields = formFields(page.text);
    fields.set('decision', 'allow');
    const landings = await sixteenTimes((index) =>
      oauth.browser.submit(page.url.replace(oauth.issuer, oauth.at(index).issuer), fields, {
        origin: oauth.issuer,
      }),
    );
    expect(landings.filter(({ status }) => status >= 500)).toEqual([]);
    expect((await oauth.grants()).length).toBe(before + 1);
  });

  it.each([
    ['a name that reads backwards', { name: 'evil\u202egnp' }],
    ['a name with hidden letters', { name: 'Op\u200benAI' }],
    ['a name of 10 KB', { name: 'x'.repeat(10_000) }],
    ['a script as home page', { url: 'javascript:alert(1)' }],
    ['data as home page', { url: 'data:text/html,x' }],
    ['a logo', { logo_uri: 'https://evil.test/track.png' }],
  ])('A36 an app with %s is not registered', async (_name, change) => {
    await expect(oauth.registerApp(change)).rejects.toThrow('not registered');
  });

  it('A36 a name is text, beside the host that was registered; the page loads nothing from elsewhere', async () => {
    for (const name of ['<script>alert(1)</script>', 'ОpenAI']) {
      const client = await oauth.registerApp({ name });
      const page = await open({}, client);
      expect(page.text).not.toMatch(/<script|<img[^>]*src="(?!\/)|<iframe/);
      expect(page.text).toContain('Afterwards you go back to app.test.');
      expect(page.headers.get('content-security-policy')).toContain("img-src 'self' data:");
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });

  it('A37 a bigger request in a second tab, or pushed later, leaves what the first page stores as it showed it', async () => {
    const first = await open({});
    const bigger = detailsOf({ limits: { daily_spend: 900 } });
    await open({ authorization_details: bigger });
    await push(1, app, { authorization_details: bigger });
    const { searchParams } = new URL((await flow.decide(oauth.browser, first, 'allow')).url);
    const { body } = await flow.redeem(oauth.at(1), app, searchParams.get('code') ?? '');
    expect(body.authorization_details).toMatchObject([{ limits: { daily_spend: 1 } }]);
  });

  it('A37 a pushed request cannot be changed on its way, and a decision on an app that changed meanwhile is refused', async () => {
    const pushed = await push(1, app);
    const query = new URLSearchParams({
      client_id: app.id,
      request_uri: String(pushed.body.request_uri),
      authorization_details: detailsOf({ limits: { daily_spend: 900 } }),
    });
    const page = await oauth.browser.open(`/authorize?${query}`);
    expect(page.text).not.toContain('$900');

    const before = (await oauth.grants()).length;
    const client = await oauth.registerApp();
    const shown = await open({}, client);
    await world.api('PATCH', `/clients/${client.id}`, { name: 'Acme Bank' });
    const changed = await flow.decide(oauth.browser, shown, 'allow');
    expect([changed.status, changed.text.includes('Acme Bank')]).toEqual([409, true]);
    expect((await oauth.grants()).length).toBe(before);
  });

  it('A41 nothing is widened in silence: prompt=none is answered consent_required and the grant stands as it was', async () => {
    const narrow = { models: ['gpt-4o-mini'] };
    const { grantId } = await oauth.tokens(app, { authorization_details: detailsOf(narrow) });
    const grant = async () => (await world.api('GET', `/grants/${grantId}`)).body;
    const before = await grant();
    for (const change of [{}, narrow, { ...narrow, limits: { daily_spend: 2 } }]) {
      const landing = await open({ prompt: 'none', authorization_details: detailsOf(change) });
      expect(errorAt(landing.url)).toBe('consent_required');
    }
    expect(await grant()).toEqual(before);
  });

  it('A20 the challenge is the hash of the verifier, and a code holds to it on every replica', async () => {
    const verifier = 'v'.repeat(64);
    const code_challenge = createHash('sha256').update(verifier).digest('base64url');
    for (const index of replicas()) {
      const code = await oauth.code(app, { code_challenge });
      const answer = await flow.redeem(oauth.at(index), app, code, { code_verifier: verifier });
      expect(answer.status).toBe(200);
    }
  });
});
