// The store that replicas share: one schema for all, whoever starts first, and clear words when it can not be used.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../test/postgres/start-postgres.ts';
import { openPostgresStore, POSTGRES_MIGRATIONS } from './open-postgres-store.ts';

const MIGRATING = fileURLToPath(new URL('../../../test/postgres/migrating-process.ts', import.meta.url));
const ambient = { now: () => 1_700_000_000_000 };
let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

describe('openPostgresStore', () => {
  it('applies every migration once, however many replicas start at the same time', async () => {
    const url = await server.createDatabase();
    const stores = await Promise.all([1, 2, 3].map(() => openPostgresStore({ url, ambient })));
    const applied = await stores[0]!.db.selectFrom('migrations').selectAll().orderBy('name').execute();
    expect(applied).toEqual(
      POSTGRES_MIGRATIONS.map(({ name, compatibleFrom = name }) => ({
        name,
        applied_at: ambient.now(),
        compatible_from: compatibleFrom,
      })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
    await Promise.all(stores.map((store) => store.close()));
  });

  it('refuses a database that a newer release has written', async () => {
    const url = await server.createDatabase();
    const store = await openPostgresStore({ url, ambient });
    await store.db
      .insertInto('migrations')
      .values({ name: '9999-newer', applied_at: 0, compatible_from: null })
      .execute();
    await store.close();
    await expect(openPostgresStore({ url, ambient })).rejects.toThrow(/newer release of Valetkey/);
  });

  it('resumes a migration whose process was killed in the middle, and waits for none that is gone', async () => {
    const url = await server.createDatabase();
    const killed = spawn(process.execPath, [MIGRATING, url, 'stop'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(killed.stdout!, 'data');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const client = new pg.Client(url);
    await client.connect();
    const found = async (text: string) => (await client.query({ text, rowMode: 'array' })).rows.flat();
    expect(await found(`select to_regclass('one')::text, to_regclass('two')::text`)).toEqual(['one', null]);
    const next = spawn(process.execPath, [MIGRATING, url], { stdio: 'inherit' });
    expect(await once(next, 'exit')).toEqual([0, null]);
    expect(await found(`select to_regclass('two')::text`)).toEqual(['two']);
    expect(await found(`select count(*)::integer from one`)).toEqual([POSTGRES_MIGRATIONS.length + 1]);
    expect(await found(`select name from migrations where name like '9%' order by 1`)).toEqual([
      '9001-one',
      '9002-two',
    ]);
    await client.end();
  });

  it('reads integers as numbers, and refuses one that a number can not hold', async () => {
    const store = await openPostgresStore({ url: await server.createDatabase(), ambient });
    const read = (text: string) => sql<{ value: number }>`select ${sql.raw(text)}::bigint as value`;
    const { rows } = await read('9007199254740991').execute(store.db);
    expect(rows).toEqual([{ value: Number.MAX_SAFE_INTEGER }]);
    await expect(read('9007199254740992').execute(store.db)).rejects.toThrow('too large');
    await store.close();
  });

  it('commits durably and waits for nothing without end, whatever the server’s defaults are', async () => {
    const url = await server.createDatabase();
    const store = await openPostgresStore({ url, ambient });
    const settings = ['synchronous_commit', 'statement_timeout', 'lock_timeout'];
    const { rows } = await store.ledgerPool.query(
      'select name, setting from pg_settings where name = any ($1) order by name',
      [settings],
    );
    expect(rows.map((row) => [row.name, row.setting])).toEqual([
      ['lock_timeout', '3000'],
      ['statement_timeout', '5000'],
      ['synchronous_commit', 'on'],
    ]);
    await store.close();
  });

  it('says that the database can not be reached, without repeating its password', async () => {
    const url = `postgres://valetkey:hunter2hunter2@127.0.0.1:1/none`;
    const refused = await openPostgresStore({ url, ambient }).catch((error: Error) => error);
    expect(String(refused)).toMatch(/VALETKEY_DATABASE_URL can not be reached/);
    expect(JSON.stringify(refused) + String((refused as Error).stack)).not.toContain('hunter2');
  });
});
