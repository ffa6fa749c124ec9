// F17: a broker that is killed while it seals everything anew. What was done stays done, nothing is lost, and the next start goes on from there.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { freePort } from '@valetkey/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { systemAmbient as ambient } from '../../src/clock.ts';
import type { Store } from '../../src/store/contract.ts';
import { openStore } from '../../src/store/open-store.ts';
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts';
import { openDataKeys } from '../../src/vault/data-keys.ts';
import { createLocalKeyWrapper, type MasterKeys } from '../../src/vault/key-wrapper.ts';
import { SEALED_COLUMNS } from '../../src/vault/sealed-columns.ts';
import { markOf, openText, sealText } from '../../src/vault/sealing.ts';
import { startProcess } from '../house/start-process.ts';
import { queryRows } from '../postgres/query-rows.ts';
import { startPostgres } from '../postgres/start-postgres.ts';

const ROWS = 8000;
const LEFT = `select count(*) as "left" from idempotency_keys where answer like 'v1.%'`;
const [formerBytes, currentBytes] = [randomBytes(32), randomBytes(32)];
const wrapperOf = (bytes: Uint8Array) => createLocalKeyWrapper(bytes, ambient);
const BOTH: MasterKeys = { current: wrapperOf(currentBytes), former: wrapperOf(formerBytes) };
const answers = SEALED_COLUMNS.find(({ table }) => table === 'idempotency_keys')!;

/** A database, open to this process or to a broker. */
interface Database {
  readonly env: Readonly<Record<string, string>>;
  open(): Promise<Store>;
  /** Answers that are not sealed anew, read beside the broker. */
  left(): Promise<number>;
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const onSqlite = async (): Promise<Database> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'valetkey-killed-'));
  closing.push(() => rmSync(dataDir, { recursive: true }));
  return {
    env: { VALETKEY_DATA_DIR: dataDir },
    open: () => openStore({ dataDir, ambient }),
    async left() {
      const database = new DatabaseSync(join(dataDir, 'valetkey.sqlite'), { readOnly: true });
      const row = database.prepare(LEFT).get();
      database.close();
      return Number(row?.left);
    },
  };
};

const onPostgres = async (): Promise<Database> => {
  const server = await startPostgres();
  closing.push(() => server.stop());
  const url = await server.createDatabase();
  return {
    env: { VALETKEY_DATABASE_URL: url },
    open: () => openPostgresStore({ url, ambient }),
    left: async () => Number((await queryRows<{ left: string }>(url, LEFT))[0]?.left),
  };
};

const textOf = (id: string): string => `the answer ${id}`;

/** Kept answers under the first data key of the house, in its first master key. */
const fill = async ({ open }: Database): Promise<void> => {
  const store = await open();
  const keys = await openDataKeys(store.db, { current: wrapperOf(formerBytes), former: null }, ambient);
  const kept = { owner_id: 'ada', grant_id: 'g', call_id: 'c', request_hash: 'h', created_at: 1 };
  const rows = Array.from({ length: ROWS }, (_, at) => {
    const id = `key_${String(at).padStart(6, '0')}`;
    const answer = sealText(keys.sealing!, answers.bindingOf({ id }), textOf(id), randomBytes(12));
    return { id, ...kept, answer, expires_at: Number.MAX_SAFE_INTEGER };
  });
  for (let at = 0; at < ROWS; at += 500)
    await store.db
      .insertInto('idempotency_keys')
      .values(rows.slice(at, at + 500))
      .execute();
  await store.close();
};

/** How many answers open under each data key of the house. */
const readAll = async ({ open }: Database): Promise<{ readonly old: number; readonly anew: number }> => {
  const store = await open();
  const keys = await openDataKeys(store.db, BOTH, ambient);
  expect(keys.sealing?.name).toMatch(/^[0-9a-f]{16}$/);
  const rows = await store.db.selectFrom('idempotency_keys').select(['id', 'answer']).execute();
  await store.close();
  const texts = rows.map(({ id, answer }) =>
    openText((name) => keys.find(name), answers.bindingOf({ id }), answer ?? ''),
  );
  expect(texts).toEqual(rows.map(({ id }) => textOf(id)));
  const old = rows.filter(({ answer }) => answer?.startsWith(markOf(null))).length;
  return { old, anew: rows.length - old };
};

describe.each([
  ['SQLite', onSqlite],
  ['PostgreSQL', onPostgres],
])('F17 a broker on %s that is killed half way through a rotation', (_name, make) => {
  it('has lost nothing, and the next start finishes', { timeout: 180_000 }, async () => {
    const start = async ({ env }: Database) =>
      startProcess({
        ...env,
        VALETKEY_PORT: String(await freePort()),
        VALETKEY_LOG_LEVEL: 'warn',
        VALETKEY_MASTER_KEY: currentBytes.toString('base64'),
        VALETKEY_MASTER_KEY_OLD: formerBytes.toString('base64'),
      });
    const killHalfWay = async (): Promise<Database> => {
      const database = await make();
      await fill(database);
      const killed = await start(database);
      while ((await database.left()) > ROWS / 2) await new Promise(setImmediate);
      await killed.stop('SIGKILL');
      // On a busy machine it may be done before this process looks again.
      return (await database.left()) > 0 ? database : killHalfWay();
    };
    const database = await killHalfWay();
    const { old, anew } = await readAll(database);
    expect([old > 0, anew > 0, old + anew]).toEqual([true, true, ROWS]);
    const next = await start(database);
    await expect.poll(database.left, { timeout: 120_000, interval: 200 }).toBe(0);
    await next.stop('SIGTERM');
    expect(await readAll(database)).toEqual({ old: 0, anew: ROWS });
  });
});
