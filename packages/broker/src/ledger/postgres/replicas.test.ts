// Several replicas on one database: what holds across them, whatever is killed, cut or restarted. The oracle is plain SQL over the journal.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startFaultProxy } from '@valetkey/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPostgresEngine, type PostgresEngine } from '../../../test/postgres/ledger-engine.ts';
import { type PostgresServer, startPostgres } from '../../../test/postgres/start-postgres.ts';
import { verifyJournal } from '../../audit/verify-journal.ts';
import type { Ledger } from '../contract.ts';
import { Bench, type Engine, exactly, limit, NOON } from '../contract-suite/harness.ts';
import { modelTests } from '../contract-suite/model.ts';
import type { Notice } from './notices.ts';
import type { PostgresLedgerOptions } from './postgres-ledger.ts';

/** A busy machine takes its time. */
const PATIENCE = { interval: 5, timeout: 20_000 };

let server: PostgresServer;
let url: string;
const engines: PostgresEngine[] = [];
const clock = { nowMs: NOON };

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

beforeEach(async () => {
  url = await server.createDatabase();
});

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.end();
});

/** `port`: where the replica reaches the server, when that is not the server's own. */
interface ReplicaOptions extends Partial<PostgresLedgerOptions> {
  readonly port?: number;
  readonly waitMs?: number;
}

/** A replica of its own name; its calls have ids of their own. */
async function openReplica(name: string, options: ReplicaOptions = {}): Promise<Bench> {
  const { port, ...rest } = options;
  const address = new URL(url);
  if (port !== undefined) address.port = String(port);
  const engine = await openPostgresEngine(address.href, clock, { name, ...rest });
  engines.push(engine);
  const bench = new Bench(engine, clock);
  const { request } = bench;
  bench.request = (...words) => {
    const made = request.apply(bench, words);
    return { ...made, callId: `${name}_${made.callId}` };
  };
  return bench;
}

const openReplicas = (options: ReplicaOptions = {}): Promise<Bench[]> =>
  Promise.all(['a', 'b', 'c'].map((name) => openReplica(name, options)));

const ledgerOf = (bench: Bench) => (bench.engine as PostgresEngine).ledger;

/** Every chain belongs together, every balance is the sum of its entries, and nothing is open that should not be. */
async function expectBooksBalance(bench: Bench, linkIds: readonly string[]): Promise<void> {
  const rows = await bench.journal();
  for (const owner of new Set(rows.map((row) => String(row.owner_id)))) {
    const chain = rows.filter((row) => row.owner_id === owner);
    expect(verifyJournal(owner, chain)).toMatchObject({ ok: true, value: { seq: chain.length } });
  }
  for (const linkId of linkIds) {
    const [sums] = await bench.engine.query(
      `with recursive subtree (id) as (
        select id from links where id = ? union all select links.id from links join subtree on links.parent_id = subtree.id
      )
      select coalesce(sum(settled_nanos), 0)::bigint as settled, coalesce(sum(held_nanos), 0)::bigint as held
      from journal where link_id in (select id from subtree)`,
      linkId,
    );
    expect(await bench.usd(linkId)).toEqual([sums?.settled, sums?.held]);
  }
}

const openCalls = (bench: Bench) => bench.engine.query('select call_id from open_calls');

/** A call of another owner that is never sent: nobody waits for it. */
async function other(bench: Bench): Promise<void> {
  await bench.open('other', null, { ownerId: 'other' });
  await bench.ledger.admit(bench.request('other', exactly(1), [{ linkId: 'other', version: 1 }], 'other'));
}

/** Three replicas as one engine: every request goes to the next of them, every outcome to the one that admitted its call. */
function inTurn(replicas: readonly PostgresEngine[]): Engine {
  const admittedBy = new Map<string, number>();
  let turn = 0;
  const next = () => replicas[turn++ % replicas.length]!.ledger;
  const ledger: Ledger = {
    admit(request) {
      admittedBy.set(request.callId, turn % replicas.length);
      return next().admit(request);
    },
    mayForward: (callId) => replicas[admittedBy.get(callId)!]!.ledger.mayForward(callId),
    settle: (outcome) => replicas[admittedBy.get(outcome.callId)!]!.ledger.settle(outcome),
    change: (change) => next().change(change),
    record: (entries) => next().record(entries),
    link: (linkId) => next().link(linkId),
    balances: (linkIds) => next().balances(linkIds),
    usedLimits: (linkIds) => next().usedLimits(linkIds),
    overruns: 0,
    get healthy() {
      return replicas.every((replica) => replica.ledger.healthy);
    },
    close: async () => undefined,
  };
  const each = async (work: (replica: PostgresEngine) => Promise<void>) => {
    for (const replica of replicas) await work(replica);
  };
  return {
    ledger,
    failCommits: (how) => {
      for (const replica of replicas) replica.failCommits(how);
    },
    crash: () => each((replica) => replica.crash()),
    restart: () => each((replica) => replica.restart()),
    query: (...words) => replicas[0]!.query(...words),
    removal: () => replicas[0]!.removal(),
    end: () => each((replica) => replica.end()),
  };
}

describe('three replicas that take turns', () => {
  modelTests(async (run) => {
    url = await server.createDatabase();
    const own = { nowMs: NOON };
    const replicas = await Promise.all(['a', 'b', 'c'].map((name) => openPostgresEngine(url, own, { name })));
    const engine = inTurn(replicas);
    await run(new Bench(engine, own)).finally(() => engine.end());
  });
});

describe('replicas', () => {
  it('admit exactly ten of 500 between them when there is room for ten, in every round', async () => {
    const replicas = await openReplicas();
    const [first] = replicas as [Bench];
    for (let round = 0; round < 5; round++) {
      const key = `key-${round}`;
      await first.open(key, null, { limits: [limit('usd', 70)] });
      await first.open(`grant-${round}`, key);
      const chain = await first.chain(`grant-${round}`);
      const results = await Promise.all(
        Array.from({ length: 500 }, (_, at) => replicas[at % 3]!.admit(`grant-${round}`, exactly(7), chain)),
      );
      const refusals = results.flatMap((result) => (result.ok ? [] : result.error.reason));
      expect([results.length - refusals.length, new Set(refusals)]).toEqual([10, new Set(['limit'])]);
      expect(await first.usd(key)).toEqual([0, 70]);
    }
    await expectBooksBalance(first, ['key-0', 'grant-4']);
  });

  it('give back room to each other at once, so that what fits is never refused', async () => {
    const [a, b] = (await openReplicas()) as [Bench, Bench];
    await a.open('key', null, { limits: [limit('usd', 10)], maxConcurrent: 1 });
    for (let round = 0; round < 10; round++) {
      const [one, other] = round % 2 === 0 ? [a, b] : [b, a];
      const admission = await one.admitted('key', exactly(1));
      expect(await other.refused('key', exactly(1))).toMatchObject({ reason: 'concurrency' });
      await one.settle(admission, 0);
      await other.settle(await other.admitted('key', exactly(1)), 1);
    }
    expect(await a.refused('key', exactly(1))).toMatchObject({ reason: 'limit', settled: 10 });
  });

  it.each(['revoked', 'suspended'] as const)(
    'admit nothing for a grant that one of them has %s, once that has returned, and hear of it',
    async (status) => {
      const [a, b] = (await openReplicas()) as [Bench, Bench];
      const heard: Notice[] = [];
      ledgerOf(b).listen({ onNotice: (notice) => heard.push(notice), onGap: () => undefined });
      await a.open('key', null);
      await a.open('grant', 'key');
      const chain = await b.chain('grant');
      const running = await b.admitted('grant', exactly(5));
      await a.update('grant', { status });
      expect(await b.admit('grant', exactly(1), chain)).toEqual({ ok: false, error: { reason: 'stale' } });
      expect(await b.refused('grant')).toEqual({ reason: 'not_live', linkId: 'grant', status });
      await vi.waitFor(
        () =>
          expect(heard).toEqual([
            {
              changedGrantIds: ['grant'],
              stoppedGrantIds: ['grant'],
              suspendedGrantIds: status === 'suspended' ? ['grant'] : [],
              providerKeyIds: [],
              stoppedKeyIds: [],
              lostDevices: [],
            },
          ]),
        PATIENCE,
      );
      expect(await b.settle(running, 4)).toMatchObject({ nanos: 4 });
      await expectBooksBalance(a, ['key', 'grant']);
    },
  );

  it('heed a reset that another made at once, and reset nothing twice', async () => {
    const [a, b] = [await openReplica('a'), await openReplica('b')];
    await a.open('key', null, { limits: [limit('usd', 10)] });
    const running = await b.admitted('key', exactly(4));
    await a.settle(await a.admitted('key', exactly(6)), 6);
    expect(await b.refused('key', exactly(1))).toMatchObject({ settled: 6, held: 4 });
    const chain = await b.chain('key');
    expect(await a.reset('key')).toEqual({ ok: true });
    expect(await b.admit('key', exactly(6), chain)).toEqual({ ok: false, error: { reason: 'stale' } });
    await b.settle(await b.admitted('key', exactly(6)), 6);
    await b.settle(running, 4);
    for (const bench of [a, b]) expect(await bench.refused('key')).toMatchObject({ settled: 10, held: 0 });
  });

  it.each([
    ['suspends its grant', 'grant', { status: 'suspended' }],
    ['narrows its grant', 'grant', { limits: [limit('usd', 1)] }],
    ['revokes a token or replaces a key-shaped one', 'grant', {}],
    ['replaces the provider key', 'key', {}],
  ] as const)(
    'forward nothing that was admitted before another %s, once that has returned',
    async (...words) => {
      const [, linkId, set] = words;
      const [a, b] = (await openReplicas()) as [Bench, Bench];
      await a.open('key', null);
      await a.open('grant', 'key');
      const chain = await b.chain('grant');
      const admitted = await b.ledger.admit(b.request('grant', exactly(1), chain));
      if (!admitted.ok) throw new Error(admitted.error.reason);
      let isDone = false;
      const changed = a.update(linkId, set).then(() => {
        isDone = true;
      });
      await vi.waitFor(
        async () =>
          expect(await b.admit('grant', exactly(1), chain)).toMatchObject({ error: { reason: 'stale' } }),
        PATIENCE,
      );
      await other(b);
      expect(isDone).toBe(false);
      const [sentAt, isSent] = [performance.now(), b.ledger.mayForward(admitted.value.callId)];
      await changed;
      // It waits two seconds for a replica that does not answer.
      if (isSent) expect(performance.now() - sentAt).toBeLessThan(1900);
      else expect(b.ledger.mayForward(admitted.value.callId)).toBe(false);
      await b.settle(admitted.value, 1);
      await expectBooksBalance(a, ['key', 'grant']);
    },
  );

  it('forward nothing after another stops the key, though the answer to the commit was still on its way to them', async () => {
    const [a, b] = (await openReplicas()) as [Bench, Bench];
    await a.open('key', null);
    const chain = await b.chain('key');
    const { ledgerPool } = (b.engine as PostgresEngine).store;
    const connect = ledgerPool.connect.bind(ledgerPool);
    const isStopped = Promise.withResolvers<void>();
    vi.spyOn(ledgerPool, 'connect').mockImplementation(async () => {
      const client = await connect();
      const query = async (statement: { text: string }) => {
        const result = await client.query(statement);
        if (statement.text.includes('commit')) await isStopped.promise;
        return result;
      };
      return { query, release: client.release.bind(client) } as never;
    });
    const admitting = b.ledger.admit(b.request('key', exactly(1), chain));
    await vi.waitFor(async () => expect(await openCalls(a)).toHaveLength(1), PATIENCE);
    await a.update('key', { status: 'suspended' });
    isStopped.resolve();
    const admitted = await admitting;
    if (!admitted.ok) throw new Error(admitted.error.reason);
    expect(b.ledger.mayForward(admitted.value.callId)).toBe(false);
    await b.settle(admitted.value, 0, { kind: 'released' });
    await expectBooksBalance(a, ['key']);
  });

  it('forward nothing after another stops the key, though one that was declared dead answers in the place of a living one', async () => {
    const [a, b] = (await openReplicas()) as [Bench, Bench];
    await a.open('key', null);
    const admitted = await b.ledger.admit(b.request('key', exactly(1), await b.chain('key')));
    if (!admitted.ok) throw new Error(admitted.error.reason);
    await a.engine.query(`update replicas set ended_at = clock_timestamp() where name = 'c'`);
    await a.update('key', { status: 'suspended' });
    expect(b.ledger.mayForward(admitted.value.callId)).toBe(false);
  });

  it('keep the time of the one that is ahead: no window opens twice', async () => {
    const [a, b] = (await openReplicas()) as [Bench, Bench];
    const own = { nowMs: NOON + 90_000 };
    const ahead = new Bench(await openPostgresEngine(url, own, { name: 'ahead' }), own);
    engines.push(ahead.engine as PostgresEngine);
    await a.open('key', null, { limits: [limit('requests', 1, 'minute')] });
    await ahead.admitted('key');
    expect(await b.refused('key')).toMatchObject({ reason: 'limit', per: 'minute' });
    const times = (await a.journal()).map((row) => Number(row.at));
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });
});

const CRASHING = fileURLToPath(new URL('../../../test/postgres/crashing-replica.ts', import.meta.url));

/** Lets a process work on the ledger until it kills itself. Returns what it had been told is durable. */
async function runUntilKilled(name: string, acknowledgements: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [CRASHING, url, name, String(acknowledgements)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, [, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(signal).toBe('SIGKILL');
  return said.trimEnd().split('\n');
}

describe('a replica that dies', () => {
  it('has its open calls posted at their ceiling by another, once', async () => {
    const [a, b] = (await openReplicas()) as [Bench, Bench];
    await a.open('key', null, { limits: [limit('usd', 100)] });
    await a.open('grant', 'key');
    const settled = await a.admitted('grant', exactly(10));
    await a.settle(settled, 1);
    await a.admitted('grant', exactly(20, 3));
    await ledgerOf(a).halt();
    await b.engine.query(`update replicas set ended_at = clock_timestamp() where name = 'a'`);
    await Promise.all([b.engine.restart(), openReplica('d'), openReplica('e')]);
    expect(await b.usd('grant')).toEqual([21, 0]);
    expect(await openCalls(b)).toEqual([]);
    const last = (await b.journal()).filter((row) => row.kind === 'call.ceiling');
    expect(last.map((row) => [row.settled_nanos, row.settled_tokens, row.body])).toEqual([
      [20, 3, '{"unconfirmed":true,"reason":"crash"}'],
    ]);
    await expectBooksBalance(b, ['key', 'grant']);
  });

  it('loses nothing that it acknowledged when its process is killed, and leaves nothing open', async () => {
    const watcher = new Bench(await openPostgresEngine(url, { nowMs: Date.now() }), clock);
    engines.push(watcher.engine as PostgresEngine);
    await watcher.open('key', null);
    const killed = await Promise.all([37, 150, 83].map((count, at) => runUntilKilled(`killed-${at}`, count)));
    await watcher.engine.query(`update replicas set ended_at = clock_timestamp() where name like 'killed%'`);
    await watcher.engine.restart();
    const rows = await watcher.journal();
    const written = new Set(rows.map((row) => `${row.kind} ${row.call_id}`));
    expect(killed.flat()).toHaveLength(37 + 150 + 83);
    expect(killed.flat().filter((line) => !written.has(line))).toEqual([]);
    expect(await openCalls(watcher)).toEqual([]);
    const count = (kind: string) => rows.filter((row) => row.kind === kind).length;
    expect(count('call.admitted')).toBe(count('call.settled') + count('call.ceiling'));
    expect(await watcher.usd('key')).toEqual([7 * count('call.settled') + 10 * count('call.ceiling'), 0]);
    await expectBooksBalance(watcher, ['key']);
  });

  it('is declared dead by the database’s clock, and one that was only frozen starts anew and admits again', async () => {
    const quick = { heartbeatMs: 5 };
    const frozen = await openReplica('frozen', { heartbeatMs: 3_600_000 });
    await frozen.open('key', null, { limits: [limit('usd', 100)] });
    const running = await frozen.admitted('key', exactly(10));
    // Only now: whoever watches declares it dead half a second after its only sign of life.
    const watcher = await openReplica('watcher', { ...quick, silentMs: 500 });
    // The server's own start counts as well, and it may have been just now.
    await vi.waitFor(async () => expect(await openCalls(watcher)).toEqual([]), PATIENCE);
    expect(await watcher.usd('key')).toEqual([10, 0]);
    expect(await frozen.refused('key', exactly(1))).toMatchObject({ reason: 'unavailable' });
    await vi.waitFor(() => expect(frozen.ledger.healthy).toBe(true), PATIENCE);
    expect(frozen.ledger.mayForward(running.callId)).toBe(false);
    // Its call has its outcome: what it says now changes nothing.
    expect(await frozen.settle(running, 3)).toEqual({ nanos: 10, overrun: false, remainingNanos: null });
    expect(await watcher.usd('key')).toEqual([10, 0]);
    await expect(frozen.settle(running, 3)).rejects.toThrow('is not open');
    await expectBooksBalance(watcher, ['key']);
  });

  it('forwards nothing that it admitted longer ago than a stop waits for it', async () => {
    const slow = await openReplica('slow');
    await slow.open('key', null);
    const { callId } = await slow.admitted('key');
    expect(slow.ledger.mayForward(callId)).toBe(true);
    const later = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 2001);
    expect(slow.ledger.mayForward(callId)).toBe(false);
    later.mockRestore();
  });

  it('admits nothing while its clock is far from the database’s', async () => {
    await expect(openReplica('off', { maxClockSkewMs: -1 })).rejects.toThrow(/clock of this machine/);
  });
});

/** What callers were told. */
interface Told {
  admitted: number;
  refused: number;
  settledNanos: number;
}

/** Calls that come and go until `isOver`; an outcome that can not be written yet keeps its caller waiting, as in the gate. */
async function load(bench: Bench, isOver: () => boolean, told: Told): Promise<void> {
  while (!isOver()) {
    const chain = [{ linkId: 'key', version: 1 }];
    const result = await bench.admit('key', exactly(10), chain);
    if (!result.ok) {
      expect(result.error.reason).toBe('unavailable');
      told.refused += 1;
      await nextTurn();
      continue;
    }
    told.admitted += 1;
    const { nanos } = await bench.settle(result.value, 7);
    told.settledNanos += nanos;
  }
}

async function underLoad(disturb: (bench: Bench) => Promise<void>): Promise<void> {
  const replicas = await openReplicas({ retryMs: 20 });
  const [first] = replicas as [Bench];
  await first.open('key', null);
  const told: Told = { admitted: 0, refused: 0, settledNanos: 0 };
  let over = false;
  const callers = replicas.flatMap((bench) => Array.from({ length: 8 }, () => load(bench, () => over, told)));
  await disturb(first);
  await vi.waitFor(() => expect(replicas.every(({ ledger }) => ledger.healthy)).toBe(true), PATIENCE);
  const before = told.admitted;
  await vi.waitFor(() => expect(told.admitted).toBeGreaterThan(before + 20), PATIENCE);
  over = true;
  await Promise.all(callers);
  await vi.waitFor(async () => expect(await openCalls(first)).toEqual([]), PATIENCE);
  expect(told.refused).toBeGreaterThan(0);
  expect(await first.usd('key')).toEqual([told.settledNanos, 0]);
  const rows = await first.journal();
  const settled = rows.filter((row) => row.kind === 'call.settled');
  expect(settled).toHaveLength(told.admitted);
  await expectBooksBalance(first, ['key']);
}

describe('a database that fails under load', () => {
  it('loses and doubles nothing when its connections are terminated in the middle of batches', async () => {
    await underLoad(async (bench) => {
      for (let round = 0; round < 30; round++) {
        await bench.engine
          .query(
            `select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()`,
          )
          .catch(() => undefined);
        await nextTurn();
      }
    });
  });

  it('loses and doubles nothing when the server crashes and recovers', async () => {
    await underLoad(() => server.restart());
  });
});

describe('a replica that is cut off from the database', () => {
  it.each([
    ['its questions', 'to-target', 0],
    ['the answers', 'to-client', 4],
  ] as const)(
    'when %s are lost admits nothing and, back again, keeps no hold',
    async (_, direction, heldMeanwhile) => {
      const proxy = await startFaultProxy(server.port);
      const cut = await openReplica('cut', { port: proxy.port, waitMs: 1500, retryMs: 20 });
      const other = await openReplica('other');
      await cut.open('key', null, { limits: [limit('usd', 10)] });
      const running = await cut.admitted('key', exactly(3));
      const chain = await cut.chain('key');
      proxy.setFault({ kind: 'stall', direction });
      expect(await cut.admit('key', exactly(4), chain)).toMatchObject({ error: { reason: 'unavailable' } });
      expect(cut.ledger.healthy).toBe(false);
      expect(await cut.admit('key', exactly(1), chain)).toMatchObject({ error: { reason: 'unavailable' } });
      const settled = cut.settle(running, 2);
      // What it was not told of may be durable: then it counts, until the replica can say that nothing was sent.
      expect(await other.usd('key')).toEqual([0, 3 + heldMeanwhile]);
      proxy.setFault(undefined);
      proxy.resetAll();
      expect(await settled).toMatchObject({ nanos: 2 });
      await vi.waitFor(async () => expect(await openCalls(other)).toEqual([]), PATIENCE);
      expect(await other.usd('key')).toEqual([2, 0]);
      expect(await cut.refused('key', exactly(8))).toBeNull();
      await expectBooksBalance(other, ['key']);
      await engines.shift()?.end();
      await proxy.close();
    },
  );
});
