// Guarantees of grant create, apps, usage and logs: what is asked of the server, and what a person, a pipe and a program read.

import { afterEach, describe, expect, it } from 'vitest';
import { loggedIn } from '../../test/logged-in.ts';
import type { Grant } from '../api-types.ts';
import { speak } from '../messages/messages.ts';

const house = loggedIn();

const CREATE = 'grant create --provider openai --model gpt-4o-mini --limit 5/month'.split(' ');

describe('grant create', () => {
  it('asks for exactly what the flags say', async () => {
    const flags =
      '--model o4* --limit 0 --requests 7 --capability chat --expires 30d --delegation-depth 2 --name Notes';
    await house.run([...CREATE, ...flags.split(' ')]);
    expect(house.server.seen.at(-1)).toMatchObject({
      route: 'POST /api/v1/grants',
      body: {
        name: 'Notes',
        authorization_details: [
          {
            type: 'ai_model_access',
            provider: 'openai',
            models: ['gpt-4o-mini', 'o4*'],
            capabilities: ['chat'],
            limits: { total_spend: 0, monthly_spend: 5, max_requests: 7 },
            delegation: { max_depth: 2 },
            expires: '2026-12-22T00:00:00Z',
          },
        ],
      },
    });
  });

  it('--json prints the token, the base URL and the grant, and nothing else on stdout', async () => {
    const { stdout } = await house.run([...CREATE, '--json']);
    expect(JSON.parse(stdout)).toEqual({
      grant_id: 'grant_1',
      name: 'Notes',
      token: 'vk_test_token',
      base_url: 'http://127.0.0.1:8787/openai/v1',
      base_urls: { openai: 'http://127.0.0.1:8787/openai/v1' },
      expires_at: null,
      authorization_details: [expect.objectContaining({ provider: 'openai' })],
    });
  });

  it('piped, every result is a line of name and value; what it allows is said on stderr', async () => {
    const { stdout, stderr } = await house.run(CREATE);
    expect(stdout).toBe(
      'token\tvk_test_token\nbase_url\thttp://127.0.0.1:8787/openai/v1\ngrant_id\tgrant_1\nexpires_at\t\n',
    );
    expect(stderr).toContain('gpt-4o-mini');
    expect(stderr).toContain('$5');
    expect(stderr).not.toContain('vk_test_token');
  });
});

describe('apps', () => {
  it('list: exact amounts for a pipe, short ones for a person', async () => {
    const piped = await house.run(['apps', 'list']);
    expect(piped.stdout).toBe(
      'grant_1\tNotes\tactive\topenai\t0.0042\t1.799999999\t3.200000001/5 usd/month\t2026-11-20T08:30:00Z\n',
    );
    const seen = await house.run(['apps', 'list'], { env: { NO_COLOR: '1' }, terminal: true });
    expect(seen.stdout).toBe(
      [
        'GRANT    APP    STATUS  PROVIDERS    TODAY  MONTH  LEFT                    LAST USED',
        'grant_1  Notes  active  openai     $0.0042  $1.80  $3.20 of $5.00 a month  2026-11-20 08:30Z\n',
      ].join('\n'),
    );
  });

  it('list and show put what was delegated below what it comes from', async () => {
    const { body } = house.server.fixed('GET /grants/grant_1') as { body: Grant };
    const child = { ...body, id: 'grant_2', name: 'worker', parent_grant_id: 'grant_1', depth: 1 };
    const last_used_at = '2026-11-21T09:00:00Z';
    const deep = {
      ...child,
      id: 'grant_3',
      name: 'helper',
      parent_grant_id: 'grant_2',
      depth: 2,
      last_used_at,
    };
    const orphan = { ...child, id: 'grant_4', name: 'orphan', parent_grant_id: 'grant_gone' };
    house.server.answer('GET /api/v1/grants', { body: { data: [deep, orphan, child, body], next: null } });
    const seen = await house.run(['apps', 'list'], { env: { NO_COLOR: '1' }, terminal: true });
    expect(seen.stdout.split('\n').map((line) => line.slice(0, 23).trimEnd())).toEqual([
      'GRANT    APP',
      'grant_4  orphan',
      'grant_1  Notes',
      'grant_2  └─ worker',
      'grant_3     └─ helper',
      '',
    ]);
    const piped = await house.run(['apps', 'list']);
    expect(piped.stdout.split('\n').map((line) => line.split('\t')[1])).toEqual([
      'orphan',
      'Notes',
      'worker',
      'helper',
      undefined,
    ]);
    // What a helper spends is spent of all above it: the app was used when the helper was.
    const lastUses = piped.stdout.split('\n').map((line) => line.split('\t').at(-1));
    expect(lastUses.slice(1, 4)).toEqual(Array(3).fill(last_used_at));
    const shown = await house.run(['apps', 'show', 'grant_1']);
    expect(shown.stdout).toContain(`Last used\t${last_used_at}`);
    expect(shown.stdout).toContain(
      'Delegated\tworker (grant_2), named by its parent, spent $1.80\nDelegated\thelper (grant_3), named by its parent, spent $1.80\n',
    );
    const json = await house.run(['apps', 'show', 'grant_1', '--json']);
    expect(JSON.parse(json.stdout).delegated.map((each: Grant) => each.id)).toEqual(['grant_2', 'grant_3']);
  });

  it('list --all asks for the ended ones too', async () => {
    await house.run(['apps', 'list']);
    await house.run(['apps', 'list', '--all']);
    expect(house.server.seen.map(({ query }) => query)).toEqual(['?status=active', '?status=all']);
  });

  it('show says what it may do and what is left', async () => {
    const { stdout } = await house.run(['apps', 'show', 'grant_1']);
    expect(stdout).toContain('Terms\tSend text and images to gpt-4o-mini\nLeft\t3.200000001/5 usd/month\n');
  });

  it.each([
    ['pause', 'suspended'],
    ['resume', 'active'],
  ])('%s makes the grant %s', async (word, status) => {
    const { exitCode } = await house.run(['apps', word, 'grant_1']);
    expect(exitCode).toBe(0);
    expect(house.server.seen.at(-1)).toMatchObject({
      route: 'PATCH /api/v1/grants/grant_1',
      body: { status },
    });
  });

  it('reset-limit resets the only limit, and says what is left of it', async () => {
    const { stdout, stderr } = await house.run(['apps', 'reset-limit', 'grant_1']);
    expect(house.server.seen.at(-1)).toMatchObject({
      route: 'POST /api/v1/grants/grant_1/reset-limit',
      body: { provider: 'openai', unit: 'usd', per: 'month' },
    });
    expect(stdout).toBe('Grant\tgrant_1\nProvider\topenai\nLeft\t5/5 usd/month\n');
    expect(stderr).toBe('Reset. What was spent so far stays on record.\n');
  });

  it('reset-limit resets the one of several that the flags say', async () => {
    const flags = '--provider openai --unit usd --per day'.split(' ');
    await house.run(['apps', 'reset-limit', 'grant_many', ...flags]);
    expect(house.server.seen.at(-1)?.body).toEqual({ provider: 'openai', unit: 'usd', per: 'day' });
  });

  it.each([
    [['grant_many', '--unit', 'usd'], 2, '--per: openai usd/month, openai usd/day\n'],
    [['grant_1', '--unit', 'tokens'], 1, 'This app has no such limit. It has: openai usd/month\n'],
  ])('reset-limit %j resets nothing that is not clear', async (words, code, says) => {
    const { exitCode, stderr } = await house.run(['apps', 'reset-limit', ...words]);
    expect({ exitCode, says: stderr.slice(-says.length) }).toEqual({ exitCode: code, says });
    expect(house.server.seen.some(({ route }) => route.startsWith('POST'))).toBe(false);
  });

  it('revoke shows the server’s own confirmation', async () => {
    const { stdout, stderr } = await house.run(['apps', 'revoke', 'grant_1', '--json']);
    expect(stderr).toBe('Revoked, and one grant below it. Nothing is forwarded for them any more.\n');
    expect(JSON.parse(stdout)).toEqual({
      grant_id: 'grant_1',
      revoked_at: '2026-11-20T09:00:00Z',
      grants_stopped: 2,
      streams_cut: 1,
    });
  });

  it('a grant that does not exist is an error, not a success', async () => {
    const { exitCode, stdout, stderr } = await house.run(['apps', 'revoke', 'grant_2']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe('valetkey: There is nothing at this address.\n');
  });
});

describe('usage and logs', () => {
  it('usage: a line for each app and one for all together', async () => {
    const { stdout } = await house.run(['usage']);
    expect(stdout).toBe(
      'grant_1\tNotes\t0.0042\t1.799999999\t1.799999999\t12\n\tall together\t0.0042\t1.799999999\t1.799999999\t12\n',
    );
    const json = await house.run(['usage', '--json', '--days', '7']);
    expect(JSON.parse(json.stdout)).toMatchObject({ calls_today: 1, by_day: [{ usd: '0.0042' }] });
    expect(house.server.seen.at(-1)?.query).toBe('?days=7');
  });

  it('logs: of a whole tree, which needs its top', async () => {
    expect(await house.run(['logs', '--tree'])).toMatchObject({ exitCode: 2 });
    await house.run(['logs', '--app', 'grant_1', '--tree']);
    expect(house.server.seen.at(-1)?.query).toBe('?limit=20&grant_id=grant_1&include=descendants');
  });

  it('logs: oldest first, filtered by the server', async () => {
    const { stdout } = await house.run(
      ['logs', '--app', 'grant_1', '--status', 'refused', '--last', '2'],
      {},
    );
    expect(stdout).toBe(
      '2026-11-20T08:29:00Z\tNotes\topenai\tgpt-4o-mini\tsettled\t30\t0.0042\tlaptop\n' +
        '2026-11-20T08:30:00Z\tNotes\topenai\tgpt-4o-mini\tbudget_exhausted\t\t\t\n',
    );
    expect(house.server.seen.at(-1)?.query).toBe('?limit=2&status=refused&grant_id=grant_1');
    const json = await house.run(['logs', '--json']);
    expect(JSON.parse(json.stdout).map((call: { id: string }) => call.id)).toEqual(['call_1', 'call_0']);
  });
});

describe('in another language', () => {
  afterEach(() => speak('en'));

  it('the server is asked for its words in it where a person reads them, not for a program', async () => {
    await speak('de');
    const asked: (string | null)[] = [];
    const recording: typeof fetch = (input, init) => {
      asked.push(new Headers(init?.headers).get('accept-language'));
      return fetch(input, init);
    };
    const options = { fetch: recording, env: { NO_COLOR: '1' } };
    for (const words of [
      ['apps', 'list'],
      ['apps', 'list', '--json'],
    ])
      for (const terminal of [true, false]) await house.run(words, { ...options, terminal });
    expect(asked).toEqual(['de', null, null, null]);
  });

  it.each([
    'apps show grant_1',
    'apps limit grant_1 10/month',
    'apps reset-limit grant_1',
    'apps pause grant_1',
    'apps revoke grant_1',
    'grant edit grant_1 --limit 3',
    CREATE.join(' '),
  ])(
    'a pipe reads of `%s` what it reads in English, a person reads and is told it in theirs',
    async (line) => {
      const { body } = house.server.fixed('GET /grants/grant_1') as { body: Grant };
      const child = { ...body, id: 'grant_2', name: 'worker', parent_grant_id: 'grant_1', depth: 1 };
      house.server.answer('GET /api/v1/grants', { body: { data: [body, child], next: null } });
      const env = { NO_COLOR: '1' };
      const english = await house.run(line, { env });
      const terminal = await house.run(line, { env, terminal: true });
      await speak('de');
      const piped = await house.run(line, { env });
      expect(piped.stdout).toBe(english.stdout);
      expect(piped.exitCode).toBe(0);
      if (english.stderr) expect(piped.stderr).not.toBe(english.stderr);
      const read = await house.run(line, { env, terminal: true });
      expect(read.stdout + read.stderr).not.toBe(terminal.stdout + terminal.stderr);
      expect(read.stdout).not.toMatch(/named by|spent|a month/);
    },
  );
});
