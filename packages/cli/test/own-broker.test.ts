// The commands that change something, against the product itself with simulated providers: what the command line says happened is what the
// broker does from then on.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HELLO } from '../../broker/test/house/openai-at.ts';
import { type House, OWNER, startHouse } from '../../broker/test/house/start-house.ts';
import { speak } from '../src/messages/messages.ts';
import { freshHome, type RunOptions, runAgainst } from './run-against.ts';

const { XDG_CONFIG_HOME: home } = freshHome();
const env = { XDG_CONFIG_HOME: home, HOME: home };
let house: House;

const run = (line: string, options: RunOptions = {}) =>
  runAgainst(line.split(' '), { nowMs: Date.now(), ...options, env: { ...env, ...options.env } });
// biome-ignore lint/suspicious/noExplicitAny: results of many shapes
const json = async (line: string, options?: RunOptions): Promise<any> =>
  JSON.parse((await run(`${line} --json`, options)).stdout);
const ask = (url: string, token: string): Promise<Response> =>
  fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(HELLO),
  });

beforeAll(async () => {
  house = await startHouse();
  const words = `login ${new URL(house.url).host} --email ${OWNER.email} --password-stdin`;
  const login = await run(words, { stdin: OWNER.password });
  expect(login).toMatchObject({ exitCode: 0, stdout: `Server\t${house.url}\nOwner\t${OWNER.email}\n` });
});
afterAll(() => house.close());

it('a tool that is set up asks for tokens that all spend of one grant, until it is taken back', async () => {
  const { grant_id: id } = await json('setup codex --model gpt-4o-mini --limit 1/day --yes');
  const config = readFileSync(join(home, '.codex/config.toml'), 'utf8');
  expect(config).toContain('args = ["token","print","--for","codex"]');
  const url = /base_url = "(.+)"/.exec(config)![1]!;
  const tokens = await Promise.all(
    [1, 2].map(async () => (await run('token print --for codex')).stdout.trim()),
  );
  expect(new Set(tokens).size).toBe(2);
  for (const token of tokens) expect((await ask(url, token)).status).toBe(200);
  // What became of a call reaches the books a moment after its answer.
  await expect.poll(async () => (await json(`apps show ${id}`)).spent.calls, { timeout: 20_000 }).toBe(2);
  // The bound of the parent binds every child.
  expect((await run(`apps limit ${id} 0/day`)).exitCode).toBe(0);
  expect((await ask(url, tokens[0]!)).status).toBe(402);
  expect(await run('setup codex --undo --yes')).toMatchObject({ exitCode: 0 });
  for (const token of tokens) expect((await ask(url, token)).status).toBe(401);
  expect((await run('token print --for codex')).exitCode).toBe(1);
});

it('terms that are edited are those of the next call', async () => {
  const made = await json('grant create --provider openai --model gpt-4o-mini --limit 1/month');
  const { grant_id: id, base_url: url, token } = made;
  expect((await ask(url, token)).status).toBe(200);
  await run(`grant edit ${id} --model gpt-5*`);
  expect((await ask(url, token)).status).toBe(403);
  const { stderr } = await run(`grant edit ${id} --model gpt-4o-mini --limit 2/week --delegation-depth 1`);
  expect(stderr).toBe('Changed. It counts from the next call.\n');
  expect((await ask(url, token)).status).toBe(200);
  expect((await json(`apps limit ${id} 9/day`)).authorization_details).toEqual([
    expect.objectContaining({
      models: ['gpt-4o-mini'],
      limits: { weekly_spend: 2, daily_spend: 9 },
      delegation: { max_depth: 1 },
    }),
  ]);
});

it('a key that is rotated is the one that the provider gets', async () => {
  const [{ id }] = (await json('keys list')).filter((key: { provider: string }) => key.provider === 'openai');
  const made = await json('grant create --provider openai --model gpt-4o-mini --requests 9');
  const used = async () => {
    expect((await ask(made.base_url, made.token)).status).toBe(200);
    return house.simulators.openai.requests.at(-1)?.key?.value;
  };
  expect(await used()).toBe(house.keys.openai);
  const fresh = `${house.keys.openai.slice(0, -4)}zz99`;
  const { exitCode, stdout, stderr } = await run(`keys rotate ${id}`, { stdin: fresh });
  expect([exitCode, stdout.includes(fresh.slice(-4))]).toEqual([0, true]);
  expect(stdout + stderr).not.toContain(fresh);
  expect(await used()).toBe(fresh);
});

it('run gives a program the sandbox too, and its grant ends with it', async () => {
  let inside: { url: string; token: string } | null = null;
  const { exitCode } = await run('run --provider sandbox --limit 1 -- node script.js', {
    whileRunning: async (variables) => {
      inside = { url: variables.OPENAI_BASE_URL!, token: variables.OPENAI_API_KEY! };
      const answer = await fetch(`${inside.url}/models`, {
        headers: { authorization: `Bearer ${inside.token}` },
      });
      expect(answer.status).toBe(200);
    },
  });
  expect(exitCode).toBe(0);
  const { url, token } = inside!;
  const after = await fetch(`${url}/models`, { headers: { authorization: `Bearer ${token}` } });
  expect(after.status).toBe(401);
});

it('a person reads what a grant allows in the language of the terminal, a program the same as ever', async () => {
  const { grant_id: id } = await json('grant create --provider openai --model gpt-4o-mini --limit 1/month');
  const english = await run(`apps show ${id}`);
  expect(english.stdout).toContain('Terms\tSend text and images to ');
  await speak('de');
  try {
    const read = (await run(`apps show ${id}`, { terminal: true, env: { NO_COLOR: '1' } })).stdout;
    expect(read).toMatch(/^Bedingungen +Text und Bilder senden an: /m);
    expect(read).toMatch(/^Übrig +\$1\.00 von \$1\.00 im Monat$/m);
    expect((await run(`apps show ${id}`)).stdout).toBe(english.stdout);
  } finally {
    await speak('en');
  }
});

it('after logout every command wants a login', async () => {
  expect((await run('status')).exitCode).toBe(0);
  expect((await run('logout')).exitCode).toBe(0);
  expect((await run(`status --url ${house.url}`)).exitCode).toBe(4);
});
