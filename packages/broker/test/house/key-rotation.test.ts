// F17: the master key, the signing keys and a provider key are replaced while 100 requests a second go on, with both kinds of token, on the
// embedded engine and on two replicas. No request fails, and afterwards the master key before opens nothing.

import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { canaryKey, freePort, type Simulator, startSimulator } from '@valetkey/testkit';
import * as client from 'openid-client';
import { afterEach, describe, expect, it } from 'vitest';
import { putNewMasterKey, rotateMasterKey } from '../../src/backup/rotate-master-key.ts';
import { systemAmbient } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { builtInProviders } from '../../src/gateway/providers/registry.ts';
import { serve } from '../../src/serve.ts';
import { connectionConfig, openPool } from '../../src/store/postgres/connections.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import { authorizeApp } from './authorize-app.ts';
import { type House, startHouse } from './start-house.ts';

const PER_SECOND = 100;
/** A machine that is too busy for so many gets fewer. */
const MOST_AT_ONCE = 100;
/** As often as in service: `KEY_LOOKS_MS=5000`, which takes half a minute for each engine. */
const LOOKS_MS = Number(process.env.KEY_LOOKS_MS ?? 250);
const DETAILS = { provider: 'openai', models: ['gpt-4o-mini'], limits: { daily_spend: 50 } };
const CHAT = JSON.stringify({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'hello' }],
  max_tokens: 5,
});

/** A world of one engine. */
interface World {
  readonly houses: readonly House[];
  readonly simulator: Simulator;
  readonly masterKeyFile: string;
  readonly env: Readonly<Record<string, string>>;
  /** Columns of text, as `table` and `name`. */
  readonly textColumns: string;
  /** Runs SQL beside the brokers. */
  sql(text: string): Promise<readonly Record<string, unknown>[]>;
  /** Puts a new master key there and resolves when it is taken up. */
  rotate(): Promise<void>;
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const openEmbedded = async (): Promise<World> => {
  const house = await startHouse({ keyLooksMs: LOOKS_MS });
  closing.push(() => house.close());
  const { dataDir } = house;
  return {
    houses: [house],
    simulator: house.simulators.openai,
    masterKeyFile: join(dataDir, 'master.key'),
    env: { VALETKEY_DATA_DIR: dataDir },
    textColumns: `select m.name as "table", c.name from sqlite_master m, pragma_table_info(m.name) c
      where m.type = 'table' and lower(c.type) = 'text'`,
    async sql(text) {
      const database = new DatabaseSync(join(dataDir, 'valetkey.sqlite'), { timeout: 5000 });
      const rows = database.prepare(text).all();
      database.close();
      return rows;
    },
    async rotate() {
      expect(await rotateMasterKey(dataDir, { mostMs: 60_000, lookMs: 50 })).toBe('done');
      expect(existsSync(join(dataDir, 'master.key.old'))).toBe(false);
    },
  };
};

const openReplicas = async (): Promise<World> => {
  const [server, simulator] = await Promise.all([startPostgres(), startSimulator({ provider: 'openai' })]);
  closing.push(() => Promise.all([server.stop(), simulator.close()]));
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-rotation-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  const masterKeyFile = join(folder, 'key');
  writeFileSync(masterKeyFile, randomBytes(32).toString('base64'), { mode: 0o600 });
  const port = await freePort();
  const env = {
    VALETKEY_ISSUER: `http://127.0.0.1:${port}`,
    VALETKEY_DATABASE_URL: await server.createDatabase(),
    VALETKEY_MASTER_KEY_FILE: masterKeyFile,
    VALETKEY_UPSTREAM_OPENAI: simulator.origin,
    OPENAI_API_KEY: canaryKey('openai', randomBytes),
  };
  const houses = await Promise.all([
    startHouse({ keyLooksMs: LOOKS_MS, env: { ...env, VALETKEY_PORT: String(port) } }),
    startHouse({ keyLooksMs: LOOKS_MS, env }),
  ]);
  closing.push(() => Promise.all(houses.map((house) => house.close())));
  const pool = openPool(connectionConfig(env.VALETKEY_DATABASE_URL), 1);
  closing.push(() => pool.end());
  const sql: World['sql'] = async (text) => (await pool.query(text)).rows;
  const dataKeys = () => sql(`select key, value from house where key like 'vault_data_key%'`);
  return {
    houses,
    simulator,
    masterKeyFile,
    env,
    textColumns: `select table_name as "table", column_name as name from information_schema.columns
      where table_schema = 'public' and data_type = 'text'`,
    sql,
    async rotate() {
      const [before] = await dataKeys();
      putNewMasterKey(masterKeyFile, systemAmbient);
      const isOver = async () => {
        const now = await dataKeys();
        return now.length === 1 && now[0]?.value !== before?.value;
      };
      await expect.poll(isOver, { timeout: 60_000, interval: 100 }).toBe(true);
      rmSync(`${masterKeyFile}.old`);
    },
  };
};

/** Asks for as long as it is not told to end, the houses and tokens in turn. */
const startLoad = (houses: readonly House[], tokens: readonly string[]) => {
  const answers = new Map<string, number>();
  const running = new Set<Promise<void>>();
  let sent = 0;
  const ask = async (): Promise<void> => {
    sent += 1;
    const { port } = houses[sent % houses.length]!.broker;
    const token = tokens[(sent >> 1) % tokens.length];
    const answer = await fetch(`http://127.0.0.1:${port}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        // Some answers are kept, sealed.
        ...(sent % 5 === 0 && { 'idempotency-key': randomUUID() }),
      },
      body: CHAT,
    });
    const text = await answer.text();
    const told = answer.status === 200 ? '200' : `${answer.status} ${text}`;
    answers.set(told, (answers.get(told) ?? 0) + 1);
  };
  const timer = setInterval(() => {
    if (running.size >= MOST_AT_ONCE) return;
    const asked = ask().catch((error: Error) => void answers.set(String(error.cause ?? error), 1));
    running.add(asked);
    void asked.finally(() => running.delete(asked));
  }, 1000 / PER_SECOND);
  return {
    answered: () => answers.get('200') ?? 0,
    async end(): Promise<ReadonlyMap<string, number>> {
      clearInterval(timer);
      await Promise.all(running);
      return answers;
    },
  };
};

const kidOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;

describe.each([
  ['the embedded engine', openEmbedded],
  ['two replicas on PostgreSQL', openReplicas],
])('F17 under load, on %s', (_name, open) => {
  it('every key is replaced and no request fails', { timeout: 180_000 }, async () => {
    const { houses, simulator, masterKeyFile, env, textColumns, sql, rotate } = await open();
    const [house] = houses as [House];
    const formerMasterKey = readFileSync(masterKeyFile, 'utf8').trim();
    const [app, grant] = [await authorizeApp(house, [DETAILS]), await house.grant(DETAILS)];
    const listed = await house.api('GET', '/provider-keys');
    const { id } = listed.body.data.find(({ provider }: { provider: string }) => provider === 'openai');
    const load = startLoad(houses, [grant.token, app.accessToken]);

    const rotated = rotate();
    const providerKeys = [1, 2, 3].map(() => canaryKey('openai', randomBytes));
    for (const key of providerKeys)
      expect((await house.api('PUT', `/provider-keys/${id}`, { key })).status).toBe(200);
    await sql(`update secrets set created_at = created_at - 7776000000 where purpose = 'oauth.signing'`);
    let refreshed = app.accessToken;
    let refreshToken = app.refreshToken;
    const isSignedAnew = async () => {
      const tokens = await client.refreshTokenGrant(app.config, refreshToken);
      [refreshed, refreshToken] = [tokens.access_token, tokens.refresh_token ?? refreshToken];
      return kidOf(refreshed) !== kidOf(app.accessToken);
    };
    await expect.poll(isSignedAnew, { timeout: 60_000, interval: 200 }).toBe(true);
    const loadAfter = startLoad(houses, [refreshed]);
    await rotated;
    await expect
      .poll(() => load.answered() + loadAfter.answered(), { timeout: 60_000 })
      .toBeGreaterThan(3 * PER_SECOND);

    const answers = [await load.end(), await loadAfter.end()];
    expect(answers.map((each) => [...each.keys()])).toEqual([['200'], ['200']]);
    if (process.env.KEY_LOOKS_MS) console.log('answered', load.answered() + loadAfter.answered());
    const used = new Set(simulator.requests.map((request) => request.key?.value));
    expect(used.has(providerKeys.at(-1))).toBe(true);
    expect(simulator.requests.at(-1)?.key?.value).toBe(providerKeys.at(-1));

    // Whatever is sealed anywhere is so under the new data key: a column that is not known to the rotation would show here.
    const sealed = new Map<string, number>();
    for (const { table, name } of await sql(textColumns)) {
      const values = await sql(`select "${name}" as value from "${table}" where "${name}" like 'v_.%'`);
      if (values.length > 0)
        sealed.set(`${table}.${name}`, values.filter(({ value }) => /^v1\./.test(`${value}`)).length);
    }
    expect(Object.fromEntries(sealed)).toEqual({
      'provider_keys.sealed': 0,
      'secrets.sealed': 0,
      'idempotency_keys.answer': 0,
    });

    const entries = await sql(`select body from journal where kind = 'broker.master_key_rotated'`);
    expect(entries).toHaveLength(1);
    expect(String(entries[0]?.body)).not.toContain(formerMasterKey);
    await Promise.all(houses.map(({ broker }) => broker.close(0)));
    const startWith = async (masterKey: string) => {
      const config = readConfig(
        {
          ...env,
          VALETKEY_MASTER_KEY_FILE: undefined,
          VALETKEY_MASTER_KEY: masterKey,
          VALETKEY_PORT: '0',
          VALETKEY_LOG_LEVEL: 'silent',
        },
        builtInProviders,
      );
      if (!config.ok) throw new Error(config.error.join());
      const broker = await serve(config.value, { env: {} });
      await broker.close(0);
      return broker.state;
    };
    expect(await startWith(formerMasterKey)).toBe('locked');
    expect(await startWith(readFileSync(masterKeyFile, 'utf8').trim())).toBe('ok');
  });
});
