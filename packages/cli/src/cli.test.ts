// Guarantees of the whole command line: exit codes, where words go, one line for each error.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeServer, SESSION, startFakeServer } from '../test/fake-server.ts';
import { freshHome, homeWithLogin, runAgainst } from '../test/run-against.ts';
import { COMMANDS } from './cli.ts';

let server: FakeServer;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startFakeServer();
  env = homeWithLogin(server.url, { token: SESSION, email: 'me@example.com' });
});
afterAll(() => server.close());

describe('a wrong command line ends with code 2 and one line that says what to do', () => {
  it.each([
    [['frobnicate'], "There is no command 'frobnicate'"],
    [['keys'], 'After keys comes one of: keys add, keys list, keys test, keys rotate, keys rm'],
    [['apps', 'eat'], 'After apps comes one of: apps list'],
    [['keys', 'list', '--colour'], "Unknown option '--colour'"],
    [['keys', 'list', 'extra'], "'extra' is one argument too many"],
    [['keys', 'add', 'openai', `sk-proj-${'a'.repeat(40)}`], 'The last word is one argument too many'],
    [['keys', 'rm'], '<id> is missing'],
    [['apps', 'revoke', ''], '<grant> is empty'],
    [['keys', 'rm', 'key_1', '--revoke-grants=yes'], "Option '--revoke-grants' does not take an argument"],
    [['login', '--url'], "Option '--url <value>' argument missing"],
    [['login', '--url', 'http://example.com'], '--url must begin with https://'],
    [['login', '--password-stdin'], '--password-stdin needs --email'],
    [['logs', '--last', '0'], '--last must be a whole number from 1 to 200'],
    [['usage', '--days', 'ten'], '--days must be a whole number from 1 to 366'],
    [['serve', '--port', '1'], "Unknown option '--port'"],
  ])('%j', async (words, message) => {
    const { exitCode, stdout, stderr } = await runAgainst(words, { env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^valetkey: [^\n]+\n$/);
    expect(stderr).toContain(message);
  });
});

describe('a refusal of the server becomes a documented exit code and its own words', () => {
  it.each([
    [401, 'invalid_token', 4],
    [402, 'budget_exhausted', 5],
    [429, 'quota_exhausted', 5],
    [403, 'model_not_permitted', 6],
    [404, 'not_found', 1],
    [503, 'locked', 1],
  ])('%i %s ends with %i', async (status, code, expected) => {
    server.answer('GET /api/v1/provider-keys', {
      status,
      body: { error: { code, message: 'Plain words.', request_id: 'req_7' } },
    });
    const { exitCode, stdout, stderr } = await runAgainst(['keys', 'list'], { env });
    expect({ exitCode, stdout }).toEqual({ exitCode: expected, stdout: '' });
    expect(stderr).toContain(expected === 4 ? `valetkey login --url ${server.url}` : 'Plain words.');
    expect(stderr.includes('req_7')).toBe(status >= 500);
  });

  it('an answer of something else than Valetkey is called that', async () => {
    server.answer('GET /api/v1/calls', { status: 200, body: 'hello' });
    const { exitCode, stderr } = await runAgainst(['logs'], { env });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('not as a Valetkey server does');
  });

  it('a redirect is not followed, so the session goes nowhere else', async () => {
    server.answer('GET /api/v1/usage', {
      status: 307,
      headers: { location: `${server.url}/api/v1/elsewhere` },
    });
    const { exitCode } = await runAgainst(['usage'], { env });
    expect(exitCode).toBe(1);
    expect(server.seen.map(({ route }) => route)).not.toContain('GET /api/v1/elsewhere');
  });

  it('a server that is not there is named, with what to do', async () => {
    const gone = await startFakeServer();
    await gone.close();
    const home = homeWithLogin(gone.url, { token: 'x', email: 'me@example.com' });
    const { exitCode, stderr } = await runAgainst(['status'], { env: home });
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `valetkey: Cannot reach ${gone.url} (ECONNREFUSED). Start it with: valetkey serve, or name another with --url.\n`,
    );
  });
});

describe('which server is meant', () => {
  it('--url wins over VALETKEY_URL, which wins over the last login', async () => {
    const asked = async (words: string[], extra: Record<string, string>) =>
      (await runAgainst(words, { env: { ...env, ...extra } })).stderr;
    const elsewhere = 'https://elsewhere.example';
    expect(await asked(['status'], {})).toBe('');
    expect(await asked(['status'], { VALETKEY_URL: elsewhere })).toContain(`not logged in to ${elsewhere}`);
    expect(await asked(['status', '--url', server.url], { VALETKEY_URL: elsewhere })).toBe('');
  });

  it('without a login there, nothing is sent and the code is 4', async () => {
    const { exitCode, stderr } = await runAgainst(['apps', 'list'], {
      env: { ...freshHome(), VALETKEY_URL: server.url },
      fetch: () => Promise.reject(new Error('MUST NOT be called')),
    });
    expect(exitCode).toBe(4);
    expect(stderr).toContain(`valetkey login --url ${server.url}`);
  });
});

describe('help', () => {
  it('the first page names every command and goes to stdout', async () => {
    for (const words of [['--help'], ['help']]) {
      const { exitCode, stdout, stderr } = await runAgainst(words);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      for (const { name } of COMMANDS) expect(stdout).toContain(`  ${name} `);
    }
  });

  it.each([[['keys', '--help']], [['keys', '-h']], [['help', 'keys']]])(
    '%j is the page of its commands',
    async (words) => {
      const { exitCode, stdout, stderr } = await runAgainst(words);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toContain('  keys add <provider>  Seal');
      expect(stdout).not.toContain('apps list');
    },
  );

  it('before a command is the same as behind it', async () => {
    expect(await runAgainst(['help', 'keys', 'add'])).toEqual(await runAgainst(['keys', 'add', '--help']));
    expect(await runAgainst(['help', 'frobnicate'])).toMatchObject({ exitCode: 2 });
  });

  it.each(COMMANDS)(
    '$name has a page with every flag, and its examples are command lines it accepts',
    async (command) => {
      const { exitCode, stdout } = await runAgainst([...command.name.split(' '), '--help']);
      expect(exitCode).toBe(0);
      for (const flag of Object.keys(command.flags)) expect(stdout).toContain(`--${flag}`);
      for (const example of command.examples) {
        expect(stdout).toContain(example);
        const words = example
          .replace(/^(?:.*\s)?valetkey /, '')
          .replace(/ [|<>] .*$/, '')
          .replaceAll("'", '')
          .split(' ');
        const parsed = command.parse(words.slice(command.name.split(' ').length), 0);
        expect(parsed.ok, example).toBe(true);
      }
    },
  );
});

describe('serve', () => {
  const env = { XDG_CONFIG_HOME: '/dev/null', VALETKEY_URL: '?' };

  it('starts the broker even if the login file cannot be read or VALETKEY_URL is wrong', async () => {
    expect(await runAgainst(['serve'], { env })).toMatchObject({ exitCode: 0, served: 1 });
  });

  it('is what `valetkey` alone does', async () => {
    expect(await runAgainst([], { env })).toMatchObject({ exitCode: 0, served: 1 });
  });

  it('ends with code 1 if the broker could not start', async () => {
    expect((await runAgainst(['serve'], { env, brokerStarts: false })).exitCode).toBe(1);
  });
});
