// Every command of the documents is run, as it stands there, against a broker with simulated providers. What cannot be run here stands in a
// list with its reason, and the list holds nothing that is not in a document.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { canaryKey, freePort } from '@valetkey/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type House, OWNER, signIn, startHouse } from '../packages/broker/test/house/start-house.ts';
import { shellBlocks } from './docs-shell/shell-blocks.ts';

const ROOT = join(import.meta.dirname, '..');
const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'examples/*/README.md', 'packages/sdk/README.md'], {
  cwd: ROOT,
});

/** What may be run at all: nothing here can touch more than the folder and the broker of this test. */
const RUN = /^(?:(?:npx )?(?:valetkey|node) .|curl |export |unset |claude|codex|gemini|qwen|aider )/;

/** Lines that are not run, and why. */
const NOT_RUN: readonly (readonly [lines: RegExp, why: string])[] = [
  [/^npm ci\b/, 'it installs what this test is run with; .ci/run begins with it'],
  [
    /npm start\b|valetkey serve$|^npx valetkey$/,
    'it serves until it is stopped; all this runs against what it starts',
  ],
  [/^npm run (?:sim|endurance|bench)\b|npx vitest run/, 'a longer run of what the suite has'],
  [/^npm run release\b/, 'release.test.ts makes a release'],
  [/^(?:cp|ln|rm|cd|sha256sum|systemctl) /, 'a tool of the machine, not of ours'],
  [/^VALETKEY_MTLS_\w+=\S+$/, 'a line of a file of settings'],
  [/^npx valetkey login$/, 'it waits for a person in a browser; login.test.ts is that person'],
  [/valetkey logs -f$/, 'it goes on until it is stopped; logs.test.ts stops it'],
  [/valetkey audit erase --owner /, 'it ends the owner of all other commands; audit-erase.test.ts runs it'],
  [/valetkey setup /, 'it asks a person before it writes; setup.test.ts answers'],
  [/^cline\b/, 'it has its token from its own settings; try-clients.ts runs it'],
  [/valetkey calls correct /, 'it needs a call of unknown outcome; ledger.test.ts has one'],
  [/valetkey migrate /, 'it needs a PostgreSQL; the tests of the move have one'],
  [
    /\$CLIENT_ID|\$ACCESS_TOKEN/,
    'it needs an app that its owner allowed on a page; the tests of OAuth have one',
  ],
];

/** The commands of a block, each with the lines that belong to it. */
const commandsOf = (text: string): string[] => text.trim().split(/(?<!\\)\n(?=\S)(?![}\]])/);
const reasonFor = (command: string): string | undefined =>
  NOT_RUN.find(([lines]) => lines.test(command))?.[1];

const blocks = shellBlocks(ROOT, DOCUMENTS);
const commands = blocks.flatMap(({ text }) => commandsOf(text));
const toRun = blocks
  .map(({ name, text }) => ({
    name,
    text: commandsOf(text)
      .filter((each) => RUN.test(each) && !reasonFor(each))
      .join('\n'),
  }))
  .filter(({ text }) => text !== '');

const folder = mkdtempSync(join(tmpdir(), 'valetkey-docs-shell-'));
const inFolder = (path: string): string => join(folder, path);
let house: House;
let replaced: readonly (readonly [inDocument: string, here: string])[];
let env: Record<string, string>;
const tokens = new Map<string, string>();
const tokenFor = (provider: string): string => tokens.get(provider) ?? '';

const grantOf = (name: string, provider: string) =>
  house.api('POST', '/grants', {
    name,
    authorization_details: [
      {
        type: 'ai_model_access',
        provider,
        ...(provider === 'sandbox' && { models: ['sandbox-mini'] }),
        limits: { total_spend: 50, daily_spend: 5 },
        delegation: { max_depth: 3 },
      },
    ],
  });

/** Runs lines of a shell in the reader's folder. */
const sh = (text: string, more: Record<string, string> = {}) =>
  new Promise<{ readonly exitCode: number | null; readonly output: string }>((done) => {
    const script = `set -e\nnpx() { "$@"; }\n${text}`;
    const options = { cwd: folder, env: { ...env, ...more }, timeout: 90_000 };
    const child = execFile('sh', ['-c', script], options, (_error, stdout, stderr) =>
      done({ exitCode: child.exitCode, output: `${stdout}\n${stderr}` }),
    );
    child.stdin?.end();
  });

const writeProgram = (path: string, script: string): void => {
  mkdirSync(dirname(inFolder(path)), { recursive: true });
  writeFileSync(inFolder(path), `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, script)}' "$@"\n`);
  chmodSync(inFolder(path), 0o755);
};

const CHECKPOINTS = 'valetkey.checkpoints.jsonl';
const JOURNAL = 'valetkey audit export > journal.jsonl && cp journal.jsonl november.jsonl';
const EXPORTS = {
  'costs.csv': 'start_time,amount_value,amount_currency,line_item\n1759622400,0.1,usd,"gpt-4o-mini, input"\n',
  'usage.json':
    '{"data":[{"starting_at":"2026-11-01T00:00:00Z","results":[{"model":"claude-sonnet-4-6","uncached_input_tokens":1,"output_tokens":2}]}]}',
};

/** What a reader has in the folder by the time a command is reached: programs, a login, a key, a provider's exports. */
const furnish = async (): Promise<void> => {
  writeProgram('bin/curl', 'scripts/docs-shell/curl.ts');
  for (const name of ['claude', 'codex', 'gemini', 'qwen', 'aider', 'opencode'])
    writeProgram(`bin/${name}`, 'scripts/docs-shell/program.ts');
  for (const name of ['worker.js', 'agent.js', 'script.js', 'planner.js'])
    writeFileSync(inFolder(name), `import ${JSON.stringify(join(ROOT, 'scripts/docs-shell/program.ts'))};\n`);
  writeFileSync(inFolder('package.json'), '{"type": "module"}');
  writeFileSync(inFolder('key.txt'), canaryKey('openai', randomBytes));
  for (const [name, text] of Object.entries(EXPORTS)) writeFileSync(inFolder(name), text);
  for (const name of ['backup', 'safe', '.config/valetkey']) mkdirSync(inFolder(name), { recursive: true });
  copyFileSync(join(house.dataDir, 'master.key'), inFolder('safe/master.key'));
  const login = { token: await signIn(house.url), email: OWNER.email };
  const config = { current: house.url, logins: { [house.url]: login } };
  writeFileSync(inFolder('.config/valetkey/config.json'), JSON.stringify(config));
};

/** A call with its receipt, an access that has ended, an app that was removed. */
const live = async (token: string) => {
  const response = await fetch(`${house.url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hello"}]}',
  });
  await response.text();
  writeFileSync(inFolder('receipts.txt'), response.headers.get('valetkey-receipt') ?? '');
  for (const [path, name] of [
    ['checkpoint-keys', 'keys.json'],
    ['receipt-keys', 'receipt-keys.json'],
  ] as const) {
    const keys = await fetch(`${house.url}/.well-known/valetkey-${path}`);
    const text = await keys.text();
    for (const file of [name, `safe/${name}`]) writeFileSync(inFolder(file), text);
  }
  const { body: ended } = await grantOf('Ended', 'openai');
  await house.api('POST', `/grants/${ended.id}/revoke`, {});
  const app = {
    name: 'Removed',
    url: 'https://app.test',
    redirect_uris: ['https://app.test/callback'],
    type: 'public',
  };
  const { body: removed } = await house.api('POST', '/clients', app);
  await house.api('DELETE', `/clients/${removed.id}`);
  return { call: response.headers.get('valetkey-call-id') ?? '', grant: ended.id, app: removed.id };
};

beforeAll(async () => {
  const metrics = `127.0.0.1:${await freePort()}`;
  house = await startHouse({ env: { VALETKEY_METRICS: metrics, VALETKEY_CHECKPOINT_SECONDS: '1' } });
  await furnish();
  for (const provider of ['openai', 'anthropic', 'google', 'sandbox'])
    tokens.set(provider, (await grantOf(`For ${provider}`, provider)).body.token);
  const lived = await live(tokenFor('openai'));
  env = {
    HOME: folder,
    PATH: [inFolder('bin'), join(ROOT, 'node_modules/.bin'), process.env.PATH].join(':'),
    BROKER: house.url,
    VALETKEY_URL: house.url,
  };
  replaced = [
    ['http://127.0.0.1:8787', house.url],
    ['https://broker.example', house.url],
    ['127.0.0.1:9464', metrics],
    ['/var/lib/valetkey-restored', inFolder('restored')],
    ['/var/lib/valetkey', house.dataDir],
    ['./data', house.dataDir],
    ['/tmp/drill', inFolder('drill')],
    ['/backup/', inFolder('backup/')],
    ['/safe/', inFolder('safe/')],
    ['call_1', lived.call],
    ['gr_1', lived.grant],
    ['app_1', lived.app],
  ];
  const checkpoints = join(house.dataDir, CHECKPOINTS);
  await vi.waitFor(() => expect(existsSync(checkpoints)).toBe(true), { timeout: 90_000 });
  // The journal is exported after them: one that ends before a checkpoint is cut off.
  for (const path of ['.', 'safe']) copyFileSync(checkpoints, join(inFolder(path), CHECKPOINTS));
  const { exitCode, output } = await sh(JOURNAL);
  expect(exitCode, output).toBe(0);
}, 120_000);
afterAll(async () => {
  await house?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('what is run and what not', () => {
  it.each(NOT_RUN)('%s is in a document: %s', (lines) => {
    expect(commands.some((command) => lines.test(command))).toBe(true);
  });

  it('is said with tests that exist', () => {
    const tests = globSync('{packages/cli/src/commands,scripts}/*.test.ts', { cwd: ROOT }).join(' ');
    const named = NOT_RUN.flatMap(([, why]) => why.match(/[\w-]+\.test\.ts/g) ?? []);
    expect(named.filter((name) => !tests.includes(`/${name}`))).toEqual([]);
  });

  it('is said for every command', () => {
    expect(commands.filter((command) => !RUN.test(command) && !reasonFor(command))).toEqual([]);
  });
});

/** The token of the provider that the block is about. */
const tokenOf = (text: string): string =>
  tokenFor(['sandbox', 'anthropic', 'google'].find((name) => text.includes(`/${name}`)) ?? 'openai');

/** A second key of one provider would have to be chosen from then on. */
const removeAddedKeys = async (): Promise<void> => {
  const { body } = await house.api('GET', '/provider-keys');
  const added = body.data.filter(({ label }: { readonly label: string }) => !/^[A-Z_]+_KEY$/.test(label));
  for (const { id } of added) await house.api('DELETE', `/provider-keys/${id}`);
};

it.each(toRun)('$name', { timeout: 120_000 }, async ({ text }) => {
  const here = [...replaced, ['vk_...', tokenOf(text)] as const].reduce(
    (all, [inDocument, value]) => all.replaceAll(inDocument, value),
    text,
  );
  const { exitCode, output } = await sh(here, { VALETKEY_TOKEN: tokenOf(text) });
  if (text.includes('keys add')) await removeAddedKeys();
  // The one command that shows a refusal asks for a model that the grant of the page does not include.
  if (text.includes('sandbox-large')) return expect(output).toContain('model_not_permitted');
  expect(exitCode, output).toBe(0);
});
