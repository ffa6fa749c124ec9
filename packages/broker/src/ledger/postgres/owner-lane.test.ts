// One owner's requests on PostgreSQL: what holds when its row is locked, its transaction is cut off, or too much waits.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPostgresEngine, type PostgresEngine } from '../../../test/postgres/ledger-engine.ts';
import { type PostgresServer, startPostgres } from '../../../test/postgres/start-postgres.ts';
import { Bench, exactly, limit, NOON } from '../contract-suite/harness.ts';

/** A busy machine takes its time. */
const PATIENCE = { interval: 5, timeout: 20_000 };

let server: PostgresServer;
let url: string;
let engine: PostgresEngine;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  url = await server.createDatabase();
});
afterEach(() => engine.end());

const openReplica = async (
  name: string,
  options: NonNullable<Parameters<typeof openPostgresEngine>[2]> = {},
): Promise<Bench> => {
  const clock = { nowMs: NOON };
  engine = await openPostgresEngine(url, clock, { name, ...options });
  return new Bench(engine, clock);
};

describe('one owner', () => {
  it('whose row is locked for long is refused alone; every other owner goes on', async () => {
    const bench = await openReplica('a', { waitMs: 1500 });
    await bench.open('key', null);
    await bench.open('other', null, { ownerId: 'other' });
    const blocker = (bench.engine as PostgresEngine).store.newClient();
    await blocker.connect();
    await blocker.query(`begin`);
    await blocker.query(`select from ledger_owners where owner_id = 'owner' for update`);
    const chain = [{ linkId: 'key', version: 1 }];
    const blocked = bench.ledger.admit(bench.request('key', exactly(1), chain));
    const other = bench.request('other', exactly(1), [{ linkId: 'other', version: 1 }], 'other');
    expect(await bench.ledger.admit(other)).toMatchObject({ ok: true });
    expect(await blocked).toMatchObject({ ok: false, error: { reason: 'unavailable' } });
    expect(bench.ledger.healthy).toBe(true);
    await blocker.end();
    expect(await bench.refused('key')).toBeNull();
  });

  it('that a frozen process holds in a transaction is served again once the server has ended that', async () => {
    const bench = await openReplica('a', { waitMs: 1500 });
    await bench.open('key', null);
    const frozen = (bench.engine as PostgresEngine).store.newClient();
    const ended = new Promise((resolve) => frozen.once('end', resolve));
    frozen.on('error', () => undefined);
    await frozen.connect();
    await frozen.query(`begin; select from ledger_owners where owner_id = 'owner' for update`);
    expect(await bench.refused('key')).toMatchObject({ reason: 'unavailable' });
    await ended;
    expect(await bench.refused('key')).toBeNull();
  });

  it('whose change is cut off in the middle of its transaction has nothing of it', async () => {
    const bench = await openReplica('a', { retryMs: 20 });
    await bench.open('key', null);
    const row = { sql: 'select pg_sleep(20)', parameters: [] };
    const entry = { ownerId: 'owner', kind: 'x.y', body: {} };
    const links = [{ kind: 'update' as const, linkId: 'key', set: { limits: [limit('usd', 1)] } }];
    const changed = bench.ledger.change({ links, rows: [row], entries: [entry] });
    await vi.waitFor(async () => {
      const found = await bench.engine.query(
        `select pg_terminate_backend(pid) as is_ended from pg_stat_activity where query = 'select pg_sleep(20)'`,
      );
      expect(found).toEqual([{ is_ended: true }]);
    }, PATIENCE);
    expect(await changed).toMatchObject({ ok: false, error: { reason: 'unavailable' } });
    await vi.waitFor(() => expect(bench.ledger.healthy).toBe(true), PATIENCE);
    expect(await bench.ledger.link('key')).toMatchObject({ version: 1, limits: [] });
    expect((await bench.journal()).filter(({ kind }) => kind === 'x.y')).toEqual([]);
    expect(await bench.ledger.change({ links, rows: [], entries: [entry] })).toMatchObject({ ok: true });
    expect(await bench.ledger.link('key')).toMatchObject({ version: 2 });
  });

  it('may have only so many requests waiting; outcomes are taken all the same', async () => {
    const bench = await openReplica('a', { queueLength: 2 });
    await bench.open('key', null);
    const chain = await bench.chain('key');
    const running = await bench.admitted('key');
    const waiting = [1, 2, 3].map(() => bench.admit('key', exactly(1), chain));
    const settled = bench.settle(running, 1);
    expect((await Promise.all(waiting)).map((result) => result.ok)).toEqual([true, true, false]);
    expect(await settled).toMatchObject({ nanos: 1 });
  });
});
