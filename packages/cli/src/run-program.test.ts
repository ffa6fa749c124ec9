// Guarantees of a program that is run with a child's token, with real processes: it gets signals, its exit code is passed on, and its grant
// ends after it in every case.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, startFakeServer } from '../test/fake-server.ts';
import { freshHome, inherited } from '../test/run-against.ts';

const ENTRY = fileURLToPath(new URL('./valetkey.js', import.meta.url));
const CHILD = {
  grant_id: 'gr_child',
  parent_grant_id: 'gr_parent',
  token: 'vk_child',
  token_type: 'Bearer',
  expires_at: null,
  authorization_details: [],
  base_urls: {},
};

let server: FakeServer;
beforeEach(async () => {
  server = await startFakeServer();
  const details = [{ type: 'ai_model_access', provider: 'openai' }];
  server.answer('GET /grants/self', { body: { authorization_details: details } });
  server.answer('POST /grants/self/children', { status: 201, body: CHILD });
  server.answer('DELETE /grants/self', { status: 204 });
});
afterEach(() => server.close());

/** Runs a script of Node with a child's token; `out` is what it has printed so far. */
const start = (script: string) => startProgram(process.execPath, '-e', script);
const startProgram = (...program: string[]) => {
  const env = {
    ...freshHome(),
    ...inherited(),
    VALETKEY_TOKEN: 'vk_parent',
    VALETKEY_URL: server.url,
  };
  const words = [ENTRY, 'delegate', '--', ...program];
  const running = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  running.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString();
  });
  running.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString();
  });
  return { running, said, over: once(running, 'close') as Promise<[code: number | null]> };
};

const expectEnded = () =>
  expect(server.seen.at(-1)).toMatchObject({
    route: 'DELETE /grants/self',
    authorization: 'Bearer vk_child',
  });

describe('a program with a child’s token', () => {
  it('sees that token and not its parent’s, and its exit code is passed on', async () => {
    const { said, over } = start('console.log(process.env.VALETKEY_TOKEN); process.exitCode = 17');
    expect(await over).toEqual([17, null]);
    expect(said.out).toBe('vk_child\n');
    expectEnded();
  });

  it.each<[NodeJS.Signals, number]>([
    ['SIGINT', 42],
    ['SIGTERM', 43],
  ])('gets %s and ends as it likes', async (signal, code) => {
    const script = `process.on('${signal}', () => process.exit(${code})); setInterval(() => {}, 1000); console.log('ready')`;
    const { running, said, over } = start(script);
    await readyToBeTold(running, said);
    running.kill(signal);
    expect(await over).toEqual([code, null]);
    expectEnded();
  });

  it.each([
    ['that is nowhere', ['/nowhere/program']],
    ['without a name', ['']],
  ])('%s can not be run, and leaves no grant', async (_, program) => {
    const { over } = startProgram(...program);
    expect(await over).toEqual([1, null]);
    expectEnded();
  });

  it('leaves no grant where nobody hears what is said about it', async () => {
    const { running, over } = start('');
    running.stderr.destroy();
    expect(await over).toEqual([0, null]);
    expectEnded();
  });

  it('whose grant does not end soon is not left by Ctrl-C without a word', async () => {
    server.answer('DELETE /grants/self', { never: true });
    const { running, said, over } = start('');
    await expect.poll(() => server.seen.at(-1)?.route).toBe('DELETE /grants/self');
    running.kill('SIGINT');
    // Two signals at once may arrive as one. On a busy machine the first may already have the last word.
    await expect.poll(() => said.err).toMatch(/gr_child (is being ended|has ended is not known)/);
    running.kill('SIGINT');
    expect(await over).toEqual([130, null]);
    expect(said.err).toContain('Whether the grant gr_child has ended is not known');
  });

  it('that dies of a signal ends as shells say it', async () => {
    const { over } = start(`process.kill(process.pid, 'SIGKILL')`);
    expect(await over).toEqual([137, null]);
    expectEnded();
  });
});

const readyToBeTold = async (running: ChildProcess, said: { readonly out: string }): Promise<void> => {
  while (said.out !== 'ready\n') await once(running.stdout!, 'data');
};
