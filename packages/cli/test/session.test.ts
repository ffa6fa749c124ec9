// The command line as people meet it: a process of its own at a terminal, what shows there, what is asked, and what it returns.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FakeAnswer, PASSWORD } from './fake-server.ts';
import { loggedIn } from './logged-in.ts';
import { freshHome, inherited } from './run-against.ts';

const ENTRY = fileURLToPath(new URL('../src/valetkey.js', import.meta.url));
const house = loggedIn();

/** A session that runs; `said` is what it has said so far, `code` what it ends with. */
interface Session {
  readonly child: ChildProcess;
  readonly said: { readonly text: string };
  readonly code: Promise<number>;
  /** Waits until `text` was said. */
  readonly says: (text: string) => Promise<void>;
}

function start(words: readonly string[], env: object = {}, program = process.execPath): Session {
  const child = spawn(program, words, {
    env: { ...house.env, ...inherited(), HOME: house.env.XDG_CONFIG_HOME, TERM: 'xterm', ...env },
  });
  const said = { text: '' };
  const listen = (chunk: unknown) => {
    said.text += String(chunk);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const code = once(child, 'close').then(([exit, signal]) => exit ?? signal);
  const says = (text: string) => expect.poll(() => said.text, { timeout: 30_000 }).toContain(text);
  return { child, said, code, says };
}

/** Gives a program a terminal of its own: the one of util-linux, whose options others do not have. */
const [PTY] = ['script'];
const hasPty = process.platform === 'linux' && spawnSync(PTY, ['--version']).status === 0;

/** At a terminal: what is written to its input is typed. */
const typed = (line: string, env?: object): Session =>
  start(['-qfec', `'${process.execPath}' '${ENTRY}' ${line}`, '/dev/null'], env, PTY);

const refusal = (status: number, code: string): FakeAnswer => ({
  status,
  body: { error: { code, message: 'Plain words.' } },
});

describe('the exit code', () => {
  it.each<[number, string, string, FakeAnswer | null]>([
    [0, 'where all is well', 'usage', null],
    [1, 'of what the server cannot do', 'usage', refusal(500, 'internal_error')],
    [2, 'of a wrong command line', 'usage --days many', null],
    [4, 'where a login is needed', 'usage', refusal(401, 'invalid_token')],
    [5, 'of what a budget refuses', 'usage', refusal(402, 'budget_exhausted')],
    [6, 'of what is not granted', 'usage', refusal(403, 'model_not_permitted')],
  ])('is %i %s', async (code, _when, line, answer) => {
    if (answer) house.server.answer('GET /api/v1/usage', answer);
    const { exitCode, stdout, stderr } = await house.run(line);
    expect([exitCode, stdout === '', stderr === '']).toEqual([code, code !== 0, code === 0]);
  });

  it('is 130 when interrupted', async () => {
    house.server.answer('GET /api/v1/calls', { body: { data: [], next: null } });
    const session = start([ENTRY, 'logs', '-f']);
    await expect.poll(() => house.server.seen.length, { timeout: 30_000 }).toBeGreaterThan(0);
    session.child.kill('SIGINT');
    expect(await session.code).toBe(130);
  });
});

describe('at a terminal', () => {
  beforeEach(({ skip }) => skip(!hasPty, 'script of util-linux is not installed here'));

  it('rows have titles, and colour unless NO_COLOR says not', async () => {
    const coloured = typed('apps list');
    expect(await coloured.code).toBe(0);
    expect(coloured.said.text).toContain('\u001b[1mGRANT');
    const plain = typed('apps list', { NO_COLOR: '1' });
    expect(await plain.code).toBe(0);
    expect(plain.said.text).toContain('GRANT');
    expect(plain.said.text).not.toContain('\u001b[');
  });

  it('a password that is typed does not show, and Ctrl-C ends with 130', async () => {
    const home = freshHome();
    const line = `login ${house.server.url} --email me@example.com`;
    const session = typed(line, home);
    await session.says('Password: ');
    session.child.stdin?.write(`${PASSWORD}\r`);
    expect(await session.code).toBe(0);
    expect(session.said.text).toContain('Logged in to');
    expect(session.said.text).not.toContain(PASSWORD.trim());
    const interrupted = typed(line, home);
    await interrupted.says('Password: ');
    interrupted.child.stdin?.write('\u0003');
    expect(await interrupted.code).toBe(130);
  });

  it.each([
    ['y', true],
    ['', false],
  ])('setup asks, and after %j the file is there: %s', async (answer, isThere) => {
    const provider = {
      name: 'anthropic',
      dialect: 'anthropic',
      base_url: 'https://v.example/anthropic',
      has_key: true,
    };
    house.server.answer('GET /api/v1/providers', { body: { data: [provider], next: null } });
    const session = typed('setup claude');
    await session.says('Write this? [y/N] ');
    expect(session.said.text).toContain('+   "apiKeyHelper": "valetkey token print --for claude"');
    session.child.stdin?.write(`${answer}\r`);
    expect(await session.code).toBe(isThere ? 0 : 1);
    const file = join(house.env.XDG_CONFIG_HOME!, '.claude/settings.json');
    expect(existsSync(file)).toBe(isThere);
    if (isThere)
      expect(JSON.parse(readFileSync(file, 'utf8')).env.ANTHROPIC_BASE_URL).toBe(provider.base_url);
  });
});
