// A provider's export beside the journal: every day and model that either knows, the difference exact, nothing written.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FakeServer, SESSION, startFakeServer } from '../../test/fake-server.ts';
import { homeWithLogin, runAgainst } from '../../test/run-against.ts';
import { speak } from '../messages/messages.ts';

const FILE = join(mkdtempSync(join(tmpdir(), 'valetkey-export-')), 'export.csv');
const JOURNAL = [
  {
    day: '2026-04-06',
    model: 'claude-sonnet-4-5-20250929',
    calls: 2,
    usd: '0.4',
    unconfirmed_usd: '0.1',
    input_tokens: 10,
    output_tokens: 5,
  },
  {
    day: '2026-04-06',
    model: 'claude-sonnet-4-5',
    calls: 1,
    usd: '0.1',
    unconfirmed_usd: '0',
    input_tokens: 1,
    output_tokens: 1,
  },
  {
    day: '2026-04-07',
    model: 'claude-opus-5',
    calls: 1,
    usd: '2',
    unconfirmed_usd: '0',
    input_tokens: 7,
    output_tokens: 7,
  },
];

let server: FakeServer;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  server = await startFakeServer();
  env = homeWithLogin(server.url, { token: SESSION, email: 'me@example.com' });
  server.answer('GET /api/v1/usage/models', { body: { data: JOURNAL, next: null } });
});
afterEach(() => speak('en'));
afterAll(() => server.close());

const run = (text: string, ...words: string[]) => {
  writeFileSync(FILE, text);
  return runAgainst(['usage', 'import', '--provider', 'anthropic', FILE, ...words], { env });
};

describe('usage import', () => {
  it('shows costs by day and model, and what differs', async () => {
    const csv =
      'usage_date_utc,model,cost_usd\n2026-04-06,Claude Sonnet 4.5,0.5\n2026-04-08,Claude Opus 5,0.000000001\n';
    const { exitCode, stdout, stderr } = await run(csv);
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      '2026-04-06\tclaude-sonnet-4-5\t3\t0.5\t0.5\t0\t0.1',
      '2026-04-07\tclaude-opus-5\t1\t0\t2\t-2\t0',
      '2026-04-08\tclaude-opus-5\t0\t0.000000001\t0\t0.000000001\t0',
    ]);
    expect(stderr).toBe('Anthropic costs (CSV), 2026-04-06 to 2026-04-08, UTC.\n');
    expect(server.seen.at(-1)).toMatchObject({
      route: 'GET /api/v1/usage/models',
      query: '?provider=anthropic&from=2026-04-06&to=2026-04-08',
    });
  });

  it('names on a terminal in its language what no model costs, and to a pipe as ever', async () => {
    const csv = 'usage_date_utc,model,cost_usd\n2026-04-06,,0.5\n';
    const { stdout } = await run(csv);
    expect(stdout).toContain('2026-04-06\t(no model)\t0\t0.5\t0\t0.5\t0\n');
    await speak('ja');
    expect((await run(csv)).stdout).toBe(stdout);
    const words = ['usage', 'import', '--provider', 'anthropic', FILE];
    const read = await runAgainst(words, { env: { ...env, NO_COLOR: '1' }, terminal: true });
    expect(read.stdout).toMatch(/^2026-04-06 +（モデルなし） +0 +\$0\.50 /m);
    expect(read.stderr).toMatch(/、2026-04-06 から 2026-04-06 まで、UTC。\n$/);
  });

  it('compares tokens where the export has no costs', async () => {
    const csv =
      'usage_date_utc,model_version,usage_input_tokens_no_cache,usage_output_tokens\n2026-04-06,claude-sonnet-4-5-20250929,12,6\n';
    const { stdout } = await run(csv, '--json');
    expect(JSON.parse(stdout)[0]).toMatchObject({
      provider: { usd: null, input_tokens: 12, output_tokens: 6 },
      journal: { input_tokens: 11, output_tokens: 6, calls: 3 },
      difference: { usd: null, input_tokens: 1, output_tokens: 0 },
    });
  });

  it.each([
    [['usage', 'import', FILE], 2, '--provider must be openai or anthropic'],
    [['usage', 'import', '--provider', 'openai', '/none'], 1, 'Cannot read /none (ENOENT).'],
    [['usage', 'import', '--provider', 'openai', FILE], 1, 'is none of: OpenAI costs'],
  ])('%j ends with %i', async (words, expected, says) => {
    writeFileSync(FILE, 'a,b\n1,2\n');
    const { exitCode, stderr } = await runAgainst(words, { env });
    expect([exitCode, stderr]).toEqual([expected, expect.stringContaining(says)]);
  });
});
