// Sessions in both forms of the product: planted, stolen and old ones. A session is worth something only to the browser that proved who is
// there, and for what matters most only for some minutes.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemAmbient } from '../../src/clock.ts';
import { OWNER } from '../house/start-house.ts';
import { queryRows } from '../postgres/query-rows.ts';
import { WORLDS, type World } from './worlds.ts';

const LARGE = { type: 'ai_model_access', provider: 'openai', limits: { monthly_spend: 900 } };
const KEY = { provider: 'openai', key: 'sk-a-key-of-the-office-9f2c' };

describe.each(WORLDS)('%s', (_form, start) => {
  let aheadMs = 0;
  let world: World;
  beforeAll(async () => {
    world = await start({ ambient: { ...systemAmbient, now: () => Date.now() + aheadMs } });
  });
  afterAll(() => world.close());

  const issuer = () => world.urls[0]!;
  const send = (path: string, fields: Record<string, string>, cookie = '', url = issuer()) =>
    fetch(url + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: issuer(), cookie },
      body: new URLSearchParams(fields),
    });
  const cookieOf = (answer: Response): string =>
    answer.headers
      .getSetCookie()
      .map((each) => each.split(';', 1)[0])
      .join('; ');
  const signIn = async (cookie = '') => cookieOf(await send('/sign-in', OWNER, cookie));
  const isAlive = async (cookie: string) =>
    Promise.all(
      world.urls.map(
        async (url) => (await fetch(`${url}/api/v1/me`, { headers: { cookie } })).status === 200,
      ),
    );
  /** Status of a call of the API in a browser, at every replica. */
  const call = async (cookie: string, path: string, body: object, method = 'POST') => {
    const statuses = [];
    for (const url of world.urls) {
      const headers = { origin: issuer(), cookie, 'content-type': 'application/json' };
      const answer = await fetch(`${url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
      statuses.push(answer.status);
    }
    return [...new Set(statuses)];
  };
  /** Replicas admit nothing under a clock that is not the database's, so there it is the sessions that are moved. */
  const grow = async () => {
    if (world.databaseUrl === null) aheadMs += 11 * 60_000;
    else
      await queryRows(
        world.databaseUrl,
        `update "session" set "createdAt" = "createdAt" - interval '11 minutes'`,
      );
  };

  it('A35 a session that was planted before signing in is not the one that comes of it, and ends', async () => {
    const planted = await signIn();
    const own = await signIn(planted);
    expect(own).not.toBe(planted);
    expect(await isAlive(planted)).toEqual(world.urls.map(() => false));
    expect(await isAlive(own)).toEqual(world.urls.map(() => true));
    const invented = 'valetkey.session_token=planted.by-somebody';
    expect(await signIn(invented)).not.toContain('planted');
  });

  it('A35 a session that was stolen before its owner confirmed is worth nothing afterwards, on any replica', async () => {
    const stolen = await signIn();
    await grow();
    const answer = await send(
      '/confirm',
      { return_to: '/accounts', 'confirm-password': OWNER.password },
      stolen,
    );
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/accounts']);
    expect(await isAlive(stolen)).toEqual(world.urls.map(() => false));
    expect(await call(cookieOf(answer), '/provider-keys', KEY)).toEqual([201]);
  });

  it('A35 a session that was left open does nothing that matters most, on any replica, and stops everything', async () => {
    const old = await signIn();
    expect(await call(old, '/provider-keys', KEY)).toEqual([201]);
    await grow();
    expect(await call(old, '/provider-keys', KEY)).toEqual([401]);
    expect(await call(old, '/grants', { authorization_details: [LARGE] })).toEqual([401]);
    expect(await call(old, '/audit/erase', { owner_email: OWNER.email })).toEqual([401]);
    expect(await call(old, '/me', {}, 'PUT')).toEqual([404]);
    for (const path of [
      '/passkey/generate-register-options',
      '/passkey/delete-passkey',
      '/change-password',
    ]) {
      const answer = await fetch(`${issuer()}/api/auth${path}`, {
        method: path.includes('generate') ? 'GET' : 'POST',
        headers: { origin: issuer(), cookie: old, 'content-type': 'application/json' },
        ...(!path.includes('generate') && { body: '{}' }),
      });
      expect([path, answer.status]).toEqual([path, 401]);
    }
    expect(await call(old, '/stops', { scope: 'everything' })).toEqual([200]);
  });

  it('A35 a session is seen and ended from another one on any replica, and all others with one call', async () => {
    const [own, lost] = [await signIn(), await signIn()];
    const read = async (cookie: string, url: string) =>
      (await (await fetch(`${url}/api/v1/sessions`, { headers: { cookie } })).json()) as {
        data: { id: string; is_this: boolean }[];
      };
    const end = (path: string, method: string, url: string) =>
      fetch(`${url}/api/v1/sessions${path}`, { method, headers: { origin: issuer(), cookie: own } });
    const seen = await read(lost, world.urls.at(-1)!);
    expect(JSON.stringify(seen)).not.toContain(lost.split('=')[1]!.slice(0, 20));
    const { id } = seen.data.find(({ is_this }) => is_this)!;
    expect((await end(`/${id}`, 'DELETE', world.urls.at(-1)!)).status).toBe(204);
    expect((await end(`/${id}`, 'DELETE', issuer())).status).toBe(404);
    expect(await isAlive(lost)).toEqual(world.urls.map(() => false));
    const other = await signIn();
    expect((await end('/end-others', 'POST', world.urls.at(-1)!)).status).toBe(200);
    expect(await isAlive(other)).toEqual(world.urls.map(() => false));
    expect((await read(own, issuer())).data).toMatchObject([{ is_this: true }]);
  });

  it('A35 an old session lets no terminal in: it is asked first', async () => {
    const old = await signIn();
    await grow();
    const started = await fetch(`${issuer()}/api/auth/device/code`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: 'valetkey-cli' }),
    });
    const { user_code: userCode } = (await started.json()) as { user_code: string };
    await fetch(`${issuer()}/device?user_code=${userCode}`, { headers: { cookie: old } });
    const allow = { user_code: userCode, decision: 'approve' };
    const asked = await send('/device', allow, old);
    expect(asked.headers.get('location')).toBe(
      `/confirm?return_to=${encodeURIComponent(`/device?user_code=${userCode}`)}`,
    );
    const denied = await send('/device', { ...allow, decision: 'deny' }, old);
    expect(await denied.text()).toContain('Nothing was allowed.');
  });

  it('A35 guessing the password of a stolen session is as slow as signing in', async () => {
    const stolen = await signIn();
    await grow();
    const guess = () => send('/confirm', { 'confirm-password': 'not the password' }, stolen);
    for (let guesses = 0; guesses < 10; guesses += 1) expect((await guess()).status).toBe(401);
    expect(await (await guess()).text()).toContain('Too many attempts.');
    const right = await send('/confirm', { 'confirm-password': OWNER.password }, stolen);
    expect(right.status).toBe(401);
  });
});
