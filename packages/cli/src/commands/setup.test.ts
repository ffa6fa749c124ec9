// Guarantees of setup: what is written is shown and agreed to first, no secret where a command can be asked, the rest of a file stays, and
// everything can be taken back, or it is said what cannot.

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SESSION } from '../../test/fake-server.ts';
import { loggedIn } from '../../test/logged-in.ts';
import type { RunOptions } from '../../test/run-against.ts';
import { speak } from '../messages/messages.ts';

const house = loggedIn();
let home: string;

const REVOKED = {
  grant_id: 'grant_1',
  revoked_at: '2026-11-22T00:00:00Z',
  grants_stopped: 1,
  streams_cut: 0,
};
const PROVIDERS = ['openai', 'anthropic', 'google'].map((name) => ({
  name,
  dialect: name,
  base_url: `https://vault.example/${name}`,
  key_required: true,
  simulated: false,
  has_key: true,
}));

beforeEach(() => {
  home = house.env.XDG_CONFIG_HOME!;
  house.server.answer('GET /api/v1/providers', { body: { data: PROVIDERS, next: null } });
  house.server.answer('POST /api/v1/grants/grant_1/revoke', { body: REVOKED });
});

afterEach(() => speak('en'));

const at = (path: string) => join(home, path);
const read = (path: string) => readFileSync(at(path), 'utf8');
const has = (path: string, text: string, mode = 0o644) => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
  chmodSync(at(path), mode);
};
const modeOf = (path: string) => statSync(at(path)).mode & 0o777;
const run = (line: string, options: RunOptions = {}) => house.run(line, { ...options, env: { HOME: home } });
const asked = () => house.server.seen.find(({ route }) => route === 'POST /api/v1/grants')?.body;
const routes = () => house.server.seen.map(({ route }) => route);

const SETTINGS = '.claude/settings.json';
const MINE = '{\n  // mine\n  "theme": "dark",\n}\n';

const TOOLS = [
  ['claude', [SETTINGS]],
  ['codex', ['.codex/config.toml']],
  ['gemini', ['.gemini/settings.json', '.gemini/.env']],
  ['opencode --provider anthropic', ['opencode/opencode.json', 'valetkey/opencode.token']],
  ['aider --provider openai', ['.aider.conf.yml', 'valetkey/aider.env']],
] as const;

describe.each(TOOLS)('%s', (words, files) => {
  const tool = words.split(' ')[0]!;

  it('is set up in new files that only their user can read, and all of them are gone afterwards', async () => {
    const { exitCode, stdout, stderr } = await run(`setup ${words} --model m-1 --yes`);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).toBe(
      `Tool\t${tool}\nGrant\tgrant_1\n${files.map((path) => `File\t${at(path)}\n`).join('')}`,
    );
    const written = files.map((path) => read(path)).join('\n');
    expect(written).toContain('https://vault.example/');
    expect(written).toContain('m-1');
    expect(files.map(modeOf)).toEqual(files.map(() => 0o600));
    expect(stdout + stderr).not.toMatch(/vk_test|session-token/);
    expect(written).not.toContain(SESSION);
    expect((await run(`setup ${tool} --undo --yes`)).exitCode).toBe(0);
    expect(files.filter((path) => existsSync(at(path)))).toEqual([]);
    expect(read('valetkey/setups.json')).toBe('{}\n');
    expect(routes().at(-1)).toBe('POST /api/v1/grants/grant_1/revoke');
  });

  it('leaves no draft of a file behind', async () => {
    await run(`setup ${words} --yes`);
    const drafts = readdirSync(home, { recursive: true }).filter((name) => String(name).endsWith('.tmp'));
    expect(drafts).toEqual([]);
  });
});

it.each(['claude', 'codex'])(
  '%s is told to ask a command for its token, and gets none in a file',
  async (tool) => {
    await run(`setup ${tool} --yes`);
    const files = ['.claude', '.codex', 'valetkey'].filter((folder) => existsSync(at(folder)));
    const all = files.flatMap((folder) => readdirSync(at(folder)).map((name) => read(join(folder, name))));
    expect(all.join('\n')).not.toContain('vk_');
    expect(asked()).toMatchObject({ name: tool, authorization_details: [{ delegation: { max_depth: 1 } }] });
  },
);

it('the grant is of five dollars a day and thirty days, if no flag says otherwise', async () => {
  await run('setup claude --yes');
  expect(asked()).toMatchObject({
    authorization_details: [
      { provider: 'anthropic', limits: { daily_spend: 5 }, expires: '2026-12-22T00:00:00Z' },
    ],
  });
});

it('a command that runs through npx writes a helper that does', async () => {
  await house.run('setup claude --yes', { env: { HOME: home, npm_command: 'exec' } });
  expect(JSON.parse(read(SETTINGS)).apiKeyHelper).toBe('npx valetkey token print --for claude');
});

describe('a file that somebody wrote', () => {
  beforeEach(() => has(SETTINGS, MINE, 0o640));

  it('keeps its comments and its mode, and is back to the letter afterwards', async () => {
    await run('setup claude --yes');
    expect(read(SETTINGS)).toContain('  // mine\n  "theme": "dark",\n}\n');
    expect(modeOf(SETTINGS)).toBe(0o640);
    await run('setup claude --undo --yes');
    expect([read(SETTINGS), modeOf(SETTINGS)]).toEqual([MINE, 0o640]);
  });

  it('stays a link where it is one', async () => {
    has('dotfiles/settings.json', MINE);
    rmSync(at(SETTINGS));
    symlinkSync(at('dotfiles/settings.json'), at(SETTINGS));
    await run('setup claude --yes');
    expect(lstatSync(at(SETTINGS)).isSymbolicLink()).toBe(true);
    expect(read('dotfiles/settings.json')).toContain('apiKeyHelper');
  });

  it('is taken back also where its tool has written to it since', async () => {
    await run('setup claude --yes');
    writeFileSync(at(SETTINGS), read(SETTINGS).replace('"dark"', '"light"'));
    await run('setup claude --undo --yes');
    expect(read(SETTINGS)).toBe(MINE.replace('dark', 'light'));
  });

  it('is left alone where somebody changed what was written there, and it is said what', async () => {
    await run('setup claude --yes');
    const changed = read(SETTINGS).replace('--for claude', '--for me');
    writeFileSync(at(SETTINGS), changed);
    const { exitCode, stderr } = await run('setup claude --undo --yes');
    expect([exitCode, read(SETTINGS)]).toEqual([1, changed]);
    expect(stderr).toContain('somebody has changed what was written there');
    expect(stderr).toContain('"apiKeyHelper": "valetkey token print --for claude"');
    expect(routes().at(-1)).not.toContain('revoke');
  });

  it.each([
    ['{"theme": "dark"', 'it is not JSON (line 1)'],
    ['{"env": {"ANTHROPIC_API_KEY": "sk-ant-own"}}', 'its env.ANTHROPIC_API_KEY would win'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'Cannot read'],
  ])('is refused before anything is made where it cannot be used: %s', async (content, problem) => {
    writeFileSync(at(SETTINGS), content);
    const { exitCode, stderr } = await run('setup claude --yes');
    expect([exitCode, readFileSync(at(SETTINGS))]).toEqual([1, Buffer.from(content)]);
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain('sk-ant-own');
    expect(asked()).toBeUndefined();
  });
});

it('a variable of the shell that would win is named, in a file it is refused', async () => {
  const env = { HOME: home, GOOGLE_API_KEY: 'AIza-own' };
  const { stderr } = await house.run('setup gemini --yes', { env });
  expect(stderr).toContain('may win over it: GOOGLE_API_KEY.');
  expect(stderr).not.toContain('AIza');
  await run('setup gemini --undo --yes');
  has('.gemini/.env', 'GOOGLE_API_KEY=AIza-own\n');
  expect((await run('setup gemini --yes')).stderr).toContain('its GOOGLE_API_KEY would win');
});

it('keys that stood in a file are not shown, and come back with its permissions', async () => {
  const before = 'GEMINI_API_KEY=AIza-own\nOTHER=1\n';
  has('.gemini/.env', before, 0o644);
  const { stderr } = await run('setup gemini --yes');
  expect(stderr).toContain('- GEMINI_API_KEY=…\n+ GEMINI_API_KEY=…\n');
  expect(stderr).not.toContain('AIza');
  expect([read('.gemini/.env').includes('OTHER=1\n'), modeOf('.gemini/.env')]).toEqual([true, 0o600]);
  expect(modeOf('valetkey/setups.json')).toBe(0o600);
  const undone = await run('setup gemini --undo --yes');
  expect(undone.stderr).not.toMatch(/AIza|vk_/);
  expect([read('.gemini/.env'), modeOf('.gemini/.env')]).toEqual([before, 0o644]);
});

describe('asking', () => {
  it('shows the lines that come, and writes nothing without a yes', async () => {
    has(SETTINGS, MINE);
    const { exitCode, stderr, prompts } = await run('setup claude', { terminal: true, stdin: '' });
    expect(prompts).toEqual(['Write this? [y/N] ']);
    expect([exitCode, read(SETTINGS), asked()]).toEqual([1, MINE, undefined]);
    expect(stderr).toContain(
      `${at(SETTINGS)}\n+   "env": {\n+     "ANTHROPIC_BASE_URL": "https://vault.example/anthropic",\n`,
    );
    expect(stderr).not.toContain('theme');
  });

  it.each([['y'], ['Yes']])('writes after %s', async (stdin) => {
    expect((await run('setup claude', { terminal: true, stdin })).exitCode).toBe(0);
    expect(existsSync(at(SETTINGS))).toBe(true);
  });

  it.each([
    ['de', 'Ja', true],
    ['de', 'y', true],
    ['de', 'n', false],
    ['ja', 'はい', true],
    ['en', 'ja', false],
  ] as const)('takes for a yes what is one in the language %s: %s', async (language, stdin, isYes) => {
    await speak(language);
    expect((await run('setup claude', { terminal: true, stdin })).exitCode).toBe(isYes ? 0 : 1);
    expect(existsSync(at(SETTINGS))).toBe(isYes);
  });

  it('ends with 130 when interrupted, and with 2 where nobody can be asked', async () => {
    expect((await run('setup claude', { terminal: true, stdin: null })).exitCode).toBe(130);
    const nobody = await run('setup claude');
    expect([nobody.exitCode, nobody.stdout]).toEqual([2, '']);
    expect(nobody.stderr).toContain('add --yes');
    expect(existsSync(at(SETTINGS))).toBe(false);
  });
});

it('a tool that is set up again gets a new grant, the old one ends, and its undo still leads to the beginning', async () => {
  has(SETTINGS, MINE);
  await run('setup claude --model m-1 --yes');
  const body = house.server.fixed('POST /grants').body as object;
  house.server.answer('POST /api/v1/grants', { status: 201, body: { ...body, id: 'grant_2' } });
  house.server.answer('POST /api/v1/grants/grant_2/revoke', { body: REVOKED });
  await run('setup claude --yes');
  expect(routes().at(-1)).toBe('POST /api/v1/grants/grant_1/revoke');
  expect(read(SETTINGS)).not.toContain('m-1');
  await run('setup claude --undo --yes');
  expect(read(SETTINGS)).toBe(MINE);
  expect(routes().at(-1)).toBe('POST /api/v1/grants/grant_2/revoke');
});

it('a link to nowhere is neither followed nor replaced', async () => {
  mkdirSync(at('.claude'));
  symlinkSync(at('nowhere'), at(SETTINGS));
  expect((await run('setup claude --yes')).stderr).toContain('Cannot read');
  expect([lstatSync(at(SETTINGS)).isSymbolicLink(), asked()]).toEqual([true, undefined]);
});

it('where one file cannot be written, those before it are as they were', async () => {
  has('.gemini/settings.json', '{}');
  const meanwhile: typeof fetch = async (input, init) => {
    if (init?.method === 'POST' && String(input).endsWith('/grants')) has('.gemini/.env', 'NEW=1\n');
    return fetch(input, init);
  };
  expect((await run('setup gemini --yes', { fetch: meanwhile })).exitCode).toBe(1);
  expect([read('.gemini/settings.json'), read('.gemini/.env')]).toEqual(['{}', 'NEW=1\n']);
  expect(read('valetkey/setups.json')).toBe('{}\n');
});

it('a setup that broke off before a file was written can be taken back', async () => {
  has(SETTINGS, MINE);
  await run('setup claude --yes');
  has(SETTINGS, MINE);
  expect((await run('setup claude --undo --yes')).exitCode).toBe(0);
  expect([read(SETTINGS), read('valetkey/setups.json')]).toEqual([MINE, '{}\n']);
});

it('a file that changes while the person reads is not overwritten', async () => {
  has(SETTINGS, MINE);
  const meanwhile: typeof fetch = async (input, init) => {
    if (init?.method === 'POST' && String(input).endsWith('/grants')) has(SETTINGS, '{"new": 1}');
    return fetch(input, init);
  };
  const { exitCode, stderr } = await run('setup claude --yes', { fetch: meanwhile });
  expect([exitCode, read(SETTINGS)]).toEqual([1, '{"new": 1}']);
  expect(stderr).toContain('has changed in the meantime');
  expect(routes().at(-1)).toBe('POST /api/v1/grants/grant_1/revoke');
  expect((await run('setup claude --undo --yes')).stderr).toContain('not set up');
});

it('undo does its part without the server, and says what is left to do', async () => {
  await run('setup claude --yes');
  house.server.answer('POST /api/v1/grants/grant_1/revoke', { status: 503, body: {} });
  const { exitCode, stderr } = await run('setup claude --undo --yes');
  expect([exitCode, existsSync(at(SETTINGS))]).toEqual([0, false]);
  expect(stderr).toContain('valetkey apps revoke grant_1');
});

it('refuses a tool that it does not know, with those that it does', async () => {
  const { exitCode, stderr } = await run('setup emacs');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('claude, codex, gemini, opencode, aider');
});

describe('token print --for', () => {
  const CHILD = {
    grant_id: 'gr_child',
    parent_grant_id: 'grant_1',
    token: 'vk_child',
    token_type: 'Bearer',
    expires_at: '2026-11-22T01:00:00Z',
    authorization_details: [],
    base_urls: {},
  };

  it('prints an hour of the tool’s grant and nothing else, at the server of its setup', async () => {
    await run('setup claude --yes');
    house.server.answer('POST /api/v1/grants/grant_1/children', { status: 201, body: CHILD });
    const elsewhere = { HOME: home, VALETKEY_URL: 'https://elsewhere.example' };
    const print = await house.run('token print --for claude', { env: elsewhere });
    expect(print).toMatchObject({ exitCode: 0, stdout: 'vk_child\n', stderr: '' });
    expect(house.server.seen.at(-1)).toMatchObject({
      authorization: `Bearer ${SESSION}`,
      body: { name: 'claude', authorization_details: [{ expires: '2026-11-22T01:00:00Z' }] },
    });
  });

  it('says to set the tool up where it is not, or its grant has ended', async () => {
    expect((await run('token print --for claude')).stderr).toContain('Run: valetkey setup claude');
    await run('setup claude --yes');
    house.server.answer('POST /api/v1/grants/grant_1/children', {
      status: 409,
      body: { error: { code: 'conflict', message: 'The grant has ended.' } },
    });
    const ended = await run('token print --for claude');
    expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
    expect(ended.stderr).toContain('The grant has ended. For a new grant run: valetkey setup claude');
  });

  it.each(['--for emacs', '--for claude --limit 9'])('refuses %s', async (flags) => {
    expect((await run(`token print ${flags}`)).exitCode).toBe(2);
  });
});
