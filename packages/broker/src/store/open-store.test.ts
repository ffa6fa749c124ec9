// The embedded store: one owner of the folder, one writer, private files, reads that see what is committed.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStore, type SqliteStore } from './open-store.ts';
import { assertSqliteVersion } from './sqlite/open-database.ts';
import { StoreError } from './sqlite/writer.ts';

const ambient = { now: () => 1_700_000_000_000 };
let folder = '';
let stores: SqliteStore[] = [];

const open = async (dataDir = join(folder, 'data'), now = ambient.now): Promise<SqliteStore> => {
  const store = await openStore({ dataDir, ambient: { now } });
  stores.push(store);
  return store;
};

const values = async (store: SqliteStore) =>
  (await store.db.selectFrom('house').select('key').orderBy('key').execute()).map((row) => row.key);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-store-'));
});

afterEach(async () => {
  vi.useRealTimers();
  for (const store of stores) await store.close();
  stores = [];
  rmSync(folder, { recursive: true, force: true });
});

describe('openStore', () => {
  it('keeps folder and files to this user alone', async () => {
    const store = await open();
    await store.db.insertInto('house').values({ key: 'a', value: '' }).execute();
    const mode = (name: string) => statSync(join(folder, 'data', name)).mode & 0o777;
    expect(mode('')).toBe(0o700);
    for (const name of ['valetkey.sqlite', 'valetkey.sqlite-wal', 'valetkey.sqlite-shm', 'valetkey.lock']) {
      expect([name, mode(name)]).toEqual([name, 0o600]);
    }
  });

  it('writes durably: WAL with an fsync per commit, foreign keys on', async () => {
    const { writer } = await open();
    const pragma = async (name: string) =>
      Object.values((await writer.run({ sql: `pragma ${name}`, parameters: [] })).rows[0] ?? {})[0];
    expect([await pragma('journal_mode'), await pragma('synchronous'), await pragma('foreign_keys')]).toEqual(
      ['wal', 2, 1],
    );
  });

  it('leaves nothing of what was erased in its file, short or long, once it was closed', async () => {
    const first = await open();
    const words = ['A few private words. ', 'Many private words. '.repeat(2000)];
    for (const [at, value] of words.entries())
      await first.db
        .insertInto('house')
        .values({ key: `erased_${at}`, value })
        .execute();
    await first.close();
    const isHeld = () =>
      readFileSync(join(folder, 'data', 'valetkey.sqlite'), 'latin1').includes('private words');
    expect(isHeld()).toBe(true);
    const { db, close } = await open();
    await db.updateTable('house').set({ value: '' }).where('key', '=', 'erased_0').execute();
    await db.deleteFrom('house').where('key', '=', 'erased_1').execute();
    await close();
    expect(isHeld()).toBe(false);
  });

  it('keeps what was written when it is opened again, all of it in one file once it was closed', async () => {
    const first = await open();
    await first.db.insertInto('house').values({ key: 'kept', value: '' }).execute();
    await first.close();
    expect(existsSync(join(folder, 'data', 'valetkey.sqlite-wal'))).toBe(false);
    expect(await values(await open())).toEqual(['kept']);
  });

  it('lets only one owner have the folder, with a sentence that says what to do', async () => {
    const first = await open();
    await expect(open()).rejects.toThrow(/Another Valetkey process .* Stop it first/);
    const script = `import { openStore } from '${new URL('./open-store.ts', import.meta.url)}';
      await openStore({ dataDir: ${JSON.stringify(join(folder, 'data'))}, ambient: { now: () => 0 } });`;
    const other = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect([other.status, other.stderr]).toEqual([1, expect.stringContaining('Another Valetkey process')]);
    await first.close();
    await open();
  });

  it('is free again when its process was killed', async () => {
    const script = `import { openStore } from '${new URL('./open-store.ts', import.meta.url)}';
      await openStore({ dataDir: ${JSON.stringify(join(folder, 'data'))}, ambient: { now: () => 0 } });
      process.kill(process.pid, 'SIGKILL');`;
    const killed = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(killed.signal).toBe('SIGKILL');
    expect(await values(await open())).toEqual([]);
  });

  it('removes the folder of a store in memory when it is closed', async () => {
    const store = await open(':memory:');
    const [file] = store.reader.run({ sql: 'pragma database_list', parameters: [] }).rows;
    expect(existsSync(String(file?.file))).toBe(true);
    await store.close();
    expect(existsSync(String(file?.file))).toBe(false);
  });

  it('refuses a file that is no database', async () => {
    await (await open()).close();
    writeFileSync(join(folder, 'data', 'valetkey.sqlite'), 'x'.repeat(5000));
    await expect(open()).rejects.toThrow('not a database');
  });
});

describe('the database behind Kysely', () => {
  it('reports rows, affected rows and insert ids', async () => {
    const { db } = await open();
    const row = { key: 'a', value: '1' };
    expect((await db.insertInto('house').values(row).executeTakeFirstOrThrow()).insertId).toBe(1n);
    const updated = await db.updateTable('house').set({ value: '2' }).executeTakeFirstOrThrow();
    expect(updated.numUpdatedRows).toBe(1n);
    const untouched = await db
      .updateTable('house')
      .set({ value: '3' })
      .where('key', '=', 'b')
      .executeTakeFirst();
    expect(untouched?.numUpdatedRows).toBe(0n);
    expect(await db.deleteFrom('house').returningAll().execute()).toEqual([{ key: 'a', value: '2' }]);
  });

  it('shows a transaction to itself at once, to others when it has committed, and to no one when it failed', async () => {
    const store = await open();
    const insert = (key: string) => ({ key, value: '' });
    await store.db.transaction().execute(async (transaction) => {
      await transaction.insertInto('house').values(insert('a')).execute();
      expect(await transaction.selectFrom('house').select('key').execute()).toEqual([{ key: 'a' }]);
      expect(await values(store)).toEqual([]);
    });
    const failing = store.db.transaction().execute(async (transaction) => {
      await transaction.insertInto('house').values(insert('b')).execute();
      await transaction.insertInto('house').values(insert('a')).execute();
    });
    await expect(failing).rejects.toMatchObject({ isStatementFault: true });
    expect(await values(store)).toEqual(['a']);
  });

  it('lets nothing in between the statements of a transaction: what is asked meanwhile comes after it, in order', async () => {
    const { db, writer } = await open();
    const insert = (key: string) => ({
      sql: 'insert into house (key, value) values (?, ?)',
      parameters: [key, ''],
    });
    const later: Promise<unknown>[] = [];
    await db.transaction().execute(async (transaction) => {
      later.push(writer.append({ atMs: 0, statements: [insert('batch')], entries: [] }));
      later.push(writer.run(insert('single')));
      await transaction.insertInto('house').values({ key: 'in transaction', value: '' }).execute();
      expect(await transaction.selectFrom('house').select('key').execute()).toEqual([
        { key: 'in transaction' },
      ]);
    });
    await Promise.all(later);
    const rows = await db.selectFrom('house').select('key').orderBy(sql`rowid`).execute();
    expect(rows.map((row) => row.key)).toEqual(['in transaction', 'batch', 'single']);
  });

  it('rolls back a transaction that stays open, so that it can not hold up admissions for good', async () => {
    const store = await open();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const stuck = await store.db.startTransaction().execute();
    await stuck.insertInto('house').values({ key: 'stuck', value: '' }).execute();
    const waiting = store.db.insertInto('house').values({ key: 'waiting', value: '' }).execute();
    vi.advanceTimersByTime(5000);
    await waiting;
    expect(await values(store)).toEqual(['waiting']);
    await expect(stuck.insertInto('house').values({ key: 'late', value: '' }).execute()).rejects.toThrow(
      'has ended',
    );
    await stuck.rollback().execute();
  });

  it('reads a table with the columns that it has now', async () => {
    const { db } = await open();
    const first = sql`select * from revoked_tokens`.compile(db);
    await db.insertInto('revoked_tokens').values({ token_id: 't', grant_id: 'g', expires_at: 1 }).execute();
    const before = (await db.executeQuery(first)).rows;
    await sql`alter table revoked_tokens add column why text default 'lost'`.execute(db);
    expect((await db.executeQuery(first)).rows).toEqual(
      before.map((row) => ({ ...(row as object), why: 'lost' })),
    );
    expect(before).toHaveLength(1);
  });

  it('lets everybody else have a turn while one read follows another', async () => {
    let nowMs = 0;
    const { db } = await open(undefined, () => {
      nowMs += 3;
      return nowMs;
    });
    let turns = 0;
    let isReading = true;
    const turn = () => {
      turns += 1;
      if (isReading) setImmediate(turn);
    };
    setImmediate(turn);
    const read = db.selectFrom('house').select('key');
    for (let reads = 0; reads < 5; reads += 1) await read.execute();
    isReading = false;
    expect(turns).toBeGreaterThan(1);
  });

  it('refuses a value that can not be stored without harm to what follows', async () => {
    const store = await open();
    const insert = store.db.insertInto('house').values({ key: {} as unknown as string, value: '' });
    await expect(insert.execute()).rejects.toThrow(StoreError);
    await store.db.insertInto('house').values({ key: 'a', value: '' }).execute();
    expect(await values(store)).toEqual(['a']);
  });

  it('refuses writes after it was closed', async () => {
    const store = await open();
    await store.close();
    const insert = store.db.insertInto('house').values({ key: 'a', value: '' });
    await expect(insert.execute()).rejects.toThrow('closed');
  });
});

describe('assertSqliteVersion', () => {
  it.each(['3.51.3', '3.51.10', '3.52.0', '4.0.0'])('accepts %s', (version) => {
    expect(() => assertSqliteVersion(version)).not.toThrow();
  });

  it.each(['3.51.2', '3.50.9', '2.99.99'])('refuses %s', (version) => {
    expect(() => assertSqliteVersion(version)).toThrow('too old');
  });
});
