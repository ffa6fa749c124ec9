// What other sites can make an owner's browser do, and what browsers are told of every answer. The routes are those that the running house
// names.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, OWNER, signIn, startHouse } from '../house/start-house.ts';
import { everyRoute, type Route } from './every-route.ts';

let house: House;
let routes: readonly Route[];
let cookie: string;
let token: string;
beforeAll(async () => {
  house = await startHouse({ env: { VALETKEY_OPEN_REQUESTS: 'on' } });
  routes = await everyRoute(house);
  token = await signIn(house.url);
  cookie = cookieOf(await sendForm('/sign-in', OWNER));
});
afterAll(() => house?.close());

const cookieOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((each) => each.split(';', 1)[0])
    .join('; ');

const sendForm = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(house.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: house.url, ...headers },
    body: new URLSearchParams(fields),
  });

const open = (path: string, headers: Record<string, string> = {}) =>
  fetch(house.url + path, { redirect: 'manual', headers });

const entries = async (): Promise<number> => {
  const answer = await open('/api/v1/audit/export', { authorization: `Bearer ${token}` });
  expect(answer.status).toBe(200);
  return (await answer.text()).split('\n').length;
};

/** Runs `work` on all of them, a few at a time. */
const forAll = async <Value>(values: readonly Value[], work: (value: Value) => Promise<unknown>) => {
  for (let at = 0; at < values.length; at += 8) await Promise.all(values.slice(at, at + 8).map(work));
};

/** Below the management API the one path that reads no cookie, and has nothing to say of where a request comes from. */
const KEYS = '/api/v1/auth/keys';

/** They say the same whatever is sent, and do nothing. */
const FIXED = /^\/(healthz?$|readyz$|docs\/(errors|connect))/;

describe('A35 a page of another site', () => {
  const FORGED = [
    ['another site', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }],
    ['a page without an origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a neighbouring port', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['a browser that leaves the origin out', { 'sec-fetch-site': 'cross-site' }],
    ['a browser that says nothing', {}],
  ] as const;

  it.each(FORGED)(
    'A35 changes nothing with the cookie of an owner, on any route: %s',
    async (_name, forged) => {
      const before = await entries();
      const requests = routes.flatMap(({ path, methods }) =>
        (methods ?? ['POST', 'PUT', 'PATCH', 'DELETE'])
          .filter((method) => method !== 'GET' && !FIXED.test(path))
          .flatMap((method) =>
            ['application/json', 'application/x-www-form-urlencoded', 'text/plain'].map((type) => ({
              path,
              method,
              type,
            })),
          ),
      );
      expect(requests.length).toBeGreaterThan(400);
      const passed: string[] = [];
      await forAll(requests, async ({ path, method, type }) => {
        const answer = await fetch(house.url + path, {
          method,
          redirect: 'manual',
          headers: { ...forged, cookie, 'content-type': type },
          body: type.endsWith('json') ? '{}' : '',
        });
        const text = await answer.text();
        const isSaid =
          !path.startsWith('/api/v1/') ||
          path === KEYS ||
          text.includes('must come from') ||
          answer.status === 404;
        if (answer.status < 400 || answer.status >= 500 || !isSaid)
          passed.push(`${method} ${path} ${answer.status}`);
      });
      expect(passed).toEqual([]);
      expect(await entries()).toBe(before);
      expect((await open('/api/v1/me', { cookie })).status).toBe(200);
    },
    120_000,
  );

  it('A35 signs nobody in, whether as a form, as a script or as text (login CSRF)', async () => {
    const before = await entries();
    for (const [, forged] of FORGED.slice(0, 4)) {
      const body = new URLSearchParams(OWNER);
      const form = await fetch(`${house.url}/sign-in`, { method: 'POST', headers: { ...forged }, body });
      expect([form.status, form.headers.getSetCookie()]).toEqual([403, []]);
      for (const type of ['application/json', 'text/plain']) {
        const answer = await fetch(`${house.url}/api/auth/sign-in/email`, {
          method: 'POST',
          headers: { ...forged, 'content-type': type },
          body: JSON.stringify(OWNER),
        });
        expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
      }
    }
    expect(await entries()).toBe(before);
  });
});

describe('an address that a request names', () => {
  it.each([
    'https://evil.test/',
    '//evil.test/',
    '/\\evil.test/',
    '\\\\evil.test',
    '/\t/evil.test',
    '%2f%2fevil.test',
    'javascript:alert(1)',
    'data:text/html,x',
    'http:evil.test',
    '/..//evil.test/',
  ])('leads nowhere but here: %s', async (target) => {
    const query = new URLSearchParams({
      return_to: target,
      callbackURL: target,
      redirect_uri: target,
      callback_url: target,
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    const locations: (string | null)[] = [];
    const see = (answer: Response) => void locations.push(answer.headers.get('location'));
    for (const path of [
      '/sign-in',
      '/confirm',
      '/sign-out',
      '/device',
      '/settings/passkeys',
      '/setup',
      '/auth',
    ])
      for (const headers of [{}, { cookie }]) see(await open(`${path}?${query}`, headers));
    see(await sendForm('/confirm', { return_to: target }, { cookie }));
    see(await sendForm('/confirm', { return_to: target }));
    see(await sendForm('/sign-out', { return_to: target }));
    const urls = locations.flatMap((location) => (location === null ? [] : [new URL(location, house.url)]));
    expect(urls.length).toBeGreaterThan(5);
    expect(urls.filter(({ origin }) => origin !== house.url)).toEqual([]);
    const next = urls.map(({ searchParams }) => searchParams.get('return_to') ?? '/');
    expect(next.filter((path) => new URL(path, house.url).origin !== house.url)).toEqual([]);
    const answer = await fetch(`${house.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { origin: house.url, 'content-type': 'application/json' },
      body: JSON.stringify({ ...OWNER, password: 'not the right one', callbackURL: target }),
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers.get('location')).toBeNull();
  });
});

/** What anybody may keep: files whose address changes with them, public keys and metadata. */
const PUBLIC = /^\/(assets\/|\.well-known\/|jwks|oauth\/jwks|nowhere\.js$)/;
const INLINE = /<script(?![^>]*\ssrc="\/)|<style|\sstyle=|\son\w+="|javascript:|srcdoc/;

describe('A34 every answer', () => {
  it('A34 tells the browser not to frame, guess, embed, keep or script it: each route, signed in and not', async () => {
    const answers: string[] = [];
    const wrong: string[] = [];
    const check = async (path: string, answer: Response) => {
      const header = (name: string) => answer.headers.get(name) ?? '';
      const isEndless = header('content-type').startsWith('text/event-stream');
      const text = isEndless ? '' : await answer.text();
      if (isEndless) await answer.body?.cancel();
      const policy = header('content-security-policy');
      const isPage = header('content-type').startsWith('text/html');
      answers.push(path);
      const found: Readonly<Record<string, boolean>> = {
        frame: policy.includes("frame-ancestors 'none'") && header('x-frame-options') === 'DENY',
        default: policy.startsWith("default-src 'none'") && !/unsafe|\*/.test(policy),
        nosniff: header('x-content-type-options') === 'nosniff',
        corp: header('cross-origin-resource-policy') === 'same-origin',
        referrer: ['no-referrer', 'same-origin'].includes(header('referrer-policy')),
        permissions: header('permissions-policy').includes('camera=()'),
        cache: PUBLIC.test(path) || /^no-(store|cache)$/.test(header('cache-control')),
        opener: !isPage || header('cross-origin-opener-policy') === 'same-origin',
        types: !isPage || policy.includes("require-trusted-types-for 'script'; trusted-types 'none'"),
        inline: !isPage || !INLINE.test(text),
        server: header('server') === '' && header('x-powered-by') === '',
      };
      for (const [name, isRight] of Object.entries(found))
        if (!isRight) wrong.push(`${name}: ${path} ${answer.status}`);
    };
    const requests = routes.flatMap(({ path }) =>
      [{}, { cookie }, { authorization: 'Bearer none' }].flatMap((headers) =>
        ['GET', 'POST'].map((method) => ({ path, method, headers })),
      ),
    );
    await forAll(requests, async ({ path, method, headers }) =>
      check(path, await fetch(house.url + path, { method, headers, redirect: 'manual' })),
    );
    expect(wrong).toEqual([]);
    expect(answers.length).toBeGreaterThan(400);
    // What only an owner may see is never kept, not even to be asked about again.
    const mine = await open('/settings/passkeys', { cookie });
    expect([mine.status, mine.headers.get('cache-control')]).toEqual([200, 'no-store']);
  }, 120_000);

  it('A34 sets only cookies that scripts cannot read and other sites cannot send along with a change', async () => {
    const set = [
      await sendForm('/sign-in', OWNER),
      await open(`/authorize?client_id=none&response_type=code`),
      await open('/api/auth/passkey/generate-authenticate-options'),
      await sendForm('/sign-out', {}, { cookie: cookieOf(await sendForm('/sign-in', OWNER)) }),
    ].flatMap((answer) => answer.headers.getSetCookie());
    expect(set.length).toBeGreaterThan(2);
    expect(set.filter((each) => !/; HttpOnly/i.test(each) || !/; SameSite=Lax/i.test(each))).toEqual([]);
    expect(set.filter((each) => /; Domain=/i.test(each))).toEqual([]);
  });
});

describe('A25 a proxy in front', () => {
  it.each([
    [
      'that the operator trusts says who guesses, one caller for all of them is not locked out',
      '127.0.0.1',
      401,
    ],
    ['that nobody named says nothing', '10.0.0.7', 429],
  ])('A25 %s', async (_name, proxies, expected) => {
    const behind = await startHouse({ env: { VALETKEY_TRUSTED_PROXIES: proxies } });
    const guess = async (address: string, guesses: string) => {
      const answer = await fetch(`${behind.url}/sign-in`, {
        method: 'POST',
        headers: { origin: behind.url, 'x-forwarded-for': `127.0.0.1, ${address}` },
        body: new URLSearchParams({ email: guesses, password: 'not it' }),
      });
      return answer.status;
    };
    try {
      for (let guesses = 0; guesses < 30; guesses += 1) await guess('203.0.113.9', `no-address-${guesses}`);
      expect(await guess('203.0.113.9', OWNER.email)).toBe(429);
      expect(await guess('198.51.100.4', OWNER.email)).toBe(expected);
    } finally {
      await behind.close();
    }
  });
});
