// Guesses of an owner's password, in both forms of the product: from one network, from a network of many addresses, from everywhere. They are
// bounded, and they never close the owner out who comes from elsewhere or with a browser that is known.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWNER } from '../house/start-house.ts';
import { Browser } from '../oauth/browser.ts';
import { WORLDS, type World } from './worlds.ts';

/** Counted like any other, and refused before it costs the time that a password takes on purpose. */
const GUESS = 'x'.repeat(300);

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  beforeAll(async () => {
    // The test stands where a proxy would, so that it can come from any address.
    world = await start({ env: { VALETKEY_TRUSTED_PROXIES: '127.0.0.1' } });
  });
  afterAll(() => world.close());

  const send = async (address: string, password: string, index = 0, email = OWNER.email, cookie = '') => {
    const answer = await fetch(`${world.urls[index % world.urls.length]}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': address,
        origin: world.urls[0]!,
        ...(cookie && { cookie }),
      },
      body: JSON.stringify({ email, password }),
    });
    await answer.text();
    return answer;
  };
  const guess = async (address: string, index = 0) => (await send(address, GUESS, index)).status;
  const guesses = async (times: number, addressOf: (at: number) => string) => {
    const statuses: number[] = [];
    for (let at = 0; at < times; at += 1) statuses.push(await guess(addressOf(at), at));
    return statuses;
  };
  const tenOfTwelve = [...Array(10).fill(400), 429, 429];
  /** A browser in which the owner signs in from `address`, and its cookies afterwards. */
  const knownCookies = async (address: string): Promise<string> => {
    const answer = await send(address, OWNER.password);
    expect(answer.status).toBe(200);
    return answer.headers
      .getSetCookie()
      .filter((cookie) => cookie.includes('known_device'))
      .map((cookie) => cookie.split(';', 1)[0])
      .join('; ');
  };

  it('A38 wrong passwords from one network close the owner out of that network alone, on every replica', async () => {
    expect(await guesses(12, () => '203.0.113.7')).toEqual(tenOfTwelve);
    expect((await send('203.0.113.7', OWNER.password, 1)).status).toBe(429);
    for (const index of [0, 1]) expect((await send('198.51.100.1', OWNER.password, index)).status).toBe(200);
  });

  it('A38 an IPv6 network counts as one, however many addresses it has', async () => {
    expect(await guesses(12, (at) => `2001:db8:0:7::${at + 1}`)).toEqual(tenOfTwelve);
    expect((await send('2001:db8:0:8::1', OWNER.password)).status).toBe(200);
  });

  it('A38 a browser that signed in before goes on where strangers have used up every try', async () => {
    const cookie = await knownCookies('192.0.2.1');
    expect(cookie).toMatch(/^valetkey\.known_device=/);
    expect((await guesses(12, () => '192.0.2.1')).at(-1)).toBe(429);
    for (const index of [0, 1]) {
      const { status } = await send('192.0.2.1', OWNER.password, index, OWNER.email, cookie);
      expect(status).toBe(200);
    }
    const options = await fetch(`${world.urls[0]}/api/auth/passkey/generate-authenticate-options`, {
      headers: { 'x-forwarded-for': '192.0.2.1' },
    });
    expect([200, 404]).toContain(options.status);
  });

  it('the owner is told of each browser that was not known, whatever cookie it shows', async () => {
    await world.api('GET', '/me');
    const cookie = await knownCookies('192.0.2.60');
    const forged = cookie.replace(/(known_device=)./, '$1_');
    for (const [index, shown] of [cookie, forged].entries()) {
      const { status } = await send('192.0.2.60', OWNER.password, index, OWNER.email, shown);
      expect(status).toBe(200);
    }
    const changes = (await world.api('GET', '/audit/changes?topic=sign_in&limit=50')).body.data as {
      kind: string;
      body: { session_id: string; known_browser: boolean };
    }[];
    const [last, second, first] = changes
      .filter(({ kind }) => kind === 'owner.signed_in')
      .map(({ body }) => body);
    expect([first, second, last].map((each) => each?.known_browser)).toEqual([false, true, false]);
    const told = async () =>
      ((await world.api('GET', '/alerts?limit=200')).body.data as { details: { session_id?: string } }[]).map(
        ({ details }) => details.session_id,
      );
    await expect
      .poll(told, { timeout: 60_000, interval: 200 })
      .toEqual(expect.arrayContaining([first?.session_id, last?.session_id]));
    expect(await told()).not.toContain(second?.session_id);
  });

  it('A38 its cookie opens nothing, and gives no more guesses, at this account or another', async () => {
    const cookie = await knownCookies('192.0.2.20');
    const browser = new Browser(world.urls[0]!, null);
    expect((await browser.open('/sign-in')).text).toContain('type="password"');
    const me = await fetch(`${world.urls[0]}/api/v1/me`, { headers: { cookie } });
    expect(me.status).toBe(401);
    const own: number[] = [];
    for (let at = 0; at < 12; at += 1)
      own.push((await send(`192.0.2.${30 + at}`, GUESS, at, OWNER.email, cookie)).status);
    expect(own).toEqual(tenOfTwelve);
    const other: number[] = [];
    for (let at = 0; at < 12; at += 1)
      other.push((await send('192.0.2.50', GUESS, at, 'eve@owner.test', cookie)).status);
    expect(other).toEqual(tenOfTwelve);
  });
});
