// Addresses that a stranger names, and the ways in that are closed, in both forms of the product: nothing private is ever connected to,
// nobody registers an app without an owner, and no device is connected by a link alone.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Browser, formFields } from '../oauth/browser.ts';
import * as flow from '../oauth/flow.ts';
import { detailsOf, type OauthWorld, openOauthWorld, outcomes, sixteenTimes } from './oauth-world.ts';
import { WORLDS, type World } from './worlds.ts';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  let oauth: OauthWorld;
  let app: flow.TestClient;
  beforeAll(async () => {
    world = await start();
    oauth = await openOauthWorld(world);
    app = await oauth.registerApp();
  });
  afterAll(() => world.close());
  afterEach(() => expect(world.evil.connections()).toBe(0));

  const metadataOf = async (url: string) =>
    (await (await fetch(`${url}/.well-known/oauth-authorization-server`)).json()) as Record<string, unknown>;
  const postJson = async (url: string, path: string, body: object) => {
    const headers = { 'content-type': 'application/json', origin: oauth.issuer };
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json().catch(() => ({}))) as Record<string, string> };
  };

  it('A38 an app on a device gets tokens once, from whichever replica, after its owner was shown the code and asked', async () => {
    const ask = { authorization_details: detailsOf() };
    const { body: code } = await flow.post(oauth.at(1), '/device_authorization', app, ask);
    const poll = (index: number, client = app) =>
      flow.post(oauth.at(index), '/token', client, {
        grant_type: DEVICE,
        device_code: String(code.device_code),
      });
    expect((await poll(0)).body.error).toBe('authorization_pending');
    expect((await poll(0)).body.error).toBe('slow_down');
    const page = await oauth.browser.open(String(code.verification_uri_complete));
    expect(page.text).toContain('If somebody sent you this code or link, cancel');
    expect(page.text).toContain(code.user_code);
    const forged = await oauth.browser.submit(page.url, formFields(page.text), {
      origin: 'https://evil.test',
    });
    expect(forged.status).toBe(403);
    const stranger = await new Browser(oauth.issuer, null).submit(page.url, formFields(page.text));
    expect(stranger.url).toContain('/sign-in');
    expect((await poll(1)).body.access_token).toBeUndefined();
    const landings = await Promise.all([1, 2, 3, 4].map(() => flow.decide(oauth.browser, page, 'allow')));
    expect(landings.filter(({ url }) => url.endsWith('decided=allowed'))).toHaveLength(1);
    const answers = await sixteenTimes(poll);
    expect(outcomes(answers)).toEqual(['200 ok', ...Array(15).fill('400 invalid_grant')]);
    expect((await poll(1, await oauth.registerApp())).body.error).toBe('invalid_grant');
  });

  it('A38 a link to a code connects no terminal: the owner is shown the code and asked, and polling fast is told to slow down', async () => {
    const { body: device } = await postJson(oauth.issuer, '/api/auth/device/code', {
      client_id: 'valetkey-cli',
    });
    const poll = (index: number) =>
      postJson(oauth.at(index).issuer, '/api/auth/device/token', {
        grant_type: DEVICE,
        device_code: device.device_code,
        client_id: 'valetkey-cli',
      });
    expect((await poll(0)).body.error).toBe('authorization_pending');
    expect((await poll(1)).body.error).toBe('slow_down');
    const page = await oauth.browser.open(String(device.verification_uri_complete));
    expect(page.text).toContain('Did you just start this yourself');
    expect(page.text).toContain(device.user_code);
    const fields = formFields(page.text);
    fields.set('decision', 'approve');
    const forged = await oauth.browser.submit('/device', fields, { origin: 'https://evil.test' });
    expect(forged.status).toBeGreaterThanOrEqual(400);
    const stranger = await new Browser(oauth.issuer, null).submit('/device', fields);
    expect(stranger.url).toContain('/sign-in');
    expect((await poll(1)).body.access_token).toBeUndefined();
  });

  it('A38 codes cannot be guessed: after a few the address has to wait', async () => {
    const statuses: number[] = [];
    for (let guess = 0; guess < 40; guess += 1) {
      const code = `AAAA${guess.toString(36).padStart(4, '0').toUpperCase()}`;
      statuses.push((await oauth.browser.open(`/device?user_code=${code}`)).status);
    }
    const told = statuses.filter((status) => status === 400).length;
    expect(told).toBeLessThanOrEqual(30);
    expect(statuses).toEqual([...Array(told).fill(400), ...Array(40 - told).fill(429)]);
  });

  it('A38 guesses of a password count together on all replicas', async () => {
    const statuses: number[] = [];
    for (let guess = 0; guess < 14; guess += 1) {
      const url = world.urls[guess % world.urls.length] ?? '';
      const email = guess % 3 === 0 ? 'Somebody@Example.test' : 'somebody@example.test';
      const body = { email, password: `a wrong guess ${guess}` };
      statuses.push((await postJson(url, '/api/auth/sign-in/email', body)).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), ...Array(4).fill(429)]);
  });

  it('A39 nobody registers an app without an owner, unless the operator lets them', async () => {
    const body = { redirect_uris: ['https://evil.test/cb'], client_name: 'Evil' };
    for (const url of world.urls) {
      expect((await metadataOf(url)).registration_endpoint).toBeUndefined();
      for (const path of ['/register', '/reg', '/connect/register', '/oauth/register', '/api/v1/clients']) {
        const answer = await postJson(url, path, body);
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.body.client_id).toBeUndefined();
      }
    }
  });

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'http://public.test/cb',
    'https://*.app.test/cb',
    'myapp://cb',
    'myapp:/cb',
    'https://app.test/cb#f',
    'https://user@app.test/cb',
    'file:///etc/passwd',
  ])('A39 %s is no address of an app, when it is registered and when it is changed', async (uri) => {
    const redirect_uris = [flow.REDIRECT, uri];
    await expect(oauth.registerApp({ redirect_uris })).rejects.toThrow('not registered');
    const before = (await world.api('GET', '/clients')).body;
    expect((await world.api('PATCH', `/clients/${app.id}`, { redirect_uris })).status).toBe(400);
    expect((await world.api('GET', '/clients')).body).toEqual(before);
  });

  it('A39 an app that was removed stays removed, on every replica', async () => {
    const client = await oauth.registerApp({ type: 'confidential' });
    const tokens = await oauth.tokens(client);
    expect((await world.api('DELETE', `/clients/${client.id}`)).status).toBe(204);
    for (const index of world.urls.keys()) {
      const refreshed = await flow.refresh(oauth.at(index), client, tokens.refreshToken);
      expect([refreshed.status, refreshed.body.error]).toEqual([401, 'invalid_client']);
      expect(await oauth.chat({ authorization: `Bearer ${tokens.accessToken}` }, index)).toBe(401);
    }
    expect((await world.api('PATCH', `/clients/${client.id}`, { name: 'Back' })).status).toBe(404);
    expect((await flow.openRequest(oauth.browser, client)).status).toBe(400);
  });

  it('A40 an id that leads anywhere private is refused, and nothing is connected to', async () => {
    const { port } = new URL(world.evil.origin);
    const ids = [
      `http://127.0.0.1:${port}/client.json`,
      `https://127.0.0.1:${port}/client.json`,
      `https://localhost:${port}/client.json`,
      `https://[::1]:${port}/client.json`,
      `https://2130706433:${port}/client.json`,
      `https://0x7f.1:${port}/client.json`,
      `https://[::ffff:127.0.0.1]:${port}/client.json`,
      `https://0.0.0.0:${port}/client.json`,
      'https://169.254.169.254/latest/meta-data/client.json',
      'https://10.0.0.1/client.json',
      'file:///etc/passwd',
    ];
    for (const id of ids) {
      const startedAt = performance.now();
      const landing = await flow.openRequest(
        oauth.browser,
        { id, secret: null },
        { authorization_details: detailsOf() },
      );
      expect([id, landing.status]).toEqual([id, 400]);
      expect(landing.text).not.toMatch(/ECONN|refused to connect|EHOSTUNREACH/);
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      for (const index of world.urls.keys()) {
        const pushed = await flow.post(oauth.at(index), '/par', { id, secret: null }, {});
        expect([400, 401]).toContain(pushed.status);
      }
    }
  });

  it.each(['jwks_uri', 'sector_identifier_uri', 'logo_uri', 'request_uris'])(
    'A40 an app cannot be registered with %s, which somebody would have to fetch',
    async (member) => {
      await expect(oauth.registerApp({ [member]: `${world.evil.origin}/x` })).rejects.toThrow(
        'not registered',
      );
    },
  );
});
