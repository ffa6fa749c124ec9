// Guarantees of login, logout and status: the password and the session are kept from every eye, and logins are told apart by server.

import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, PASSWORD, SESSION, startFakeServer } from '../../test/fake-server.ts';
import { freshHome, homeWithLogin, type RunResult, runAgainst } from '../../test/run-against.ts';
import { configPath } from '../config.ts';

const servers: FakeServer[] = [];
let server: FakeServer;
let env: { readonly XDG_CONFIG_HOME: string };

beforeEach(async () => {
  server = await startFakeServer();
  servers.push(server);
  env = freshHome();
});
afterAll(() => Promise.all(servers.map((each) => each.close())));

const login = (...words: string[]) => ['login', '--url', server.url, ...words];
const remembered = () => JSON.parse(readFileSync(configPath(env), 'utf8'));
const said = ({ stdout, stderr }: RunResult) => stdout + stderr;

describe('login with e-mail and password', () => {
  const words = () => login('--email', 'me@example.com', '--password-stdin');

  it('remembers the session for this server in a file that only its owner can read', async () => {
    const { exitCode, stdout, stderr } = await runAgainst(words(), { env, stdin: `${PASSWORD}\n` });
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `Server\t${server.url}\nOwner\tme@example.com\n`,
    });
    expect(stderr).toBe(`Logged in to ${server.url} as me@example.com.\n`);
    expect(remembered()).toEqual({
      current: server.url,
      logins: { [server.url]: { token: SESSION, email: 'me@example.com' } },
    });
    expect(statSync(configPath(env)).mode & 0o777).toBe(0o600);
  });

  it.each([`${PASSWORD}\n`, 'wrong-password-7\n'])(
    'never prints the password or the session (%j)',
    async (stdin) => {
      for (const json of [[], ['--json']]) {
        const output = said(await runAgainst([...words(), ...json], { env, stdin }));
        expect(output).not.toContain(stdin.trim());
        expect(output).not.toContain(SESSION);
      }
    },
  );

  it('ends with code 4 and remembers nothing when refused', async () => {
    const { exitCode, stderr } = await runAgainst(words(), { env, stdin: 'wrong\n' });
    expect(exitCode).toBe(4);
    expect(stderr).toBe(`valetkey: ${server.url} refused this e-mail address and password.\n`);
    expect(() => remembered()).toThrow('ENOENT');
  });

  it('falls back to the token of the body, and names the second factor when there is neither', async () => {
    server.answer(
      'POST /api/auth/sign-in/email',
      { body: { token: SESSION } },
      { body: { twoFactorRedirect: true } },
    );
    expect((await runAgainst(words(), { env, stdin: 'x' })).exitCode).toBe(0);
    const second = await runAgainst(words(), { env, stdin: 'x' });
    expect(second.exitCode).toBe(4);
    expect(second.stderr).toContain('second factor');
  });

  it('asks without echo on a terminal, and ends with 130 when interrupted', async () => {
    const interactive = login('--email', 'me@example.com');
    const typed = await runAgainst(interactive, { env, terminal: true, stdin: PASSWORD });
    expect(typed).toMatchObject({ exitCode: 0, prompts: ['Password: '] });
    const interrupted = await runAgainst(interactive, { env, terminal: true, stdin: null });
    expect(interrupted.exitCode).toBe(130);
  });

  it('never asks when there is no terminal', async () => {
    const { exitCode, prompts, stderr } = await runAgainst(login('--email', 'me@example.com'), { env });
    expect({ exitCode, prompts }).toEqual({ exitCode: 2, prompts: [] });
    expect(stderr).toContain('--password-stdin');
  });
});

describe('login with the browser (RFC 8628)', () => {
  const DEVICE = {
    device_code: 'device-secret',
    user_code: 'WDJB-MJHT',
    verification_uri: 'https://keys.example/device',
    verification_uri_complete: 'https://keys.example/device?user_code=WDJB-MJHT',
    expires_in: 60,
    interval: 5,
  };
  const pending = { status: 400, body: { error: 'authorization_pending' } };
  const script = (...answers: Parameters<FakeServer['answer']>[1][]) => {
    server.answer('POST /api/auth/device/code', { body: DEVICE });
    server.answer('POST /api/auth/device/token', ...answers);
  };

  it('shows the code, opens the browser on a terminal, and waits as long as the server asks', async () => {
    script(pending, { status: 400, body: { error: 'slow_down' } }, pending, {
      body: { access_token: SESSION },
    });
    const run = await runAgainst(login(), { env, terminal: true });
    expect(run).toMatchObject({
      exitCode: 0,
      opened: [DEVICE.verification_uri_complete],
      slept: [5000, 5000, 10_000, 10_000],
    });
    expect(run.stderr).toContain('WDJB-MJHT');
    expect(said(run)).not.toMatch(/device-secret|session-token/);
    expect(remembered().logins[server.url].token).toBe(SESSION);
    expect(server.seen.find(({ route }) => route.endsWith('/device/token'))?.body).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: 'device-secret',
      client_id: 'valetkey-cli',
    });
  });

  it('opens nothing without a terminal', async () => {
    script({ body: { access_token: SESSION } });
    expect(await runAgainst(login(), { env })).toMatchObject({ exitCode: 0, opened: [] });
  });

  it.each([
    ['access_denied', 'declined'],
    ['expired_token', 'in time'],
  ])('%s ends with code 4', async (error, message) => {
    script({ status: 400, body: { error } });
    const { exitCode, stderr } = await runAgainst(login(), { env });
    expect(exitCode).toBe(4);
    expect(stderr).toContain(message);
  });

  it('stops asking when the code has run out', async () => {
    script(pending);
    const { exitCode, slept } = await runAgainst(login(), { env });
    expect(exitCode).toBe(4);
    expect(slept).toHaveLength(12);
  });

  it.each(['file:///etc/passwd', 'javascript:alert(1)', '-psn', 7])('never opens %j', async (uri) => {
    server.answer('POST /api/auth/device/code', { body: { ...DEVICE, verification_uri_complete: uri } });
    expect(await runAgainst(login(), { env, terminal: true })).toMatchObject({ exitCode: 1, opened: [] });
  });
});

describe('the server', () => {
  const METADATA = 'GET /.well-known/oauth-authorization-server';
  const given = (...words: string[]) =>
    runAgainst(['login', ...words, '--email', 'me@example.com', '--password-stdin'], {
      env,
      stdin: PASSWORD,
    });
  const routes = () => server.seen.map(({ route }) => route);

  it('may be typed as a name, and is asked who it is before a password goes there', async () => {
    expect((await given(server.url.slice('http://'.length))).exitCode).toBe(0);
    expect(routes()).toEqual([METADATA, 'POST /api/auth/sign-in/email', 'GET /api/v1/me']);
    expect(Object.keys(remembered().logins)).toEqual([server.url]);
  });

  it.each([
    [['a.example', 'b.example'], 'one argument too many'],
    [['a.example', '--url', 'https://a.example'], "'a.example' is one argument too many"],
    [['a.example/dashboard'], "must be a server's address alone"],
  ])('%j is a wrong command line', async (words, problem) => {
    const { exitCode, stderr } = await given(...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(problem);
  });

  it.each([
    [{ status: 404, body: {} }, 'answered 404, but not as a Valetkey server does'],
    [{ body: 'hello' }, 'answered 200, but not as'],
    [{ body: { issuer: 'https://idp.example' } }, 'answered 200, but not as'],
    [
      { status: 301, headers: { location: 'https://vault.example/x' } },
      'sends its visitors to https://vault.example. If you trust that, run: valetkey login https://vault.example',
    ],
  ])('that is something else gets no password: %j', async (answer, problem) => {
    server.answer(METADATA, answer);
    const { exitCode, stderr } = await given(server.url);
    expect([exitCode, routes()]).toEqual([1, [METADATA]]);
    expect(stderr).toContain(problem);
  });

  it('that calls itself by another name says so', async () => {
    server.answer(METADATA, {
      body: { issuer: 'https://vault.example', authorization_details_types_supported: ['ai_model_access'] },
    });
    expect((await given(server.url)).stderr).toContain('It calls itself https://vault.example');
  });

  it('that speaks no https where it was asked to is told apart from one that is not there', async () => {
    const { exitCode, stderr } = await given(server.url.replace('http:', 'https:'));
    expect(exitCode).toBe(1);
    expect(stderr).toContain('it does not speak https there');
  });

  it.each(['ENOTFOUND', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'])(
    '%s is said in words',
    async (code) => {
      const cause = Object.assign(new Error('x'), { code });
      const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
      const { stderr } = await runAgainst(['login', 'vault.example'], { env, fetch });
      expect(stderr).toMatch(
        new RegExp(`Cannot reach https://vault.example \\(${code}: (?:there is no|its certificate) `),
      );
    },
  );
});

describe('several servers', () => {
  it('are remembered side by side; logout ends and forgets one', async () => {
    const first = server;
    await runAgainst(login('--email', 'me@example.com', '--password-stdin'), { env, stdin: PASSWORD });
    server = await startFakeServer();
    servers.push(server);
    await runAgainst(login('--email', 'me@example.com', '--password-stdin'), { env, stdin: PASSWORD });
    expect(Object.keys(remembered().logins)).toEqual([first.url, server.url]);

    const { exitCode, stderr } = await runAgainst(['logout'], { env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: `Logged out of ${server.url}.\n` });
    expect(server.seen.at(-1)).toMatchObject({
      route: 'POST /api/auth/sign-out',
      authorization: `Bearer ${SESSION}`,
    });
    expect(remembered()).toEqual({ current: null, logins: { [first.url]: expect.anything() } });
  });

  it('logout forgets even a server that is gone, and says so', async () => {
    const home = homeWithLogin(server.url, { token: SESSION, email: 'me@example.com' });
    await server.close();
    const { exitCode, stderr } = await runAgainst(['logout'], { env: home });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('could not be told');
    expect((await runAgainst(['status', '--url', server.url], { env: home })).exitCode).toBe(4);
  });
});

it.each(['status', 'whoami'])('%s shows the server and the owner, as text and as JSON', async (name) => {
  const home = homeWithLogin(server.url, { token: SESSION, email: 'me@example.com' });
  const text = await runAgainst([name], { env: home });
  expect(text.stdout).toContain('Owner\tme@example.com\n');
  const json = await runAgainst([name, '--json'], { env: home });
  expect(JSON.parse(json.stdout)).toMatchObject({ url: server.url, owner: { email: 'me@example.com' } });
});
