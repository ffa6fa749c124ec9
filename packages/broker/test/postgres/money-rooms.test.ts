// What stands beside the ledger's hot path, on PostgreSQL with two replicas: idempotency keys, corrections, the comparison with the journal.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallRemover } from '../../src/audit/retention/call-remover.ts';
import { KeyRows, type WantedKey } from '../../src/gateway/idempotency/key-rows.ts';
import { Bench, exactly, NOON } from '../../src/ledger/contract-suite/harness.ts';
import { correctCall } from '../../src/ledger/correct-call.ts';
import { compareOwner } from '../../src/ledger/verify/compare-owner.ts';
import { openPostgresEngine, type PostgresEngine } from './ledger-engine.ts';
import { type PostgresServer, startPostgres } from './start-postgres.ts';

const clock = { nowMs: NOON };
const removal = ({ db }: PostgresEngine['store']) => ({
  db,
  checkpoint: async () => Number.MAX_SAFE_INTEGER,
});
const now = () => clock.nowMs;
const seal = { sealSecret: (_: string, text: string) => text, openSecret: (_: string, text: string) => text };
const ANSWER = { status: 200, headers: { 'content-type': 'application/json' }, body: 'e30=' };

let server: PostgresServer;
let replicas: readonly [PostgresEngine, PostgresEngine];
let bench: Bench;
beforeAll(async () => {
  server = await startPostgres();
  const url = await server.createDatabase();
  replicas = [
    await openPostgresEngine(url, clock, { name: 'one' }),
    await openPostgresEngine(url, clock, { name: 'two' }),
  ];
  bench = new Bench(replicas[0], clock);
  await bench.open('key', null);
});
afterAll(async () => {
  for (const replica of replicas) await replica.end();
  await server.stop();
});

describe('A74 idempotency keys over two replicas', () => {
  let keys = 0;
  const rows = () => replicas.map(({ store: { db } }) => new KeyRows({ db, vault: seal, now }));
  const wanted = (callId: string, id = `id_${++keys}`, requestHash = 'h'): WantedKey => ({
    id,
    ownerId: 'owner',
    grantId: 'g',
    callId,
    requestHash,
  });

  it('give a key to one of sixteen that want it together', async () => {
    const both = rows();
    const claims = Array.from({ length: 16 }, (_, at) => both[at % 2]!.claim(wanted(`c${at}`, 'together')));
    const earlier = await Promise.all(claims);
    expect(earlier.filter((found) => found === null)).toHaveLength(1);
    expect(earlier.filter((found) => found?.state === 'running')).toHaveLength(15);
  });

  it('answer on one replica what the other kept, and refuse another request', async () => {
    const [one, two] = rows() as [KeyRows, KeyRows];
    const { id } = wanted('first');
    await one.claim(wanted('first', id));
    await two.keep(id, 'not its own', ANSWER);
    expect(await two.claim(wanted('second', id))).toEqual({ state: 'running' });
    await one.keep(id, 'first', ANSWER);
    expect(await two.claim(wanted('second', id))).toEqual({
      state: 'answered',
      callId: 'first',
      answer: ANSWER,
    });
    expect(await two.claim(wanted('second', id, 'other'))).toEqual({ state: 'other_request' });
  });

  it('are lost, not free, when their call ended without an answer or was never admitted', async () => {
    const [one, two] = rows() as [KeyRows, KeyRows];
    const running = await bench.admitted('key', exactly(5));
    const [ended, unadmitted] = [wanted(running.callId), wanted('call_never')];
    for (const each of [ended, unadmitted]) await one.claim(each);
    clock.nowMs += 60_000;
    expect(await two.claim(wanted('again', ended.id))).toEqual({ state: 'running' });
    expect(await two.claim(wanted('again', unadmitted.id))).toEqual({ state: 'lost' });
    await bench.settle(running, 0, { kind: 'ceiling' });
    expect(await two.claim(wanted('again', ended.id))).toEqual({ state: 'running' });
    clock.nowMs += 60_000;
    expect(await two.claim(wanted('again', ended.id))).toEqual({ state: 'lost' });
    clock.nowMs += 86_400_000;
    expect(await two.claim(wanted('again', ended.id))).toBeNull();
  });

  it('are free, and only once, when their call never went out', async () => {
    const both = rows();
    const unsent = await bench.admitted('key', exactly(5));
    const refused = await bench.admitted('key', exactly(5));
    const [free, taken] = [wanted(unsent.callId), wanted(refused.callId)];
    for (const each of [free, taken]) await both[0]!.claim(each);
    await bench.settle(unsent, 0, { kind: 'released', forwarded: false });
    await bench.settle(refused, 0, { kind: 'released', forwarded: true });
    const claims = Array.from({ length: 16 }, (_, at) => both[at % 2]!.claim(wanted(`n${at}`, free.id)));
    expect((await Promise.all(claims)).filter((found) => found === null)).toHaveLength(1);
    expect(await both[1]!.claim(wanted('again', taken.id))).toEqual({ state: 'running' });
  });

  it('are free at once when they are given back, and forgotten when their time is over', async () => {
    const [one, two] = rows() as [KeyRows, KeyRows];
    const { id } = wanted('refused');
    await one.claim(wanted('refused', id));
    await one.release(id, 'refused');
    expect(await two.claim(wanted('next', id))).toBeNull();
    clock.nowMs += 86_400_000;
    await one.purge();
    expect(await replicas[0].store.db.selectFrom('idempotency_keys').selectAll().execute()).toEqual([]);
  });
});

describe('old calls over two replicas', () => {
  it('are removed once, though both remove them while calls go on and the journal is compared', async () => {
    await bench.open('aging', 'key');
    const spend = async (calls: number) => {
      for (let made = 0; made < calls; made += 1) await bench.settle(await bench.admitted('aging'), 1);
    };
    await spend(600);
    clock.nowMs += 40 * 86_400_000;
    const removers = replicas.map(
      ({ ledger, store }) =>
        new CallRemover({ ...removal(store), ledger, alone: (work) => store.alone(work), now, days: 35 }),
    );
    const [removed, , compared] = await Promise.all([
      Promise.all(removers.map((each) => each.run())),
      spend(20),
      compareOwner({ db: replicas[1].store.db, ledger: replicas[1].ledger, now }, 'owner'),
    ]);
    // What ended before, by other tests here, may be old as well.
    expect(removed[0]! + removed[1]!).toBeGreaterThanOrEqual(599);
    expect(compared?.faults ?? []).toEqual([]);
    const after = await compareOwner({ db: replicas[0].store.db, ledger: replicas[0].ledger, now }, 'owner');
    expect(after).toMatchObject({ removedCalls: removed[0]! + removed[1]!, faults: [] });
    expect(await bench.usd('aging')).toEqual([620, 0]);
  });
});

describe('the journal over two replicas', () => {
  const compare = (at: 0 | 1) => {
    const { ledger, store } = replicas[at];
    return compareOwner({ db: store.db, ledger, now }, 'owner');
  };
  const correct = (at: 0 | 1, callId: string, nanos: number) => {
    const { ledger, store } = replicas[at];
    return correctCall(
      { db: store.db, ledger, now, retentionDays: null },
      { ownerId: 'owner', callId, nanos },
    );
  };

  it('is corrected once, whichever replica is asked, and its balances are its sums', async () => {
    const call = await bench.admitted('key', exactly(100));
    expect(await correct(1, call.callId, 1)).toMatchObject({ error: { reason: 'not_unconfirmed' } });
    await bench.settle(call, 0, { kind: 'ceiling' });
    const before = (await bench.usd('key'))[0];
    const both = await Promise.all([correct(0, call.callId, 40), correct(1, call.callId, 40)]);
    expect(both.map((result) => (result.ok ? result.value.nanos : result.error.reason)).toSorted()).toEqual([
      40,
      'already_corrected',
    ]);
    expect((await bench.usd('key'))[0]).toBe(before - 60);
    for (const at of [0, 1] as const) expect((await compare(at))?.faults).toEqual([]);
  });

  it('shows a balance that is not the sum', async () => {
    const { db } = replicas[0].store;
    await db.updateTable('journal').set({ settled_nanos: 1 }).where('kind', '=', 'call.ceiling').execute();
    const problems = (await compare(1))?.faults.map(({ problem }) => problem).join('\n');
    expect(problems).toContain('was changed');
    expect(problems).toContain('link key');
  });
});
