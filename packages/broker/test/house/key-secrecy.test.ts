// The provider keys appear on the connection to their provider and nowhere else: not in logs at debug level, not in the database and its
// journals, not in any answer, raw or encoded, whatever the provider echoes.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canaryKey, type Simulator, searchCanary, startSimulator } from '@valetkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, OWNER, signIn } from './start-house.ts';
import { type BrokerProcess, startProcess } from './start-process.ts';

const NAMES = ['openai', 'anthropic', 'google'] as const;
const keys = Object.fromEntries(NAMES.map((name) => [name, canaryKey(name, randomBytes)])) as Record<
  (typeof NAMES)[number],
  string
>;
const answers: string[] = [];
let simulators: Record<(typeof NAMES)[number], Simulator>;
let broker: BrokerProcess;
let dataDir: string;
let url: string;
let session: string;

const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
  const response = await fetch(url + path, init);
  const text = await response.clone().text();
  answers.push(`${response.status} ${JSON.stringify([...response.headers])} ${text}`);
  return response;
};
const owner = (method: string, path: string, body?: unknown) =>
  ask(`/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${session}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const CALLS = [
  [
    'openai',
    '/openai/v1/chat/completions',
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }], max_tokens: 9 },
  ],
  [
    'anthropic',
    '/anthropic/v1/messages',
    { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'hello' }], max_tokens: 9 },
  ],
  [
    'google',
    '/google/v1beta/models/gemini-2.5-flash:generateContent',
    { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] },
  ],
] as const;

beforeAll(async () => {
  const [openai, anthropic, google] = await Promise.all(
    NAMES.map((provider) => startSimulator({ provider })),
  );
  simulators = { openai: openai!, anthropic: anthropic!, google: google! };
  dataDir = mkdtempSync(join(tmpdir(), 'valetkey-canary-'));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  broker = await startProcess({
    VALETKEY_PORT: String(port),
    VALETKEY_DATA_DIR: dataDir,
    VALETKEY_LOG_LEVEL: 'debug',
    NODE_DEBUG: 'http,net',
    VALETKEY_OWNER_EMAIL: OWNER.email,
    VALETKEY_OWNER_PASSWORD: OWNER.password,
    OPENAI_API_KEY: keys.openai,
    ANTHROPIC_API_KEY: keys.anthropic,
    GOOGLE_API_KEY: keys.google,
    ...Object.fromEntries(
      NAMES.map((name) => [`VALETKEY_UPSTREAM_${name.toUpperCase()}`, simulators[name].origin]),
    ),
  });
  session = await signIn(url);
});
afterAll(async () => {
  await broker.stop('SIGKILL');
  await Promise.all(NAMES.map((name) => simulators[name].close()));
  rmSync(dataDir, { recursive: true, force: true });
});

const leaks = (text: string | Uint8Array) => NAMES.flatMap((name) => searchCanary(text, keys[name]));

describe('A60 A61 the canary keys', () => {
  it('reach their providers', async () => {
    const details = NAMES.map((provider) => ({
      type: 'ai_model_access',
      provider,
      limits: { daily_spend: 5 },
    }));
    const made = await owner('POST', '/grants', { name: 'Acme', authorization_details: details });
    const { token } = (await made.json()) as { token: string };
    for (const fault of [
      null,
      { kind: 'status', status: 401, echoKey: true },
      { kind: 'status', status: 400, echoKey: true },
    ] as const) {
      for (const [name, path, body] of CALLS) {
        if (fault) simulators[name].script({ fault });
        const response = await ask(path, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        expect(response.status).toBe(fault === null ? 200 : fault.status === 401 ? 502 : 400);
      }
    }
    for (const name of NAMES)
      expect(simulators[name].requests.every((request) => request.key?.value === keys[name])).toBe(true);
  });

  it('survive being listed, tried, replaced and removed without being shown', async () => {
    const listed = (await (await owner('GET', '/provider-keys')).json()) as {
      data: { id: string; provider: string }[];
    };
    for (const { id, provider } of listed.data.filter((key) => key.provider !== 'sandbox')) {
      expect((await owner('POST', `/provider-keys/${id}/test`)).status).toBe(200);
      expect((await owner('PUT', `/provider-keys/${id}`, { key: keys[provider as 'openai'] })).status).toBe(
        200,
      );
      expect(
        (await owner('PUT', `/provider-keys/${id}`, { key: `${keys[provider as 'openai']}\n x` })).status,
      ).toBe(400);
    }
    const { data: calls } = (await (await owner('GET', '/calls')).json()) as { data: { id: string }[] };
    expect((await owner('GET', `/calls/${calls[0]!.id}/receipt`)).status).toBe(200);
    for (const path of ['/grants', '/calls', '/usage', '/providers', '/me', '/clients'])
      expect((await owner('GET', path)).status).toBe(200);
    await ask('/openapi.json');
    await ask('/healthz');
  });

  /** The reserve is megabytes of random bytes: searched for the keys themselves, not for every way to encode them. */
  const leaksIn = (file: string): readonly unknown[] => {
    const bytes = readFileSync(join(dataDir, file));
    return file === 'valetkey.reserve'
      ? Object.values(keys).filter((key) => bytes.includes(key))
      : leaks(bytes);
  };

  it('stand in no answer, no log line and no file, raw or encoded', async () => {
    expect(answers.length).toBeGreaterThan(25);
    expect(answers.filter((answer) => answer.includes('valetkey-receipt')).length).toBeGreaterThan(5);
    expect(leaks(answers.join('\n'))).toEqual([]);
    const files = readdirSync(dataDir);
    expect(files).toContain('valetkey.sqlite');
    for (const file of files) expect([file, leaksIn(file)]).toEqual([file, []]);
    expect(await broker.stop('SIGTERM')).toBe(0);
    expect(broker.output()).toContain('call');
    expect(leaks(broker.output())).toEqual([]);
    for (const file of readdirSync(dataDir)) expect([file, leaksIn(file)]).toEqual([file, []]);
  });

  it('the search would have found them', () => {
    expect(leaks(`x ${Buffer.from(keys.openai).toString('base64')} y`)).not.toEqual([]);
  });
});
