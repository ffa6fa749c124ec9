// Several owners in one house, in both forms of the product: nobody becomes one without an invitation or twice by the same, nobody but the
// operator deals with others, and a suspended owner has nothing that still works, on any replica.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signedInBrowser } from '../house/authorize-app.ts';
import type { ApiAnswer } from '../house/start-house.ts';
import { OWNER, ownerApi, signIn } from '../house/start-house.ts';
import * as flow from '../oauth/flow.ts';
import { openOauthWorld } from './oauth-world.ts';
import { WORLDS, type World } from './worlds.ts';

// Nothing here is about how passwords are kept, and of sixty of them that would be nearly all of the time. Races are closer without it, too.
const hashing = vi.hoisted(() => ({ begun: 0, gate: null as Promise<void> | null }));
vi.mock('better-auth/crypto', async (original) => ({
  ...(await original<typeof import('better-auth/crypto')>()),
  hashPassword: async (password: string) => {
    hashing.begun += 1;
    await hashing.gate;
    return `of the test: ${password}`;
  },
  verifyPassword: async (given: { hash: string; password: string }) =>
    given.hash === `of the test: ${given.password}`,
}));

const PASSWORD = 'a-long-enough-password-43';
const KEY = { provider: 'openai', key: 'sk-a-key-of-the-invited-owner-9f2c' };
const DETAILS = {
  type: 'ai_model_access',
  provider: 'openai',
  models: ['gpt-5-mini'],
  capabilities: ['chat'],
};

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  beforeAll(async () => {
    world = await start();
  });
  afterAll(() => world.close());

  const each = <Value>(work: (url: string) => Promise<Value>) => Promise.all(world.urls.map(work));
  const invite = async (body: object = {}) => {
    const { status, body: made } = await world.api('POST', '/invitations', body);
    expect(status).toBe(201);
    return { id: made.id as string, token: new URL(made.link).searchParams.get('token')! };
  };
  const take = (token: string, email: string, url = world.urls[0]!, password = PASSWORD) =>
    fetch(`${url}/invite`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: world.urls[0]! },
      body: new URLSearchParams({ token, email, password }),
    });
  const owners = async (): Promise<ApiAnswer['body']> => (await world.api('GET', '/owners')).body.data;
  const idOf = async (email: string): Promise<string> =>
    (await owners()).find((owner: { email: string }) => owner.email === email).id;
  let people = 0;
  /** An owner with a provider key and a grant. */
  const member = async (maxima: readonly object[] = []) => {
    people += 1;
    const email = `eve${people}@owner.test`;
    const taken = await take((await invite({ email, maxima })).token, '');
    expect([taken.status, taken.headers.get('location')]).toEqual([303, '/']);
    const cookie = taken.headers
      .getSetCookie()
      .map((one) => one.split(';', 1)[0])
      .join('; ');
    const account = { email, password: PASSWORD };
    const api = ownerApi(world.urls[0]!, account);
    expect((await api('POST', '/provider-keys', KEY)).status).toBe(201);
    const made = await api('POST', '/grants', { name: 'Tool', authorization_details: [DETAILS] });
    expect(made.status).toBe(201);
    return {
      email,
      account,
      id: await idOf(email),
      api,
      cookie,
      grant: made.body as { id: string; token: string },
    };
  };
  const signInStatuses = (account: object) =>
    each(async (url) => {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(account),
      };
      return (await fetch(`${url}/api/auth/sign-in/email`, init)).status;
    });
  const call = async (token: string, url: string) => {
    const answer = await fetch(`${url}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gpt-5-mini',
        max_tokens: 10,
        messages: [{ role: 'user', content: 'hi' }],
      }),
    });
    const said = (await answer.json()) as { error?: { code: string; message: string } };
    return { status: answer.status, code: said.error?.code, message: said.error?.message };
  };

  it('an invitation makes one owner, though sixteen take it at once, and none afterwards', async () => {
    const { token, id } = await invite();
    const before = (await owners()).length;
    const taken = await Promise.all(
      Array.from({ length: 16 }, (_, at) =>
        take(token, `race${at}@owner.test`, world.urls[at % world.urls.length]),
      ),
    );
    expect(taken.map(({ status }) => status).toSorted()).toEqual([303, ...Array(15).fill(410)]);
    expect((await take(token, 'late@owner.test')).status).toBe(410);
    expect((await fetch(`${world.urls.at(-1)}/invite?token=${token}`)).status).toBe(410);
    expect((await owners()).length).toBe(before + 1);
    expect((await world.api('DELETE', `/invitations/${id}`)).status).toBe(404);
  });

  it('a flood with one invitation leaves browsers that are known their turn', async () => {
    const url = world.urls[0]!;
    const enter = (cookie = '') =>
      fetch(`${url}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url, cookie },
        body: JSON.stringify(OWNER),
      });
    const known = (await enter()).headers.getSetCookie().find((each) => each.includes('known_device'));
    const { token } = await invite();
    const { promise, resolve: open } = Promise.withResolvers<void>();
    Object.assign(hashing, { begun: 0, gate: promise });
    const flood = Array.from({ length: 60 }, () => take(token, OWNER.email));
    // One of those that count as known, and two of strangers: as many as are hashed at once.
    const begun = expect.poll(() => hashing.begun, { timeout: 60_000 }).toBe(3);
    const entered = begun.then(() => enter(known?.split(';', 1)[0]));
    await begun.finally(() => {
      hashing.gate = null;
      open();
    });
    expect((await entered).status).toBe(200);
    expect(new Set((await Promise.all(flood)).map(({ status }) => status))).toEqual(new Set([422]));
  });

  it('an invitation that was revoked, made up or left out makes nobody', async () => {
    const { token, id } = await invite();
    expect((await world.api('DELETE', `/invitations/${id}`)).status).toBe(204);
    for (const none of [token, 'made-up', '']) expect((await take(none, 'x@owner.test')).status).toBe(410);
    expect((await owners()).some(({ email }: { email: string }) => email === 'x@owner.test')).toBe(false);
  });

  it('revoked and taken at the same moment, it is one of the two', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { token, id } = await invite();
      const email = `moment${round}@owner.test`;
      const [revoked, taken] = await Promise.all([
        world.api('DELETE', `/invitations/${id}`),
        take(token, email, world.urls.at(-1)),
      ]);
      const isThere = (await owners()).some((owner: { email: string }) => owner.email === email);
      expect([revoked.status === 204, taken.status === 303, isThere]).toEqual(
        revoked.status === 204 ? [true, false, false] : [false, true, true],
      );
    }
  });

  it('an address is invited once at a time, makes one account, and an invitation for it is for nobody else', async () => {
    const { token } = await invite({ email: 'Bound@owner.test' });
    expect((await world.api('POST', '/invitations', { email: 'bound@owner.test' })).status).toBe(409);
    expect((await take(token, 'thief@owner.test')).status).toBe(303);
    expect(await idOf('bound@owner.test')).toEqual(expect.any(String));
    expect((await owners()).some(({ email }: { email: string }) => email === 'thief@owner.test')).toBe(false);
    expect((await world.api('POST', '/invitations', { email: 'bound@owner.test' })).status).toBe(409);
    const second = await invite();
    expect((await take(second.token, 'BOUND@owner.test')).status).toBe(422);
    expect((await take(second.token, 'other@owner.test')).status).toBe(303);
  });

  it('an invited owner finds nothing where the operator works, and sees nothing of others', async () => {
    const { api, id } = await member();
    const operator = (await owners()).find(({ role }: { role: string }) => role === 'operator').id;
    const bodies: Readonly<Record<string, object>> = {
      'POST /invitations': {},
      'PUT /maxima': { maxima: [] },
      'POST /remove': { email: 'ada@owner.test' },
    };
    for (const target of [operator, id])
      for (const [method, path] of [
        ['GET', '/owners'],
        ['GET', '/invitations'],
        ['POST', '/invitations'],
        ['DELETE', '/invitations/x'],
        ['POST', `/owners/${target}/suspend`],
        ['POST', `/owners/${target}/resume`],
        ['PUT', `/owners/${target}/maxima`],
        ['POST', `/owners/${target}/remove`],
      ] as const) {
        const answer = await api(method, path, bodies[`${method} /${path.split('/').at(-1)}`]);
        expect([method, path, answer.status]).toEqual([method, path, 404]);
      }
    expect((await api('GET', '/me')).body).toMatchObject({ role: 'owner', maxima: [] });
    expect((await api('GET', '/grants')).body.data).toHaveLength(1);
    const told = (await api('GET', '/audit/changes')).body.data as { kind: string }[];
    const kinds = told.map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining(['owner.created', 'owner.maxima_set', 'broker.configured', 'owner.signed_in']),
    );
    expect(kinds).not.toContain('owner.invited');
    for (const list of ['/calls', '/clients', '/devices', '/stops', '/requests'])
      expect([list, (await api('GET', list)).body.data]).toEqual([list, []]);
  });

  it('nothing of a suspended owner works on any replica, and all of it does again when that is taken back', async () => {
    const eve = await member();
    expect(await each((url) => call(eve.grant.token, url))).toMatchObject(
      world.urls.map(() => ({ status: 200 })),
    );
    const bearer = await signIn(world.urls[0]!, eve.account);
    const me = (headers: Record<string, string>) =>
      each(async (url) => (await fetch(`${url}/api/v1/me`, { headers })).status);
    expect(await me({ cookie: eve.cookie })).toEqual(world.urls.map(() => 200));

    expect((await world.api('POST', `/owners/${eve.id}/suspend`)).status).toBe(204);
    const seen = world.seen().requests;
    expect(await each((url) => call(eve.grant.token, url))).toMatchObject(
      world.urls.map(() => ({ status: 403, code: 'grant_suspended' })),
    );
    expect(world.seen().requests).toBe(seen);
    expect(await me({ cookie: eve.cookie })).toEqual(world.urls.map(() => 401));
    expect(await me({ authorization: `Bearer ${bearer}` })).toEqual(world.urls.map(() => 401));
    expect(await signInStatuses(eve.account)).toEqual(world.urls.map(() => 401));
    expect((await world.api('POST', `/owners/${eve.id}/suspend`)).status).toBe(204);

    expect((await world.api('POST', `/owners/${eve.id}/resume`)).status).toBe(204);
    expect(await each((url) => call(eve.grant.token, url))).toMatchObject(
      world.urls.map(() => ({ status: 200 })),
    );
    expect(await me({ cookie: eve.cookie })).toEqual(world.urls.map(() => 401));
    expect(await signIn(world.urls[0]!, eve.account)).toEqual(expect.any(String));
  });

  it('codes, refresh and access tokens of a suspended owner give nothing, on any replica', async () => {
    const eve = await member();
    const browser = await signedInBrowser({ url: world.urls[0]! }, eve.account);
    const oauth = await openOauthWorld({ urls: world.urls, api: eve.api }, browser);
    const app = await oauth.registerApp();
    const tokens = await oauth.tokens(app);
    const code = await oauth.code(app);
    await world.api('POST', `/owners/${eve.id}/suspend`);
    for (const index of world.urls.keys()) {
      const answers = [
        await flow.refresh(oauth.at(index), app, tokens.refreshToken),
        await flow.redeem(oauth.at(index), app, code),
      ];
      expect(answers.map(({ body }) => body.error)).toEqual(['invalid_grant', 'invalid_grant']);
      expect(await oauth.chat({ authorization: `Bearer ${tokens.accessToken}` }, index)).toBe(403);
    }
    // In the browser where Eve was signed in an app finds nobody who could allow it.
    await expect(oauth.code(app)).rejects.toThrow('no page to decide on: 303');
    await world.api('POST', `/owners/${eve.id}/resume`);
    expect((await flow.refresh(oauth.at(1), app, tokens.refreshToken)).status).toBe(200);
  });

  it('a suspension taken back leaves stopped what its owner had stopped', async () => {
    const eve = await member();
    const stop = await eve.api('POST', '/stops', { scope: 'everything' });
    await world.api('POST', `/owners/${eve.id}/suspend`);
    await world.api('POST', `/owners/${eve.id}/resume`);
    expect(await each((url) => call(eve.grant.token, url))).toMatchObject(
      world.urls.map(() => ({ status: 403 })),
    );
    const back = ownerApi(world.urls[0]!, eve.account);
    expect((await back('DELETE', `/stops/${stop.body.stop.id}`)).status).toBe(204);
    expect(await each((url) => call(eve.grant.token, url))).toMatchObject(
      world.urls.map(() => ({ status: 200 })),
    );
  });

  it('a house maximum holds over all grants of an owner and all replicas, and is lifted by the operator alone', async () => {
    const eve = await member([{ unit: 'requests', per: 'total', amount: 4 }]);
    const other = await eve.api('POST', '/grants', { name: 'Other', authorization_details: [DETAILS] });
    const tokens = [eve.grant.token, other.body.token as string];
    const spread = (count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, at) =>
          call(tokens[at % 2]!, world.urls[Math.floor(at / 2) % world.urls.length]!),
        ),
      );
    const statuses = (await spread(16)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(4);
    expect(new Set(statuses.filter((status) => status !== 200))).toEqual(new Set([429]));
    const refused = await call(tokens[0]!, world.urls[0]!);
    expect(refused.message).toContain('/settings');
    const row = async () => (await owners()).find(({ id }: { id: string }) => id === eve.id);
    await expect.poll(row).toMatchObject({
      maxima: [{ unit: 'requests', per: 'total', amount: 4 }],
      spent: { calls: 4 },
    });
    const more = {
      maxima: [
        { unit: 'requests', per: 'total', amount: 5 },
        { unit: 'usd', per: 'month', amount: '20' },
      ],
    };
    expect((await world.api('PUT', `/owners/${eve.id}/maxima`, more)).status).toBe(204);
    expect((await spread(4)).filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await eve.api('GET', '/me')).body.maxima).toEqual(more.maxima);
    const { own } = (await eve.api('GET', '/ceilings')).body;
    expect(own.map(({ unit, amount }: { unit: string; amount: unknown }) => ({ unit, amount }))).toEqual(
      more.maxima.map(({ unit, amount }) => ({ unit, amount })),
    );
    expect(own.find(({ unit }: { unit: string }) => unit === 'requests').remaining).toBe(0);
    expect((await world.api('GET', '/ceilings')).body.own).toEqual([]);
    const { body: compared } = await eve.api('POST', '/ledger/compare');
    expect([compared.faults, compared.calls]).toEqual([[], 5]);
  });

  it('whoever runs the house is not suspended, limited or removed', async () => {
    const { id, email } = (await owners()).find(({ role }: { role: string }) => role === 'operator');
    expect((await world.api('POST', `/owners/${id}/suspend`)).status).toBe(409);
    expect((await world.api('PUT', `/owners/${id}/maxima`, { maxima: [] })).status).toBe(409);
    expect((await world.api('POST', `/owners/${id}/remove`, { email })).status).toBe(409);
    await member();
    expect((await world.api('POST', '/audit/erase', { owner_email: email })).status).toBe(409);
  });

  it('a removed owner is gone with everything, on every replica', async () => {
    const eve = await member();
    expect(
      (await world.api('POST', `/owners/${eve.id}/remove`, { email: 'another@owner.test' })).status,
    ).toBe(409);
    expect((await world.api('POST', `/owners/${eve.id}/remove`, { email: eve.email })).status).toBe(204);
    expect(await each((url) => call(eve.grant.token, url))).toMatchObject(
      world.urls.map(() => ({ status: 401 })),
    );
    expect(await signInStatuses(eve.account)).toEqual(world.urls.map(() => 401));
    expect((await owners()).some(({ id }: { id: string }) => id === eve.id)).toBe(false);
    expect((await world.api('POST', '/invitations', { email: eve.email })).status).toBe(201);
  });
});
