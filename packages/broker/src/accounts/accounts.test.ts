import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ambient, systemAmbient } from '../clock.ts';
import type { EntryInput } from '../ledger/contract.ts';
import { openStore, type SqliteStore } from '../store/open-store.ts';
import { createVault } from '../vault/create-vault.ts';
import { openDataKeys } from '../vault/data-keys.ts';
import { createLocalKeyWrapper } from '../vault/key-wrapper.ts';
import type { Accounts } from './contract.ts';
import { createAccounts } from './create-accounts.ts';

const OWNER = { email: 'ada@example.com', password: 'correct horse battery' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

let store: SqliteStore;
let server: Server;
let issuer: string;
let accounts: Accounts;
let entries: EntryInput[];
let created: string[];
let shiftMs: number;
let logged: string[];
let record: (added: readonly EntryInput[]) => Promise<void>;

const ambient: Ambient = { now: () => Date.now() + shiftMs, randomBytes: systemAmbient.randomBytes };

const openAccounts = async (publicOrigin: string): Promise<Accounts> => {
  const vault = createVault({
    db: store.db,
    ledger: { change: async () => ({ ok: true, value: undefined }) },
    ambient,
    keys: await openDataKeys(
      store.db,
      { current: createLocalKeyWrapper(new Uint8Array(32).fill(7), ambient), former: null },
      ambient,
    ),
    findProvider: () => undefined,
    revokeGrantsOf: async () => {},
    onBadSeal: () => {},
  });
  return createAccounts({
    db: store.db,
    engine: 'sqlite',
    ledger: { record: (added) => record(added) },
    ambient,
    vault,
    invitations: { invitationOf: async () => null, accept: async () => ({ ok: false, error: 'used_up' }) },
    issuer: publicOrigin,
    stepUp: { maxAgeSeconds: 600, method: 'passkey' },
    pathOfDeviceCode: async (_ownerId, userCode) => deviceCodes.get(userCode) ?? null,
    programsFor: async () => null,
    log: (level, message) => level === 'error' && logged.push(message),
    onFirstOwner: async (ownerId) => void created.push(ownerId),
  });
};

beforeEach(async () => {
  [entries, logged] = [[], []];
  record = async (added) => void entries.push(...added);
  created = [];
  shiftMs = 0;
  store = await openStore({ dataDir: ':memory:', ambient });
  server = createServer(async (request, response) => {
    if (await accounts.handler(request, response)) return;
    const session = await accounts.sessionOf(request);
    response.writeHead(session ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(session));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  accounts = await openAccounts(issuer);
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await store.close();
});

const createOwner = async (): Promise<string> => {
  const made = await accounts.createFirstOwner(OWNER, 'environment');
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value.ownerId;
};

const postForm = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(issuer + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...FORM, origin: issuer, ...headers },
    body: new URLSearchParams(fields),
  });

const postJson = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(issuer + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const cookieFrom = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');

const signIn = async (): Promise<string> => cookieFrom(await postForm('/sign-in', OWNER));

const whoAmI = async (headers: Record<string, string>) => {
  const answer = await fetch(`${issuer}/whoami`, { headers });
  return answer.status === 200 ? ((await answer.json()) as { ownerId: string; via: string }) : null;
};

const get = (path: string, cookie = '') =>
  fetch(issuer + path, { redirect: 'manual', headers: cookie ? { cookie } : {} });

const kinds = () => entries.map((entry) => entry.kind);

describe('the first owner', () => {
  it('is made once, by the link that was printed', async () => {
    const link = (await accounts.setupLink())!;
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/setup\?token=[\w-]{32}$/);
    const page = await fetch(link);
    expect(await page.text()).toContain('Make your account');
    const token = new URL(link).searchParams.get('token')!;
    const made = await postForm('/setup', { token, ...OWNER });
    expect([made.status, made.headers.get('location')]).toEqual([303, '/']);
    expect(await whoAmI({ cookie: cookieFrom(made) })).toMatchObject({ email: OWNER.email, via: 'cookie' });
    expect(created).toHaveLength(1);
    expect(kinds()).toEqual(['owner.created', 'owner.signed_in']);

    expect((await postForm('/setup', { token, ...OWNER, email: 'eve@example.com' })).status).toBe(410);
    expect((await fetch(link)).status).toBe(410);
    expect(await accounts.setupLink()).toBeNull();
  });

  it('is one of many who hold the link at the same time', async () => {
    const token = new URL((await accounts.setupLink())!).searchParams.get('token')!;
    const attempts = Array.from({ length: 8 }, (_, index) =>
      postForm('/setup', { token, password: OWNER.password, email: `p${index}@example.com` }),
    );
    const statuses = (await Promise.all(attempts)).map((answer) => answer.status);
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status === 410)).toHaveLength(7);
    expect(created).toHaveLength(1);
  });

  it('is not made by an older link, a wrong one or an empty one', async () => {
    const older = new URL((await accounts.setupLink())!).searchParams.get('token')!;
    await accounts.setupLink();
    for (const token of [older, 'x', ''])
      expect((await postForm('/setup', { token, ...OWNER })).status).toBe(410);
    expect(created).toEqual([]);
  });

  it.each([
    ['a short password', { ...OWNER, password: 'short' }, 'Use at least 12 characters.', 'password'],
    ['no e-mail address', { ...OWNER, email: 'ada' }, 'Enter an e-mail address', 'email'],
  ])('is told about %s, begins there and can try again', async (_name, fields, problem, wrong) => {
    const token = new URL((await accounts.setupLink())!).searchParams.get('token')!;
    const refused = await postForm('/setup', { token, ...fields });
    expect(refused.status).toBe(422);
    const text = await refused.text();
    expect(text).toContain(problem);
    expect(/<input id="(\w+)"[^>]* autofocus/.exec(text)?.[1]).toBe(wrong);
    expect(text).not.toContain(`value="${fields.password}"`);
    expect((await postForm('/setup', { token, ...OWNER })).status).toBe(303);
  });

  it('A67 is not made from the environment with a short password', async () => {
    const refused = await accounts.createFirstOwner({ ...OWNER, password: '' }, 'environment');
    expect(refused).toMatchObject({ ok: false, error: { password: 'Use at least 12 characters.' } });
  });

  it('cannot be made through the library’s own sign-up', async () => {
    const answer = await postJson('/api/auth/sign-up/email', { ...OWNER, name: 'Eve' }, { origin: issuer });
    expect(answer.status).toBe(404);
    await createOwner();
    expect(
      await accounts.createFirstOwner({ ...OWNER, email: 'eve@example.com' }, 'environment'),
    ).toMatchObject({ ok: false });
  });
});

describe('sign-in', () => {
  beforeEach(createOwner);

  it('gives a cookie that scripts cannot read and other sites cannot send, and returns to where one was going', async () => {
    const answer = await postForm('/sign-in', { ...OWNER, return_to: '/device?user_code=AB' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/device?user_code=AB']);
    expect(answer.headers.getSetCookie()[0]).toMatch(/^valetkey\.session_token=.*HttpOnly; SameSite=Lax/);
    expect(answer.headers.getSetCookie()[0]).not.toContain('Secure');
    expect(await whoAmI({ cookie: cookieFrom(answer) })).toMatchObject({ via: 'cookie' });
  });

  it('gives a cookie of this host alone under an https issuer', async () => {
    accounts = await openAccounts('https://keys.example.com');
    const answer = await postForm('/sign-in', OWNER, { origin: 'https://keys.example.com' });
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^__Host-valetkey\.session_token=.*; Path=\/; HttpOnly; Secure; SameSite=Lax/,
    );
  });

  it.each([
    ['//evil.example'],
    ['/\\evil.example'],
    ['https://evil.example/'],
    ['/\t/evil.example'],
    ['/..//evil.example/'],
    ['/.//evil.example/'],
    ['javascript:alert(1)'],
    [''],
  ])('never returns to %s', async (target) => {
    const answer = await postForm('/sign-in', { ...OWNER, return_to: target });
    expect(answer.headers.get('location')).toBe('/');
  });

  it('says the same of a wrong password and an unknown address, and repeats no password', async () => {
    const wrong = await postForm('/sign-in', { ...OWNER, password: 'not the right one' });
    const unknown = await postForm('/sign-in', {
      email: OWNER.email.replace('ada', 'eve'),
      password: 'not the right one',
    });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    const [one, two] = [await wrong.text(), await unknown.text()];
    expect(one).toBe(two.replaceAll('eve@', 'ada@'));
    expect(one).not.toContain('not the right one');
  });

  it('A35 is not done for a form that another site sends', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: issuer.replace('127.0.0.1', 'localhost') },
    ]) {
      expect((await postForm('/sign-in', OWNER, headers)).status).toBe(403);
    }
    const cookie = await signIn();
    expect((await postForm('/sign-out', {}, { cookie, origin: 'https://evil.example' })).status).toBe(403);
    expect(await whoAmI({ cookie })).not.toBeNull();
  });

  it('A25 believes neither Host nor forwarded headers', async () => {
    const spoofed = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '10.9.9.9',
    };
    for (let attempt = 0; attempt < 30; attempt += 1) {
      const peer = { 'x-valetkey-peer': `10.0.0.${attempt}`, 'x-forwarded-for': `10.0.1.${attempt}` };
      await postForm(
        '/sign-in',
        { email: `not-an-address-${attempt}`, password: 'x' },
        { ...spoofed, ...peer },
      );
    }
    expect((await postForm('/sign-in', OWNER, spoofed)).status).toBe(429);
  });

  it('slows guessing down per account, says for how long, and forgets after a right password', async () => {
    for (let attempt = 0; attempt < 9; attempt += 1) {
      expect((await postForm('/sign-in', { ...OWNER, password: 'wrong' })).status).toBe(401);
    }
    expect((await postForm('/sign-in', OWNER)).status).toBe(303);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await postForm('/sign-in', { ...OWNER, email: 'ADA@example.com ', password: 'wrong' });
    }
    const throttled = await postForm('/sign-in', OWNER);
    expect(throttled.status).toBe(429);
    expect(await throttled.text()).toContain('Try again in 5 minutes.');
    shiftMs += 300_000;
    expect((await postForm('/sign-in', OWNER)).status).toBe(303);
  });

  it('A24 refuses hostile bearer tokens without an error of its own', async () => {
    for (const token of ["' OR 1=1--", '%00', '%', '.', 'a.b', '{"$ne":null}', 'a'.repeat(12_000)]) {
      expect(await whoAmI({ authorization: `Bearer ${token}` })).toBeNull();
    }
  });

  it('A34 shows pages that cannot be framed', async () => {
    const cookie = await signIn();
    const pages = [
      get('/sign-in'),
      get('/setup'),
      ...['/device', '/sign-out', '/settings/passkeys'].map((path) => get(path, cookie)),
    ];
    for (const { headers } of await Promise.all(pages)) {
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
    }
  });
});

describe('sessions', () => {
  let ownerId: string;
  beforeEach(async () => {
    ownerId = await createOwner();
  });

  it('carry the command line with a signed bearer token; what is stored is not enough', async () => {
    const answer = await postJson('/api/auth/sign-in/email', OWNER);
    const { token } = (await answer.json()) as { token: string };
    expect(await whoAmI({ authorization: `Bearer ${token}` })).toMatchObject({ ownerId, via: 'bearer' });
    const stored = token.split('.')[0]!;
    expect(await whoAmI({ authorization: `Bearer ${stored}` })).toBeNull();
    expect(await whoAmI({ authorization: `Bearer ${stored}.${'A'.repeat(43)}=` })).toBeNull();
  });

  it('of the command line end at sign-out, too', async () => {
    const answer = await postJson('/api/auth/sign-in/email', OWNER);
    const authorization = `Bearer ${answer.headers.get('set-auth-token')}`;
    expect(await whoAmI({ authorization })).not.toBeNull();
    expect((await postJson('/api/auth/sign-out', {}, { authorization })).status).toBe(200);
    expect(await whoAmI({ authorization })).toBeNull();
  });

  it('do not begin when the journal cannot be written', async () => {
    record = async () => {
      throw new Error('disk full');
    };
    const answer = await postForm('/sign-in', OWNER);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
    expect(await answer.text()).toContain('Signing in does not work right now.');
    expect(logged).toEqual(['sign-in broke at /api/auth/sign-in/email: disk full']);
  });

  it('count one credential a request: a bad bearer token is not mended by a cookie', async () => {
    const cookie = await signIn();
    expect(await whoAmI({ cookie, authorization: 'Bearer nonsense' })).toBeNull();
    expect(await whoAmI({ cookie })).not.toBeNull();
  });

  it('that fail are in the journal of the owner whose password was guessed, and of nobody else', async () => {
    await signIn();
    await postForm('/sign-in', { ...OWNER, password: 'a wrong long password' });
    await postForm('/sign-in', { ...OWNER, email: 'nobody@example.com' });
    await expect.poll(kinds).toEqual(['owner.created', 'owner.signed_in', 'owner.sign_in_failed']);
    expect(entries.at(-1)).toMatchObject({ ownerId, body: { by: '/sign-in/email' } });
  });

  it('end at sign-out, at once and in the journal', async () => {
    const cookie = await signIn();
    expect(await (await get('/sign-out', cookie)).text()).toContain('Sign out?');
    const answer = await postForm('/sign-out', {}, { cookie });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in']);
    expect(await whoAmI({ cookie })).toBeNull();
    expect(kinds()).toEqual(['owner.created', 'owner.signed_in', 'owner.signed_out']);
    expect(entries.every((entry) => entry.ownerId === ownerId)).toBe(true);
    expect(JSON.stringify(entries)).not.toContain(cookie.split('=')[1]!.slice(0, 20));
  });

  it('are listed, and can be ended one by one or all but this one', async () => {
    const [here, there, elsewhere] = [await signIn(), await signIn(), await signIn()];
    const page = await (await get('/settings/passkeys', here)).text();
    expect(page).toContain('(this browser)');
    const ids = [...page.matchAll(/name="id" value="(\w+)"/g)].map((match) => match[1]!);
    expect(ids).toHaveLength(2);
    await postForm('/settings/passkeys', { action: 'end_session', id: ids[0]! }, { cookie: here });
    const alive = async () =>
      (await Promise.all([here, there, elsewhere].map((cookie) => whoAmI({ cookie })))).filter(Boolean)
        .length;
    expect(await alive()).toBe(2);
    await postForm('/settings/passkeys', { action: 'end_others' }, { cookie: here });
    expect(await alive()).toBe(1);
    expect(await whoAmI({ cookie: here })).not.toBeNull();
  });

  it('survive a restart, because their secret is sealed in the database', async () => {
    const cookie = await signIn();
    accounts = await openAccounts(issuer);
    expect(await whoAmI({ cookie })).not.toBeNull();
    const rows = await store.db.selectFrom('secrets').selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(rows[0]!.sealed).toMatch(/^v1\./);
  });

  it('are refused with calls of the library that are not offered', async () => {
    const cookie = await signIn();
    for (const path of [
      '/update-user',
      '/delete-user',
      '/change-email',
      '/device/approve',
      '/revoke-sessions/',
    ]) {
      expect((await postJson(`/api/auth${path}`, {}, { cookie, origin: issuer })).status).toBe(404);
    }
  });

  it('refuse changes from another site at the library’s own calls', async () => {
    const cookie = await signIn();
    const answer = await postJson(
      '/api/auth/revoke-other-sessions',
      {},
      { cookie, origin: 'https://evil.example' },
    );
    expect(answer.status).toBe(403);
  });
});

/** What the authorization server would say of codes that people type. */
const deviceCodes = new Map<string, string>([
  ['BCDF-GHJK', '/consent/dev_1'],
  ['BCDF-GHJL', 'too_many'],
]);

describe('codes of apps on devices', () => {
  beforeEach(createOwner);

  it('lead to the page where their owner decides, once signed in', async () => {
    const path = '/device?user_code=bcdf-ghjk';
    expect((await get(path)).headers.get('location')).toMatch(/^\/sign-in\?/);
    const answer = await get(path, await signIn());
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/consent/dev_1']);
  });

  it('A38 lead nowhere when too many were tried', async () => {
    const answer = await get('/device?user_code=BCDF-GHJL', await signIn());
    expect(answer.status).toBe(429);
    expect(await answer.text()).toContain('Too many codes were tried.');
  });

  it('end on a page that says what was decided', async () => {
    const cookie = await signIn();
    expect(await (await get('/device?decided=allowed', cookie)).text()).toContain('Device connected');
    expect(await (await get('/device?decided=denied', cookie)).text()).toContain('Nothing was allowed.');
  });
});

describe('device sign-in', () => {
  beforeEach(createOwner);

  const start = async () =>
    (await (await postJson('/api/auth/device/code', { client_id: 'valetkey-cli' })).json()) as {
      device_code: string;
      user_code: string;
      verification_uri_complete: string;
    };

  const poll = (deviceCode: string) =>
    postJson('/api/auth/device/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: deviceCode,
      client_id: 'valetkey-cli',
    });

  it('asks whether one started it, and gives a token that works once allowed', async () => {
    const device = await start();
    expect(device.verification_uri_complete).toBe(`${issuer}/device?user_code=${device.user_code}`);
    const anonymous = await get(`/device?user_code=${device.user_code}`);
    expect(anonymous.headers.get('location')).toBe(
      `/sign-in?return_to=%2Fdevice%3Fuser_code%3D${device.user_code}`,
    );
    expect(await (await poll(device.device_code)).json()).toMatchObject({ error: 'authorization_pending' });
    // The library measures its polling interval by the machine's clock: its mark is cleared instead of waiting.
    await store.db.executeQuery({
      ...store.db.deleteFrom('house').compile(),
      sql: 'update "deviceCode" set "lastPolledAt" = null',
      parameters: [],
    });

    const cookie = await signIn();
    const page = await (await get(`/device?user_code=${device.user_code}`, cookie)).text();
    expect(page).toContain('Did you just start this yourself');
    expect(page).toContain(device.user_code);
    const allowed = await postForm(
      '/device',
      { user_code: device.user_code, decision: 'approve' },
      { cookie },
    );
    expect(await allowed.text()).toContain('Terminal connected');
    const { access_token: token } = (await (await poll(device.device_code)).json()) as {
      access_token: string;
    };
    expect(await whoAmI({ authorization: `Bearer ${token}` })).toMatchObject({ via: 'bearer' });
    expect(await (await poll(device.device_code)).json()).toMatchObject({ error: 'invalid_grant' });
    expect(kinds()).toContain('owner.device_approved');
  });

  it('gives nothing after Cancel', async () => {
    const device = await start();
    const cookie = await signIn();
    await get(`/device?user_code=${device.user_code}`, cookie);
    const denied = await postForm('/device', { user_code: device.user_code, decision: 'deny' }, { cookie });
    expect(await denied.text()).toContain('Nothing was allowed.');
    expect(await (await poll(device.device_code)).json()).toMatchObject({ error: 'access_denied' });
  });

  it('is offered to our own command line alone, and knows no other code', async () => {
    expect((await postJson('/api/auth/device/code', { client_id: 'evil' })).status).toBe(400);
    const page = await get('/device?user_code=%3Cscript%3E', await signIn());
    expect(page.status).toBe(400);
    expect(await page.text()).not.toContain('<script>');
  });
});
