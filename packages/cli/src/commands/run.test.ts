// Guarantees of run: a small, short grant is made by the login, the program gets its token alone, and it ends when the program does.

import { fail, succeed } from '@valetkey/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { SESSION } from '../../test/fake-server.ts';
import { loggedIn } from '../../test/logged-in.ts';
import { freshHome, type RunOptions } from '../../test/run-against.ts';

const house = loggedIn();

beforeEach(() => {
  house.server.answer('DELETE /grants/self', { status: 204 });
});

const run = (line: string, options: RunOptions = {}) => house.run(['run', ...line.split(' ')], options);
const asked = () => house.server.seen.find(({ route }) => route === 'POST /api/v1/grants')?.body;
const routes = () => house.server.seen.map(({ route, authorization }) => [route, authorization]);

/** The server's providers; `keys` names those with a key, or in use without one. */
const hasKeysOf = (...keys: string[]) => {
  const dialects = {
    openai: 'openai',
    mistral: 'openai',
    anthropic: 'anthropic',
    google: 'google',
    ollama: 'openai',
    vllm: 'openai',
  };
  const data = Object.entries(dialects).map(([name, dialect]) => {
    const key_required = !['ollama', 'vllm'].includes(name);
    return { name, dialect, key_required, simulated: false, has_key: keys.includes(name) };
  });
  const sandbox = {
    name: 'sandbox',
    dialect: 'openai',
    key_required: false,
    simulated: true,
    has_key: keys.includes('sandbox'),
  };
  house.server.answer('GET /api/v1/providers', { body: { data: [...data, sandbox], next: null } });
};

describe('the grant', () => {
  it('is of five dollars and eight hours, named after the program, if no flag says otherwise', async () => {
    expect((await run('-- /usr/bin/node script.js')).exitCode).toBe(0);
    expect(asked()).toEqual({
      name: 'node',
      authorization_details: [
        {
          type: 'ai_model_access',
          provider: 'openai',
          limits: { total_spend: 5 },
          expires: '2026-11-22T08:00:00Z',
        },
      ],
    });
  });

  it('is exactly what the flags say', async () => {
    await run(
      '--provider openai --model gpt-4o-mini --limit 0.5/day --requests 9 --expires 15m --name try -- x',
    );
    expect(asked()).toEqual({
      name: 'try',
      authorization_details: [
        {
          type: 'ai_model_access',
          provider: 'openai',
          models: ['gpt-4o-mini'],
          limits: { daily_spend: 0.5, max_requests: 9 },
          expires: '2026-11-22T00:15:00Z',
        },
      ],
    });
  });

  it.each([
    [['openai'], 'node', 'openai'],
    [['openai', 'anthropic'], 'claude', 'anthropic'],
    [['openai', 'mistral'], '/opt/codex', 'openai'],
    [['mistral'], 'codex.exe', 'mistral'],
    [['openai', 'google'], 'gemini', 'google'],
    [['ollama'], 'node', 'ollama'],
    [[], 'node', 'sandbox'],
    [['sandbox'], 'node', 'sandbox'],
  ])('with keys of %j for %s is for %s', async (keys, program, provider) => {
    hasKeysOf(...keys);
    await run(`-- ${program}`);
    expect(asked()).toMatchObject({ authorization_details: [{ provider }] });
  });

  it.each([
    [['openai', 'google'], '-- node', 2, 'one of openai, google'],
    [['openai'], '-- claude', 1, 'no provider key for it (anthropic). Add one with: valetkey keys add'],
    [['openai'], '--provider openai -- claude', 2, 'speaks the API of anthropic, and openai does not'],
    [['openai'], '--provider nowhere -- node', 6, 'no provider nowhere'],
    [['openai'], '--limit 1', 2, 'comes after --'],
    [['openai'], '--limit 1/year -- node', 2, '--limit 1/year'],
    [['openai'], '--expires soon -- node', 2, '--expires must be'],
  ])('with keys of %j is not made by "run %s"', async (keys, line, code, says) => {
    hasKeysOf(...keys);
    const { exitCode, stderr, ran } = await run(line);
    expect([exitCode, ran, asked()]).toEqual([code, [], undefined]);
    expect(stderr).toContain(says);
  });

  it('needs a login', async () => {
    const { exitCode, ran } = await run('-- node', {
      env: { ...freshHome(), VALETKEY_URL: house.server.url },
    });
    expect([exitCode, ran]).toEqual([4, []]);
  });

  it.each([
    [402, 'budget_exhausted', 5],
    [403, 'model_not_permitted', 6],
  ])('refused with %i runs nothing and ends with the documented code', async (status, code, expected) => {
    house.server.answer('POST /api/v1/grants', {
      status,
      body: { error: { code, message: 'Plain words.' } },
    });
    expect(await run('-- node')).toMatchObject({ exitCode: expected, ran: [] });
  });
});

describe('the program', () => {
  it('gets the token of its run and not the login, and the grant ends after it', async () => {
    const given = { OPENAI_API_KEY: 'sk-real', OPENAI_ORG_ID: 'org-mine', PATH: '/bin' };
    const { exitCode, stdout, stderr, ran } = await run('-- node script.js --json', { env: given });
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toBe('Notes has the grant grant_1 for openai; it ends with it, by -.\n');
    expect(ran).toEqual([
      {
        words: ['node', 'script.js', '--json'],
        env: {
          XDG_CONFIG_HOME: house.env.XDG_CONFIG_HOME,
          PATH: '/bin',
          VALETKEY_TOKEN: 'vk_test_token',
          VALETKEY_URL: house.server.url,
          OPENAI_API_KEY: 'vk_test_token',
          OPENAI_BASE_URL: 'http://127.0.0.1:8787/openai/v1',
          OPENAI_API_BASE: 'http://127.0.0.1:8787/openai/v1',
        },
      },
    ]);
    expect(routes()).toEqual([
      ['GET /api/v1/providers', `Bearer ${SESSION}`],
      ['POST /api/v1/grants', `Bearer ${SESSION}`],
      ['DELETE /grants/self', 'Bearer vk_test_token'],
    ]);
  });

  it.each([
    [succeed(17), 17, ''],
    [fail('Cannot run node (ENOENT).'), 1, 'Cannot run node (ENOENT).'],
  ])('ends the grant and this command also where it fails: %j', async (program, code, says) => {
    const { exitCode, stderr } = await run('-- node', { program });
    expect(exitCode).toBe(code);
    expect(stderr).toContain(says);
    expect(routes().at(-1)).toEqual(['DELETE /grants/self', 'Bearer vk_test_token']);
  });

  it.each([
    ['once', 1, 0, 0, /^The grant grant_1 is being ended\. .*\n$/],
    [
      'twice',
      2,
      0,
      130,
      /^The grant grant_1 is being ended\. .*\n.*Whether the grant grant_1 has ended .*\n$/,
    ],
    ['once, after some seconds', 1, 4000, 130, /^.*Whether the grant grant_1 has ended is not known; .*\n$/],
  ])(
    'leaves no grant in silence where Ctrl-C comes %s while it ends',
    async (_, times, afterMs, code, says) => {
      let nowMs = Date.UTC(2026, 10, 22);
      let press = () => {};
      const takeSignals = (listener: () => void) => {
        press = listener;
        return () => {};
      };
      const pressing: typeof fetch = async (input, init) => {
        const answer = fetch(input, init);
        if (init?.method !== 'DELETE') return answer;
        nowMs += afterMs;
        for (let time = 0; time < times; time += 1) press();
        return answer;
      };
      const { exitCode, stderr } = await run('-- node', { fetch: pressing, takeSignals, now: () => nowMs });
      expect(exitCode).toBe(code);
      expect(stderr.replace(/^Notes has the grant .*\n/, '')).toMatch(says);
    },
  );

  it('is run in the way that it needs, with no token among its arguments', async () => {
    const [only] = (await run('-- codex exec hello')).ran;
    expect(only!.words[0]).toBe('codex');
    expect(only!.words.slice(-2)).toEqual(['exec', 'hello']);
    expect(only!.words.join(' ')).toContain('model_provider="valetkey"');
    expect(only!.words.join(' ')).not.toContain('vk_');
  });
});
