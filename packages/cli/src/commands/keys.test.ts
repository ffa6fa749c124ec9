// Guarantees of the keys commands: a key goes from standard input to the server and nowhere else.

import { describe, expect, it } from 'vitest';
import { loggedIn } from '../../test/logged-in.ts';

const KEY = 'sk-proj-0123456789abcdef';
const house = loggedIn();

describe('keys add', () => {
  it('sends the key from standard input, without the line end, and never prints any of it', async () => {
    const { exitCode, stdout, stderr } = await house.run(['keys', 'add', 'openai', '--label', 'work'], {
      stdin: `${KEY}\n`,
    });
    expect(exitCode).toBe(0);
    expect(house.server.seen.at(-1)).toMatchObject({
      route: 'POST /api/v1/provider-keys',
      body: { provider: 'openai', key: KEY, label: 'work' },
    });
    expect(stdout + stderr).not.toContain(KEY.slice(0, 8));
  });

  it('asks without echo on a terminal', async () => {
    const run = await house.run(['keys', 'add', 'openai', '--json'], { terminal: true, stdin: KEY });
    expect(run).toMatchObject({ exitCode: 0, prompts: ['API key for openai: '] });
    expect(JSON.parse(run.stdout)).toMatchObject({ id: 'key_1', last_four: 'ab12' });
    expect(run.stdout + run.stderr).not.toContain(KEY.slice(0, 8));
  });

  it.each(['', ' \n', 'two words', `${KEY}\n${KEY}`])('refuses %j before anything is sent', async (stdin) => {
    const { exitCode } = await house.run(['keys', 'add', 'openai'], { stdin });
    expect(exitCode).toBe(2);
    expect(house.server.seen).toEqual([]);
  });

  it('says how to go on where the server wants to know again who is there, and that a login is needed', async () => {
    house.server.answer('POST /api/v1/provider-keys', {
      status: 401,
      body: {
        error: {
          code: 'insufficient_user_authentication',
          message: 'Confirm first that it is you: run valetkey login, then try again.',
        },
      },
    });
    const run = await house.run(['keys', 'add', 'openai'], { stdin: KEY });
    expect([run.exitCode, run.stdout]).toEqual([4, '']);
    expect(run.stderr).toContain('Confirm first that it is you: run valetkey login');
    expect(run.stderr).not.toContain('You are not logged in');
  });

  it('for a provider that is none names those that there are, and does not repeat what was typed', async () => {
    const refusal = { error: { code: 'invalid_request', message: 'Refused.' } };
    house.server.answer('POST /api/v1/provider-keys', { status: 400, body: refusal });
    const run = (provider: string) => house.run(['keys', 'add', provider], { stdin: KEY });
    const { exitCode, stderr } = await run(KEY);
    expect(exitCode).toBe(1);
    expect(stderr).toBe('valetkey: There is no provider of that name here. Choose one of: openai.\n');
    expect((await run('openai')).stderr).toBe('valetkey: Refused.\n');
    house.server.answer('GET /api/v1/providers', { status: 503, body: refusal });
    expect((await run('nope')).stderr).toBe('valetkey: Refused.\n');
  });

  it('takes no key as an argument', async () => {
    expect((await house.run(['keys', 'add', 'openai', KEY])).exitCode).toBe(2);
  });
});

describe('keys rotate', () => {
  const NEW = 'sk-proj-new-9876543210';

  it('sends the new key from standard input, prints none of it, and says who goes on with it', async () => {
    const { exitCode, stdout, stderr } = await house.run('keys rotate key_1', { stdin: `${NEW}\n` });
    expect(exitCode).toBe(0);
    expect(house.server.seen.at(-1)).toMatchObject({
      route: 'PUT /api/v1/provider-keys/key_1',
      body: { key: NEW },
    });
    expect(stderr).toContain('3 grants draw on it');
    expect(stdout + stderr).not.toContain(NEW.slice(0, 8));
  });

  it.each(['', 'two words'])('refuses %j before anything is sent', async (stdin) => {
    const { exitCode, stderr } = await house.run('keys rotate key_1', { stdin });
    expect([exitCode, house.server.seen]).toEqual([2, []]);
    expect(stderr).toMatch(/key_1 < key\.txt|only the key itself/);
  });
});

describe('keys list, test and rm', () => {
  it('lists keys by their last four characters', async () => {
    const { stdout } = await house.run(['keys', 'list']);
    expect(stdout).toBe('key_1\topenai\t\tab12\t3\t2026-11-01T09:00:00Z\t\n');
    const json = await house.run(['keys', 'list', '--json']);
    expect(JSON.parse(json.stdout)).toEqual([expect.objectContaining({ id: 'key_1', grants: 3 })]);
  });

  it('an empty vault is an empty list with a hint on stderr', async () => {
    house.server.answer('GET /api/v1/provider-keys', { body: { data: [], next: null } });
    const text = await house.run(['keys', 'list']);
    expect(text).toMatchObject({ exitCode: 0, stdout: '' });
    expect(text.stderr).toContain('valetkey keys add');
    expect((await house.run(['keys', 'list', '--json'])).stdout).toBe('[]\n');
  });

  it('a key that does not work ends with code 1 and the provider’s reason', async () => {
    expect((await house.run(['keys', 'test', 'key_1'])).exitCode).toBe(0);
    house.server.answer('POST /api/v1/provider-keys/key_1/test', {
      body: { ok: false, status: 401, message: 'The provider refused the key.' },
    });
    const { exitCode, stdout, stderr } = await house.run(['keys', 'test', 'key_1']);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('Works\tno\nHTTP status\t401\nMessage\tThe provider refused the key.\n');
    expect(stderr).toContain('The provider refused the key.');
  });

  it('removing a key that apps draw on needs --revoke-grants', async () => {
    house.server.answer(
      'DELETE /api/v1/provider-keys/key_1',
      { status: 409, body: { error: { code: 'conflict', message: '3 grants draw on this key.' } } },
      { status: 204 },
    );
    const refused = await house.run(['keys', 'rm', 'key_1']);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('add --revoke-grants');
    const removed = await house.run(['keys', 'rm', 'key_1', '--revoke-grants', '--json']);
    expect(JSON.parse(removed.stdout)).toEqual({ id: 'key_1', removed: true });
    expect(house.server.seen.map(({ query }) => query)).toEqual(['', '?revoke_grants=true']);
  });

  it('an id cannot reach another address', async () => {
    await house.run(['keys', 'rm', '../grants?x']);
    expect(house.server.seen.at(-1)).toMatchObject({
      route: 'DELETE /api/v1/provider-keys/..%2Fgrants%3Fx',
      query: '',
    });
  });
});
