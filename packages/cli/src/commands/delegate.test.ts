// Guarantees of delegate: what is asked for the child, which server its parent's token goes to, and what the program that gets it can see.

import { fail, succeed } from '@valetkey/core';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, SESSION, startFakeServer } from '../../test/fake-server.ts';
import { freshHome, homeWithLogin, type RunOptions, runAgainst } from '../../test/run-against.ts';

const PARENT = 'vk_parent';
const CHILD = {
  grant_id: 'gr_child',
  parent_grant_id: 'gr_parent',
  token: 'vk_child',
  token_type: 'Bearer',
  expires_at: '2026-11-22T01:00:00.000Z',
  authorization_details: [],
  base_urls: { openai: 'http://broker/openai/v1', google: 'http://broker/google' },
};
const OPENAI = {
  type: 'ai_model_access',
  provider: 'openai',
  models: ['gpt-4o*'],
  capabilities: ['chat', 'embeddings'],
  tools: ['function'],
  limits: { total_spend: 5 },
  delegation: { max_depth: 2 },
};
const GOOGLE = { type: 'ai_model_access', provider: 'google', expires: '2026-11-22T00:10:00Z' };

const servers: FakeServer[] = [];
let server: FakeServer;
let env: Readonly<Record<string, string>>;

const parentHas = (...details: object[]) =>
  server.answer('GET /grants/self', { body: { grant_id: 'gr_parent', authorization_details: details } });

beforeEach(async () => {
  server = await startFakeServer();
  servers.push(server);
  env = { ...freshHome(), VALETKEY_TOKEN: PARENT, VALETKEY_URL: server.url };
  parentHas(OPENAI);
  server.answer('POST /grants/self/children', { status: 201, body: CHILD });
  server.answer('DELETE /grants/self', { status: 204 });
});
afterAll(() => Promise.all(servers.map((each) => each.close())));

const run = (line: string, options: RunOptions = {}) =>
  runAgainst(['delegate', ...line.split(' ').filter(Boolean)], { env, ...options });
const asked = () => server.seen.find(({ route }) => route === 'POST /grants/self/children');
const routes = () => server.seen.map(({ route, authorization }) => [route, authorization]);

describe('the child', () => {
  it('gets what its parent has, for an hour, and may not delegate, if no flag says otherwise', async () => {
    expect((await run('')).exitCode).toBe(0);
    expect(asked()).toMatchObject({ authorization: `Bearer ${PARENT}` });
    expect(asked()?.body).toEqual({
      name: 'worker',
      authorization_details: [
        {
          type: 'ai_model_access',
          provider: 'openai',
          models: ['gpt-4o*'],
          capabilities: ['chat', 'embeddings'],
          tools: ['function'],
          expires: '2026-11-22T01:00:00Z',
        },
      ],
    });
  });

  it('gets exactly what the flags say', async () => {
    await run(
      '--model gpt-4o-mini --limit 1/day --requests 3 --capability chat --expires 15m --depth 1 --name scout',
    );
    expect(asked()?.body).toEqual({
      name: 'scout',
      authorization_details: [
        {
          type: 'ai_model_access',
          provider: 'openai',
          models: ['gpt-4o-mini'],
          capabilities: ['chat'],
          limits: { daily_spend: 1, max_requests: 3 },
          tools: ['function'],
          delegation: { max_depth: 1 },
          expires: '2026-11-22T00:15:00Z',
        },
      ],
    });
  });

  it.each<[string, object | undefined]>([
    ['--depth 1', { max_depth: 1, to: ['own_agents', 'app_1'] }],
    ['--delegate-to own_agents', { max_depth: 1, to: ['own_agents'] }],
    ['', undefined],
  ])('with %j may delegate to those its parent may, or to fewer: %j', async (flags, delegation) => {
    parentHas({ ...OPENAI, delegation: { max_depth: 2, to: ['own_agents', 'app_1'] } });
    await run(flags);
    const delegated = JSON.stringify(asked()?.body).match(/"delegation":({.*?})/)?.[1];
    expect(delegated && JSON.parse(delegated)).toEqual(delegation);
  });

  it('of several providers gets all of them, the chosen one, or a question; and ends with its parent', async () => {
    parentHas(OPENAI, GOOGLE);
    const refused = await run('--limit 1');
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toContain('(openai, google): say which one with --provider');
    expect(asked()).toBeUndefined();
    await run('');
    expect(asked()?.body).toMatchObject({
      authorization_details: [
        { provider: 'openai', expires: '2026-11-22T01:00:00Z' },
        { provider: 'google', expires: '2026-11-22T00:10:00Z' },
      ],
    });
    await run('--provider google --limit 1');
    expect(server.seen.at(-1)?.body).toMatchObject({
      authorization_details: [{ provider: 'google', limits: { total_spend: 1 } }],
    });
    expect((await run('--provider mistral')).stderr).toContain('no part for mistral');
  });

  it.each([
    ['--depth x', '--depth must be'],
    ['--limit 1/year', '--limit 1/year: after the slash comes'],
    ['--expires soon', '--expires must be'],
    ['--json -- ls', '--json prints the token'],
    ['ls', 'one argument too many'],
  ])('is not made from a wrong command line: %s', async (line, says) => {
    const { exitCode, stderr } = await run(line);
    expect([exitCode, server.seen]).toEqual([2, []]);
    expect(stderr).toContain(says);
  });

  it('is printed once, as a grant is: with --json as one object', async () => {
    const { stdout, stderr } = await run('');
    expect(stdout).toBe(
      'token\tvk_child\nbase_url\thttp://broker/openai/v1\nbase_url\thttp://broker/google\ngrant_id\tgr_child\nexpires_at\t2026-11-22T01:00:00.000Z\n',
    );
    expect(stderr).not.toContain('vk_');
    const { token_type: _, ...printed } = CHILD;
    expect(JSON.parse((await run('--json')).stdout)).toEqual({ ...printed, name: 'worker' });
  });

  it('of an owner’s grant is made by the login, not by a token', async () => {
    const home = homeWithLogin(server.url, { token: SESSION, email: 'me@example.com' });
    server.answer('POST /api/v1/grants/grant_1/children', { status: 201, body: CHILD });
    const { exitCode } = await run('--from grant_1 --limit 1', { env: { ...home, VALETKEY_TOKEN: PARENT } });
    expect(exitCode).toBe(0);
    expect(server.seen.at(-1)).toMatchObject({
      route: 'POST /api/v1/grants/grant_1/children',
      authorization: `Bearer ${SESSION}`,
      body: { authorization_details: [{ models: ['gpt-4o-mini'], limits: { total_spend: 1 } }] },
    });
  });
});

describe('the parent’s token', () => {
  it.each([
    ['OPENAI_API_KEY', 'OPENAI_BASE_URL', '/openai/v1'],
    ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', '/anthropic'],
    ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL', '/anthropic'],
    ['GEMINI_API_KEY', 'GOOGLE_GEMINI_BASE_URL', '/google'],
  ])('is found in %s and goes to the broker in %s', async (name, base, path) => {
    const found = { ...freshHome(), [name]: PARENT, [base]: server.url + path };
    expect((await run('', { env: found })).exitCode).toBe(0);
    expect(asked()?.authorization).toBe(`Bearer ${PARENT}`);
  });

  it('goes where it came from, also where VALETKEY_URL names another server', async () => {
    const found = {
      ...freshHome(),
      VALETKEY_URL: 'https://other.example',
      OPENAI_API_KEY: PARENT,
      OPENAI_BASE_URL: `${server.url}/openai/v1`,
    };
    expect((await run('', { env: found })).exitCode).toBe(0);
    expect(asked()?.authorization).toBe(`Bearer ${PARENT}`);
  });

  it('may be an OAuth access token where only tokens of a broker stand', async () => {
    expect((await run('', { env: { ...env, VALETKEY_TOKEN: 'eyJ.access.token' } })).exitCode).toBe(0);
    expect(asked()?.authorization).toBe('Bearer eyJ.access.token');
  });

  it.each([
    [{}, 4, 'There is no token to delegate'],
    [{ OPENAI_API_KEY: 'sk-real' }, 4, 'There is no token to delegate'],
    [{ VALETKEY_TOKEN: PARENT }, 1, 'set VALETKEY_URL'],
    [{ VALETKEY_TOKEN: PARENT, VALETKEY_URL: 'http://elsewhere.example' }, 2, 'https://'],
    [
      { OPENAI_API_KEY: PARENT, OPENAI_BASE_URL: 'http://elsewhere.example/v1' },
      2,
      'OPENAI_BASE_URL must begin',
    ],
  ])('is not sent anywhere with %j', async (given, code, says) => {
    const { exitCode, stderr } = await run('', {
      env: { ...freshHome(), ...(given as Record<string, string>) },
      fetch: () => Promise.reject(new Error('MUST NOT be called')),
    });
    expect(exitCode).toBe(code);
    expect(stderr).toContain(says);
  });

  it.each([
    [403, 'delegation_not_permitted', 'delegation is not permitted.', 6, '--delegation-depth 1'],
    [400, 'invalid_authorization_details', 'openai: models must not include', 1, 'models must not include'],
    [401, 'invalid_token', 'gone', 4, 'unknown or has ended'],
  ])(
    'refused with %i ends with a code and what to do',
    async (status, error, error_description, code, says) => {
      server.answer('POST /grants/self/children', { status, body: { error, error_description } });
      const { exitCode, stderr, ran } = await run('-- node worker.js');
      expect([exitCode, ran]).toEqual([code, []]);
      expect(stderr).toContain(says);
    },
  );
});

describe('a command', () => {
  it('runs with the child’s token alone, and the child ends after it', async () => {
    const given = {
      ...env,
      OPENAI_API_KEY: PARENT,
      OTHER: `Bearer ${PARENT}`,
      GOOGLE_API_KEY: 'AIza-real',
      ANTHROPIC_API_KEY: 'sk-ant-mine',
      PATH: '/bin',
    };
    const { exitCode, stdout, stderr, ran } = await run('--limit 1 -- node worker.js --json -x', {
      env: given,
    });
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).not.toContain('vk_');
    expect(ran).toEqual([
      {
        words: ['node', 'worker.js', '--json', '-x'],
        env: {
          XDG_CONFIG_HOME: env.XDG_CONFIG_HOME,
          PATH: '/bin',
          ANTHROPIC_API_KEY: 'sk-ant-mine',
          VALETKEY_TOKEN: 'vk_child',
          VALETKEY_URL: server.url,
          OPENAI_API_KEY: 'vk_child',
          OPENAI_BASE_URL: 'http://broker/openai/v1',
          OPENAI_API_BASE: 'http://broker/openai/v1',
          GEMINI_API_KEY: 'vk_child',
          GOOGLE_GEMINI_BASE_URL: 'http://broker/google',
        },
      },
    ]);
    expect(routes()).toEqual([
      ['GET /grants/self', `Bearer ${PARENT}`],
      ['POST /grants/self/children', `Bearer ${PARENT}`],
      ['DELETE /grants/self', 'Bearer vk_child'],
    ]);
  });

  it('passes its exit code on, and nothing is added to what it said', async () => {
    const { exitCode, stderr } = await run('-- false', { program: succeed(17) });
    expect(exitCode).toBe(17);
    expect(stderr.split('\n')).toHaveLength(2);
  });

  it('that can not be started leaves no child', async () => {
    const { exitCode, stderr } = await run('-- nowhere', { program: fail('Cannot run nowhere (ENOENT).') });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Cannot run nowhere (ENOENT).');
    expect(routes().at(-1)?.[0]).toBe('DELETE /grants/self');
  });

  it('--keep lets the child live; one that can not be ended is named', async () => {
    await run('--keep -- true');
    expect(routes().at(-1)?.[0]).toBe('POST /grants/self/children');
    server.answer('DELETE /grants/self', { status: 503, body: { error: 'temporarily_unavailable' } });
    const { exitCode, stderr } = await run('-- true');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('gr_child could not be ended; it ends 2026-11-22 01:00Z');
  });
});
