// Guarantees of the prices commands: what has no price is told first, and programs read exact figures.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FakeServer, SESSION, startFakeServer } from '../../test/fake-server.ts';
import { homeWithLogin, runAgainst } from '../../test/run-against.ts';
import { speak } from '../messages/messages.ts';

let server: FakeServer;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  server = await startFakeServer();
  env = homeWithLogin(server.url, { token: SESSION, email: 'me@example.com' });
});
afterEach(() => speak('en'));
afterAll(() => server.close());

const CHECK = {
  unpriced: [{ provider: 'openai', model: 'gpt-new', calls: 3, last_at: '2026-11-20T08:30:00Z' }],
  calls_looked_at: 12,
  file: [
    {
      provider: 'openai',
      model: 'acme-1',
      effective_from: '2026-12-01T00:00:00Z',
      state: 'future',
      version: 'operator 0123456789ab',
    },
  ],
};

describe('prices check', () => {
  it('lists models without a price, then the file', async () => {
    server.answer('GET /api/v1/prices/check', { body: CHECK });
    const { exitCode, stdout } = await runAgainst(['prices', 'check'], { env });
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout:
        'openai\tgpt-new\tnone\t2026-11-20T08:30:00Z\t3\nopenai\tacme-1\tfuture\t2026-12-01T00:00:00Z\t\n',
    });
    const json = await runAgainst(['prices', 'check', '--json'], { env });
    expect(JSON.parse(json.stdout)).toEqual(CHECK);
  });

  it('says so when all is well', async () => {
    server.answer('GET /api/v1/prices/check', { body: { unpriced: [], calls_looked_at: 12, file: [] } });
    const { stdout, stderr } = await runAgainst(['prices', 'check'], { env });
    expect([stdout, stderr]).toEqual(['', 'Every model of the last 12 calls has a price.\n']);
  });
});

describe('prices show', () => {
  it('asks for the very name, slashes and all, and shows every unit', async () => {
    server.answer('GET /api/v1/prices/model', {
      body: {
        provider: 'openrouter',
        model: 'a/b&c',
        version: 'genai-prices 0.1.8, overlay 1',
        rates: { input_tokens: '0.15' },
        context_tiers: [{ above_input_tokens: 200_000, rates: { input_tokens: '0.3' } }],
        service_tiers: { flex: 0.5 },
        max_output_tokens: null,
      },
    });
    const { stdout } = await runAgainst(['prices', 'show', 'openrouter', 'a/b&c'], { env });
    expect(server.seen.at(-1)?.query).toBe('?provider=openrouter&model=a%2Fb%26c');
    for (const line of ['input_tokens\t0.15', 'input_tokens above 200000 tokens\t0.3', 'tier flex\t0.5'])
      expect(stdout.split('\n')).toContain(line);
    await speak('de');
    const show = (terminal: boolean) =>
      runAgainst(['prices', 'show', 'openrouter', 'a/b&c'], { env: { ...env, NO_COLOR: '1' }, terminal });
    expect((await show(false)).stdout).toBe(stdout);
    for (const line of [
      /^input_tokens über 200000 Token +\$0\.3 je Million$/m,
      /^Tarif flex +mal 0\.5$/m,
      /^Preisstand +genai-prices/m,
    ])
      expect((await show(true)).stdout).toMatch(line);
  });
});
