// The provider keys appear on the connection to their provider and nowhere else: not in logs at debug level, not in the database, its journals,
// its log of statements and its backups, not in a report that an operator asks for, not in a metric, not in any answer, raw or encoded,
// whatever the provider echoes. Nor does the master key.

import { hash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canaryKey, freePort, type Simulator, searchCanary, startSimulator } from '@valetkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backUp } from '../../src/backup/back-up.ts';
import { queryRows } from '../postgres/query-rows.ts';
import { type PostgresServer, startPostgres } from '../postgres/start-postgres.ts';
import { type Collector, startCollector } from './otlp-collector.ts';
import { OWNER, signIn } from './start-house.ts';
import { type BrokerProcess, startProcess } from './start-process.ts';

const NAMES = ['openai', 'anthropic', 'google'] as const;
const keys = Object.fromEntries(NAMES.map((name) => [name, canaryKey(name, randomBytes)])) as Record<
  (typeof NAMES)[number],
  string
>;
const masterKey = randomBytes(32);
const formerMasterKey = randomBytes(32);
let answers: string[];
let simulators: Record<(typeof NAMES)[number], Simulator>;
let broker: BrokerProcess;
/** What the broker is given to write in. */
let folder: string;
let env: Readonly<Record<string, string>>;
let url: string;
let metricsUrl: string;
let collector: Collector;
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

/** What an engine keeps, and where. */
interface Engine {
  readonly env: Readonly<Record<string, string>>;
  /** All that it has written, by name. MUST include what is on its way from memory to the disk. */
  written(): Promise<ReadonlyMap<string, Uint8Array>>;
  close(): Promise<void>;
}

const filesIn = (root: string): ReadonlyMap<string, Uint8Array> =>
  new Map(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name))]),
  );

const openEmbedded = async (): Promise<Engine> => {
  const dataDir = join(folder, 'data');
  let backups = 0;
  return {
    env: {},
    async written() {
      backups += 1;
      await backUp(dataDir, join(folder, `backup-${backups}.sqlite`));
      return filesIn(folder);
    },
    close: async () => {},
  };
};

const openPostgres = async (): Promise<Engine> => {
  const server: PostgresServer = await startPostgres({ settings: ['log_statement=all'] });
  const databaseUrl = await server.createDatabase();
  return {
    env: { VALETKEY_DATABASE_URL: databaseUrl },
    async written() {
      await queryRows(databaseUrl, 'checkpoint');
      const [row] = await queryRows<{ oid: number }>(
        databaseUrl,
        'select oid from pg_database where datname = current_database()',
      );
      // The log holds each statement with its parameters.
      writeFileSync(join(folder, 'statements'), server.log());
      const places = [`base/${row?.oid}`, 'pg_wal'].map((place) => join(server.dataDir, place));
      return new Map([folder, ...places].flatMap((place) => [...filesIn(place)]));
    },
    close: () => server.stop(),
  };
};

const leaks = (text: string | Uint8Array) => NAMES.flatMap((name) => searchCanary(text, keys[name]));

/** The master keys, as they are and as they may be written. */
const masterKeyForms = (): readonly Buffer[] =>
  [masterKey, formerMasterKey].flatMap((key) => [
    key,
    ...(['base64', 'base64url', 'hex'] as const).map((form) =>
      Buffer.from(key.toString(form).replace(/=$/, '')),
    ),
  ]);

/** The reserve is megabytes of random bytes: searched for the keys themselves, not for every way to encode them. */
const leaksIn = (file: string, bytes: Uint8Array): readonly unknown[] => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = masterKeyForms().filter((form) => buffer.includes(form));
  if (file.endsWith('valetkey.reserve'))
    return [...found, ...Object.values(keys).filter((key) => buffer.includes(key))];
  // Files of a database are mostly empty: where nothing is written nothing is found.
  const text = buffer.toString('latin1').split('\0'.repeat(64)).join('');
  return [...found, ...leaks(Buffer.from(text, 'latin1'))];
};

/** What was found clean already, by its hash: most of a database stays as it was. */
const clean = new Set<string>();

const expectClean = (written: ReadonlyMap<string, Uint8Array>): void => {
  for (const [file, bytes] of written) {
    const content = hash('sha256', bytes);
    if (!clean.has(content)) expect([file, leaksIn(file, bytes)]).toEqual([file, []]);
    clean.add(content);
  }
};

const startBroker = (more: Readonly<Record<string, string>> = {}): Promise<BrokerProcess> =>
  startProcess({ ...env, ...more });

describe.each([
  ['the embedded engine', openEmbedded],
  ['PostgreSQL that logs every statement', openPostgres],
])('A60 A61 the canary keys, on %s', (_name, open) => {
  let engine: Engine;

  beforeAll(async () => {
    answers = [];
    folder = mkdtempSync(join(tmpdir(), 'valetkey-canary-'));
    mkdirSync(join(folder, 'reports'));
    const [openai, anthropic, google] = await Promise.all(
      NAMES.map((provider) => startSimulator({ provider })),
    );
    simulators = { openai: openai!, anthropic: anthropic!, google: google! };
    engine = await open();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const metrics = `127.0.0.1:${await freePort()}`;
    metricsUrl = `http://${metrics}/metrics`;
    collector = await startCollector();
    env = {
      ...engine.env,
      VALETKEY_PORT: String(port),
      VALETKEY_DATA_DIR: join(folder, 'data'),
      VALETKEY_MASTER_KEY: formerMasterKey.toString('base64'),
      VALETKEY_LOG_LEVEL: 'debug',
      VALETKEY_METRICS: metrics,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
      NODE_DEBUG: 'http,net',
      NODE_OPTIONS: `--report-on-signal --report-signal=SIGUSR2 --report-directory=${join(folder, 'reports')}`,
      VALETKEY_OWNER_EMAIL: OWNER.email,
      VALETKEY_OWNER_PASSWORD: OWNER.password,
      OPENAI_API_KEY: keys.openai,
      ANTHROPIC_API_KEY: keys.anthropic,
      GOOGLE_API_KEY: keys.google,
      ...Object.fromEntries(
        NAMES.map((name) => [`VALETKEY_UPSTREAM_${name.toUpperCase()}`, simulators[name].origin]),
      ),
    };
    broker = await startBroker();
    session = await signIn(url);
  });
  afterAll(async () => {
    await broker?.stop('SIGKILL');
    await engine?.close();
    collector?.close();
    await Promise.all(NAMES.map((name) => simulators[name].close()));
    rmSync(folder, { recursive: true, force: true });
  });

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

  it('A65 stand in no report that the operator asks for', async () => {
    broker.signal('SIGUSR2');
    const reports = () => readdirSync(join(folder, 'reports'));
    await expect.poll(() => reports().length, { timeout: 20_000 }).toBe(1);
    const report = () => JSON.parse(readFileSync(join(folder, 'reports', reports()[0]!), 'utf8'));
    await expect
      .poll(() => Object.keys(report().environmentVariables), { timeout: 20_000 })
      .toContain('NODE_DEBUG');
  });

  it('stand in no answer, no metric, no trace, no log line and no file, raw or encoded', async () => {
    const metrics = await (await fetch(metricsUrl)).text();
    expect(metrics).toMatch(/^valetkey_calls_total\{.*"settled"\} \d+$/m);
    answers.push(metrics);
    expect(answers.length).toBeGreaterThan(25);
    expect(answers.filter((answer) => answer.includes('valetkey-receipt')).length).toBeGreaterThan(5);
    writeFileSync(join(folder, 'answers'), answers.join('\n'));
    const running = await engine.written();
    expect([...running.values()].some((bytes) => Buffer.from(bytes).includes('v1.'))).toBe(true);
    expectClean(running);
    expect(await broker.stop('SIGTERM')).toBe(0);
    expect(broker.output()).toContain('call');
    writeFileSync(join(folder, 'output'), broker.output());
    const told = collector.received.map(({ text }) => text).join('\n');
    expect(told).toContain('gen_ai.usage.input_tokens');
    writeFileSync(join(folder, 'telemetry'), told);
    expectClean(await engine.written());
  });

  it('F17 stand nowhere either when all is sealed anew under another master key', async () => {
    const former = { VALETKEY_MASTER_KEY_OLD: formerMasterKey.toString('base64') };
    broker = await startBroker({ ...former, VALETKEY_MASTER_KEY: masterKey.toString('base64') });
    await expect.poll(() => broker.output(), { timeout: 30_000 }).toContain('values were sealed anew');
    await broker.stop('SIGTERM');
    writeFileSync(join(folder, 'output'), broker.output());
    const written = await engine.written();
    expect(
      [...written.values()].some((bytes) => /v2\.[0-9a-f]{16}\./.test(Buffer.from(bytes).toString('latin1'))),
    ).toBe(true);
    expectClean(written);
  });

  it('the search would have found them', () => {
    expect(leaksIn('x', Buffer.from(`x ${Buffer.from(keys.openai).toString('base64')} y`))).not.toEqual([]);
    expect(leaksIn('x', Buffer.concat([randomBytes(9), masterKey]))).not.toEqual([]);
    expect(leaksIn('valetkey.reserve', Buffer.from(`x${keys.google}`))).not.toEqual([]);
  });
});
