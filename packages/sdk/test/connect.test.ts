// Apps that connect people's AI accounts, against the running broker: in a browser by way of a server, and on a device. What comes back is
// checked before it is used, and tokens renew themselves without ever using one twice.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signedInBrowser } from '../../broker/test/house/authorize-app.ts';
import { chat, openaiAt } from '../../broker/test/house/openai-at.ts';
import { type House, startHouse } from '../../broker/test/house/start-house.ts';
import { formFields } from '../../broker/test/oauth/browser.ts';
import {
  type AppOptions,
  type Connection,
  type ConnectionStore,
  createSigningKey,
  type DeviceCode,
  memoryStore,
  type ValetkeyApp,
  valetkeyApp,
} from '../src/index.ts';

const REDIRECT = 'https://app.test/callback';
const ACCESS = [{ provider: 'openai', models: ['gpt-4o*'], limits: { total_spend: 1 } }];

let house: House;
let browser: Awaited<ReturnType<typeof signedInBrowser>>;
let clientId: string;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  house = await startHouse();
  browser = await signedInBrowser(house);
  clientId = (await register({ type: 'public' })).id;
});
afterAll(async () => {
  vi.useRealTimers();
  await house.close();
});

const register = async (more: object) =>
  (await house.api('POST', '/clients', { name: 'Acme Writer', redirect_uris: [REDIRECT], ...more })).body;

/** The owner decides; where the browser is sent then. */
const decide = async (url: string, decision: 'allow' | 'deny' = 'allow'): Promise<string> => {
  const page = await browser.open(url);
  const fields = formFields(page.text);
  fields.set('decision', decision);
  return (await browser.submit(page.url, fields)).url;
};

const appOf = (options: Partial<AppOptions> = {}): ValetkeyApp =>
  valetkeyApp({ clientId, redirectUri: REDIRECT, ...options });
const asked = (more: object = {}) => ({ broker: house.url, access: ACCESS, ...more });
const connect = async (app: ValetkeyApp, more: object = {}): Promise<Connection> => {
  const { url } = await app.start(asked(more));
  return app.finish({ url: await decide(url), ...more });
};
const call = async (connection: Connection, fetcher?: typeof fetch) =>
  chat(openaiAt(await connection.token(), connection.baseUrl('openai'), fetcher));

/** A store of plain JSON, as a server has one in its database. */
const jsonStore = (rows = new Map<string, string>()): ConnectionStore => ({
  load: async (name) => JSON.parse(rows.get(name) ?? 'null'),
  save: async (name, value) => void rows.set(name, JSON.stringify(value)),
  remove: async (name) => void rows.delete(name),
});

/** Counts requests for tokens; `answer` stands in for the broker's where it gives one. */
const watched = (answer: (grantType: string) => Response | null = () => null) => {
  const grantTypes: string[] = [];
  const fetcher: typeof fetch = async (input, init) => {
    if (!String(input).endsWith('/token')) return fetch(input, init);
    const grantType = String((init!.body as URLSearchParams).get('grant_type'))
      .split(':')
      .at(-1)!;
    grantTypes.push(grantType);
    return answer(grantType) ?? fetch(input, init);
  };
  return { grantTypes, fetch: fetcher };
};

const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

describe('an app that is allowed', () => {
  it.each([
    ['tokens bound to its key', {}, true],
    ['plain tokens', { bound: false }, false],
  ])(
    'gets %s, calls with an official SDK, sees what is left, delegates, and ends it',
    async (_, options, isBound) => {
      const app = appOf(options);
      const connection = await connect(app);
      expect(connection).toMatchObject({
        issuer: house.url,
        isBound,
        grantId: expect.stringMatching(/^gr_/),
        manageUrl: `${house.url}/apps/${connection.grantId}`,
      });
      expect(await call(connection, connection.fetch)).toContain('simulated');
      if (isBound) await expect(call(connection)).rejects.toMatchObject({ code: 'invalid_dpop_proof' });
      else expect(await call(connection)).toContain('simulated');
      expect(Number((await connection.budget())?.remainingUsd)).toBeGreaterThan(0.9);
      expect(() => connection.baseUrl('google')).toThrow('there is: openai');
      await connection.revoke();
      await connection.revoke();
      expect(await app.connection()).toBeNull();
      await expect(connection.whoami()).rejects.toMatchObject({ code: 'invalid_token' });
    },
  );

  it.each([['none'], ['secret'], ['key']])(
    'on a server proves who it is with %s, keeps plain JSON and goes on after a restart',
    async (kind) => {
      const key = await createSigningKey({ extractable: true });
      const made =
        kind === 'none'
          ? { id: clientId }
          : await register(
              kind === 'secret'
                ? { type: 'confidential' }
                : { type: 'confidential', jwks: { keys: [{ ...key.publicJwk, kid: 'k' }] } },
            );
      const auth = kind === 'secret' ? { secret: made.client_secret } : { key, kid: 'k' };
      const store = jsonStore();
      const options = { clientId: made.id, store, ...(kind !== 'none' && { auth }) };
      const { url } = await appOf(options).start(asked({ name: 'user 7' }));
      const first = await appOf(options).finish({ url: await decide(url), name: 'user 7' });
      const again = await appOf(options).connection('user 7');
      expect(again?.grantId).toBe(first.grantId);
      expect(await call(again!, again!.fetch)).toContain('simulated');
      later(600);
      expect((await again!.whoami()).status).toBe('active');
      expect(await appOf(options).connection('user 8')).toBeNull();
    },
  );

  it('delegates to an agent, which ends with it', async () => {
    const app = appOf();
    const { url } = await app.start(asked({ access: [{ ...ACCESS[0]!, delegation: { max_depth: 1 } }] }));
    const page = await browser.open(url);
    const fields = formFields(page.text);
    for (const [name, value] of [
      ['p0-delegate', 'on'],
      ['decision', 'allow'],
    ] as const)
      fields.set(name, value);
    const connection = await app.finish({ url: (await browser.submit(page.url, fields)).url });
    const child = await connection.delegate({ name: 'worker', limit: '0.1' });
    expect((await connection.children()).map(({ grantId }) => grantId)).toEqual([child.grantId]);
    await connection.revoke();
  });
});

describe('what comes back', () => {
  it('is refused where the person said no, and can be asked again', async () => {
    const app = appOf();
    const { url } = await app.start(asked());
    await expect(app.finish({ url: await decide(url, 'deny') })).rejects.toMatchObject({
      code: 'access_denied',
      advice: expect.stringContaining('said no'),
    });
    expect(await app.connection()).toBeNull();
    expect((await connect(app)).grantId).toMatch(/^gr_/);
  });

  it.each<[string, (url: URL) => void, string]>([
    ['another state', (url) => url.searchParams.set('state', 'x'), 'state_mismatch'],
    ['no state', (url) => url.searchParams.delete('state'), 'state_mismatch'],
    ['another broker', (url) => url.searchParams.set('iss', 'https://evil.test'), 'issuer_mismatch'],
    ['no broker', (url) => url.searchParams.delete('iss'), 'issuer_mismatch'],
    ['no code', (url) => url.searchParams.delete('code'), 'state_mismatch'],
    ['another code', (url) => url.searchParams.set('code', 'x'), 'invalid_grant'],
  ])('with %s gets nothing', async (_, change, code) => {
    const watcher = watched();
    const app = appOf({ fetch: watcher.fetch });
    const url = new URL(await decide((await app.start(asked())).url));
    change(url);
    await expect(app.finish({ url })).rejects.toMatchObject({ code });
    expect(watcher.grantTypes).toHaveLength(code === 'invalid_grant' ? 1 : 0);
    expect(await app.connection()).toBeNull();
  });

  it('is taken once, and by whom it belongs to', async () => {
    const app = appOf();
    const url = await decide((await app.start(asked({ name: 'ada' }))).url);
    await expect(app.finish({ url, name: 'eve' })).rejects.toMatchObject({ code: 'state_mismatch' });
    const connection = await app.finish({ url, name: 'ada' });
    await expect(app.finish({ url, name: 'ada' })).rejects.toMatchObject({ code: 'state_mismatch' });
    expect((await connection.whoami()).status).toBe('active');
  });

  it('that is loaded twice at once is redeemed once, and the grant lives', async () => {
    const watcher = watched();
    const app = appOf({ store: jsonStore(), fetch: watcher.fetch });
    const url = await decide((await app.start(asked())).url);
    const finished = await Promise.allSettled([app.finish({ url }), app.finish({ url })]);
    expect(finished.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(watcher.grantTypes).toHaveLength(1);
    expect((await (await app.connection())?.whoami())?.status).toBe('active');
  });

  it('is kept where the broker goes away right after it', async () => {
    let isAway = true;
    const store = jsonStore();
    const app = appOf({
      store,
      fetch: async (input, init) => {
        if (isAway && String(input).endsWith('/grants/self')) throw new TypeError('fetch failed');
        return fetch(input, init);
      },
    });
    const url = await decide((await app.start(asked())).url);
    await expect(app.finish({ url })).rejects.toMatchObject({ code: 'no_answer' });
    isAway = false;
    const connection = await app.connection();
    expect(await call(connection!, connection!.fetch)).toContain('simulated');
  });

  it.each([
    ['less than tokens', { access_token: 'x', token_type: 'DPoP' }],
    [
      'tokens that lost their binding',
      { access_token: 'x', token_type: 'Bearer', expires_in: 1, grant_id: 'g' },
    ],
    ['nothing', null],
  ])('is not believed where it brings %s', async (_, body) => {
    const app = appOf(watched(() => Response.json(body)));
    const url = await decide((await app.start(asked())).url);
    await expect(app.finish({ url })).rejects.toMatchObject({ code: 'not_a_broker' });
  });
});

describe('tokens', () => {
  it('are refreshed once, however many callers ask at the same time', async () => {
    const watcher = watched();
    const store = memoryStore();
    const connection = await connect(appOf({ store, fetch: watcher.fetch }));
    const first = await connection.token();
    later(560);
    const others = await appOf({ store, fetch: watcher.fetch }).connection();
    const tokens = await Promise.all([
      connection.token(),
      connection.token(),
      others!.token(),
      ...[1, 2, 3].map(() => connection.budget()),
    ]);
    expect(watcher.grantTypes).toEqual(['authorization_code', 'refresh_token']);
    expect(new Set(tokens.slice(0, 3)).size).toBe(1);
    expect(tokens[0]).not.toBe(first);
  });

  it('are durable before they are used, and not lost where that fails', async () => {
    const rows = new Map<string, string>();
    const store = jsonStore(rows);
    const watcher = watched();
    const connection = await connect(appOf({ store, fetch: watcher.fetch }));
    later(600);
    const broken = vi.spyOn(store, 'save').mockRejectedValueOnce(new Error('disk full'));
    await expect(connection.whoami()).rejects.toMatchObject({ code: 'storage_failed' });
    broken.mockRestore();
    expect((await connection.whoami()).status).toBe('active');
    expect(watcher.grantTypes).toEqual(['authorization_code', 'refresh_token']);
    expect(JSON.stringify([...rows])).toContain(await connection.token());
  });

  it('are those that somebody else was faster to get', async () => {
    const rows = new Map<string, string>();
    const mine = await connect(appOf({ store: jsonStore(rows) }));
    const theirs = await appOf({ store: jsonStore(rows) }).connection();
    later(600);
    expect(await theirs!.token()).toBe(await mine.token());
    expect((await mine.whoami()).status).toBe('active');
  });

  it('go on being used for their last minute while the broker is away, and no longer', async () => {
    const away = watched((type) =>
      type === 'refresh_token' ? new Response('Bad Gateway', { status: 502 }) : null,
    );
    const connection = await connect(appOf({ fetch: away.fetch }));
    const token = await connection.token();
    later(570);
    // What answered in the broker's place is told from one by its status alone.
    expect(await connection.token()).toBe(token);
    later(60);
    await expect(connection.token()).rejects.toMatchObject({ status: 502 });
  });

  it('end with the grant, and with a disconnection in another place', async () => {
    const store = memoryStore();
    const [here, there] = [await connect(appOf({ store })), await appOf({ store }).connection()];
    await there!.revoke();
    later(600);
    await expect(here.token()).rejects.toMatchObject({ code: 'not_connected' });
    const ended = await connect(appOf());
    await house.api('POST', `/grants/${ended.grantId}/revoke`);
    later(600);
    await expect(ended.token()).rejects.toMatchObject({ code: 'invalid_grant' });
    await ended.revoke();
  });

  it('work again once the owner has resumed the access', async () => {
    const connection = await connect(appOf());
    await house.api('PATCH', `/grants/${connection.grantId}`, { status: 'suspended' });
    later(600);
    await expect(connection.token()).rejects.toMatchObject({ code: 'invalid_grant', message: /stopped/ });
    await house.api('PATCH', `/grants/${connection.grantId}`, { status: 'active' });
    expect((await connection.whoami()).status).toBe('active');
  });
});

describe('an app on a device', () => {
  let decided: Promise<unknown>;
  /** It looks once the person has decided, by a clock that has gone on meanwhile. */
  const patient: typeof fetch = async (input, init) => {
    if (String(input).endsWith('/token')) {
      await decided;
      later(6);
    }
    const answer = await fetch(input, init);
    if (!String(input).endsWith('/device_authorization')) return answer;
    return Response.json({ ...((await answer.json()) as object), interval: 0.02 });
  };
  const type = async ({ urlWithCode }: DeviceCode, decision: 'allow' | 'deny') => {
    expect(await decide(urlWithCode, decision)).toContain('decided=');
  };

  it('shows a code, and is connected once the person has typed it in and allowed', async () => {
    let shown: DeviceCode | null = null;
    const onCode = (code: DeviceCode) => {
      shown = code;
      decided = type(code, 'allow');
    };
    const app = appOf({ fetch: patient });
    const connection = await app.device({ ...asked(), onCode });
    expect(shown).toMatchObject({
      userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      url: `${house.url}/device`,
      urlWithCode: expect.stringContaining(`${house.url}/device?user_code=`),
    });
    expect((await connection.whoami()).status).toBe('active');
    expect((await app.connection())?.grantId).toBe(connection.grantId);
  });

  it('learns that the person said no', async () => {
    const onCode = (code: DeviceCode) => {
      decided = type(code, 'deny');
    };
    const connecting = appOf({ fetch: patient }).device({ ...asked(), onCode });
    await expect(connecting).rejects.toMatchObject({ code: 'access_denied' });
  });
});
