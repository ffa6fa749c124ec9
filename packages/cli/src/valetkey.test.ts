// Guarantees of the process itself: the script that other programs run works end to end, over real pipes.

import { type SpawnSyncReturns, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeServer, PASSWORD, SESSION, startFakeServer } from '../test/fake-server.ts';
import { freshHome, homeWithLogin, inherited } from '../test/run-against.ts';

const ENTRY = fileURLToPath(new URL('./valetkey.js', import.meta.url));

let server: FakeServer;
beforeAll(async () => {
  server = await startFakeServer();
});
afterAll(() => server.close());

/** Runs the installed entry; not synchronously, because the fake server lives in this process. */
async function run(words: readonly string[], env: Readonly<Record<string, string>>, input = '') {
  const child = spawn(process.execPath, [ENTRY, ...words], { env: { ...inherited(), ...env } });
  child.stdin.end(input);
  const exited = new Promise<SpawnSyncReturns<string>['status']>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { exitCode: await exited, stdout, stderr };
}

describe('a script', () => {
  it('logs in with a password from a pipe and gets a token as JSON', async () => {
    const env = { ...freshHome(), VALETKEY_URL: server.url };
    const words = ['login', '--url', server.url, '--email', 'me@example.com', '--password-stdin'];
    expect(await run(words, env, `${PASSWORD}\n`)).toMatchObject({ exitCode: 0 });
    const create =
      'grant create --provider openai --model gpt-4o-mini --limit 100000/month --json --requests 5'.split(
        ' ',
      );
    const { exitCode, stdout } = await run(create, env);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).token).toBe('vk_test_token');
  });

  it('sees the exit code of what went wrong', async () => {
    const env = freshHome();
    expect((await run(['keys', 'list'], env)).exitCode).toBe(4);
    expect((await run(['keys', 'lost'], env)).exitCode).toBe(2);
  });
});

it('ends without a word when it has a call to show that nobody reads', async () => {
  const env = homeWithLogin(server.url, { token: SESSION, email: 'me@example.com' });
  const child = spawn(process.execPath, [ENTRY, 'logs', '--follow'], {
    env: { ...inherited(), ...env },
  });
  const exited = once(child, 'exit');
  const said = text(child.stderr);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  await once(child.stdout, 'close');
  const { data } = server.fixed('GET /calls').body as { readonly data: readonly object[] };
  const next = { ...data[0], id: 'call_next', at: '2026-11-20T08:31:00Z' };
  server.answer('GET /api/v1/calls', { body: { data: [next, ...data], next: null } });
  expect([await exited, await said]).toEqual([[0, null], '']);
});

it('says in one line that its result finds no room', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [ENTRY, '--version'], { stdio: ['ignore', full, 'pipe'] });
  const exited = once(child, 'close');
  expect(await text(child.stderr!)).toBe('valetkey: Cannot write the result (ENOSPC).\n');
  expect(await exited).toEqual([1, null]);
  closeSync(full);
});

it('says its version', async () => {
  expect(await run(['--version'], {})).toEqual({ exitCode: 0, stdout: '0.1.0\n', stderr: '' });
});

it('speaks the language that its terminal asks for', async () => {
  const { exitCode, stderr } = await run(['frobnicate'], { LANG: 'de_DE.UTF-8' });
  const said = "valetkey: Den Befehl 'frobnicate' gibt es nicht. Siehe: valetkey --help\n";
  expect([exitCode, stderr]).toEqual([2, said]);
});

it('is told by an older Node in one sentence what to do', async () => {
  const older = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`;
  const preload = `--import=data:text/javascript,${encodeURIComponent(older)}`;
  const { exitCode, stdout, stderr } = await run([], { NODE_OPTIONS: preload });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^valetkey: needs Node 24 or newer, this is 20\.20\.2\. .+\n$/);
});
