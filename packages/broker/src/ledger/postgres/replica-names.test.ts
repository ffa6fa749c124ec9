// The name of a replica: who starts under it takes the place of the process before, and two that live never fight over it.

import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openPostgresEngine, type PostgresEngine } from '../../../test/postgres/ledger-engine.ts';
import { type PostgresServer, startPostgres } from '../../../test/postgres/start-postgres.ts';
import { Bench, exactly, limit, NOON } from '../contract-suite/harness.ts';

const PATIENCE = { interval: 5, timeout: 20_000 };
const NAME = 'broker-0';
let server: PostgresServer;
let url: string;
let engines: PostgresEngine[] = [];
let said: string[] = [];

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  url = await server.createDatabase();
  said = [];
});
afterEach(async () => {
  for (const engine of engines) await engine.end();
  engines = [];
});

/** A process of that name, with quick heartbeats. */
const start = async (name = NAME): Promise<Bench> => {
  const clock = { nowMs: NOON };
  const engine = await openPostgresEngine(url, clock, {
    name,
    heartbeatMs: 10,
    // A process that lives is not silent for so long, on a busy machine either.
    silentMs: 2000,
    onTrouble: ({ message }) => said.push(`${name}: ${message}`),
  });
  engines.push(engine);
  const bench = new Bench(engine, clock);
  const { request } = bench;
  const process = engines.length;
  bench.request = (...words) => {
    const made = request.apply(bench, words);
    return { ...made, callId: `${process}_${made.callId}` };
  };
  return bench;
};

const halt = (bench: Bench) => (bench.engine as PostgresEngine).ledger.halt();

/** Resolves when the living process of the name, and so any other, had time for thirty heartbeats. */
const heartbeatsPass = async (bench: Bench) => {
  const beatAt = async () => {
    const [row] = await bench.engine.query(
      'select (extract(epoch from heartbeat_at) * 1000)::bigint as at from replicas where name = ? and ended_at is null',
      NAME,
    );
    return Number(row?.at);
  };
  const before = await beatAt();
  await vi.waitFor(async () => expect(await beatAt()).toBeGreaterThan(before + 300), PATIENCE);
};

/** Registrations under the name, and how many of them live. */
const registrations = async (bench: Bench) => {
  const [row] = await bench.engine.query(
    'select count(*)::integer as made, count(*) filter (where ended_at is null)::integer as living from replicas where name = ?',
    NAME,
  );
  return row;
};

it('a process that starts under the name of one that was killed posts its open calls before it serves', async () => {
  const killed = await start();
  await killed.open('key', null, { limits: [limit('usd', 100)] });
  await killed.admitted('key', exactly(10));
  await halt(killed);
  const next = await start();
  expect(await next.usd('key')).toEqual([10, 0]);
  expect(await next.engine.query('select call_id from open_calls')).toEqual([]);
});

it('of two that live under one name the second serves; the first admits nothing, says why once, and does not take it back', async () => {
  const first = await start();
  await first.open('key', null, { limits: [limit('usd', 100)] });
  const running = await first.admitted('key', exactly(10));
  const second = await start();
  expect(await first.refused('key')).toMatchObject({ reason: 'unavailable' });
  await vi.waitFor(
    () => expect(said.join()).toContain('another process runs as the replica broker-0'),
    PATIENCE,
  );
  expect(await second.refused('key')).toBeNull();
  await heartbeatsPass(second);
  expect([first.ledger.healthy, second.ledger.healthy]).toEqual([false, true]);
  expect(await registrations(second)).toEqual({ made: 2, living: 1 });
  expect(said.filter((line) => line.includes('another process runs'))).toHaveLength(1);
  // What the first had open was posted at its ceiling.
  expect(await second.usd('key')).toEqual([10, 1]);
  await (second.engine as PostgresEngine).ledger.close();
  await vi.waitFor(() => expect(first.ledger.healthy).toBe(true), PATIENCE);
  expect(await first.settle(running, 3)).toMatchObject({ nanos: 10 });
  expect(await first.refused('key')).toBeNull();
});

it('the first goes on when the second was killed and has been silent for long enough', async () => {
  const first = await start();
  await first.open('key', null);
  const second = await start();
  await vi.waitFor(() => expect(first.ledger.healthy).toBe(false), PATIENCE);
  await halt(second);
  await vi.waitFor(() => expect(first.ledger.healthy).toBe(true), PATIENCE);
  expect(await first.refused('key')).toBeNull();
  expect(await registrations(first)).toEqual({ made: 3, living: 1 });
});

it('of many that start under one name at once one serves', async () => {
  const benches = await Promise.all(Array.from({ length: 4 }, () => start()));
  await vi.waitFor(() => expect(benches.filter(({ ledger }) => ledger.healthy)).toHaveLength(1), PATIENCE);
  expect(await registrations(benches[0]!)).toEqual({ made: 4, living: 1 });
});
