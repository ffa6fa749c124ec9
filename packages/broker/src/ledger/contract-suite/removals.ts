// The suite's part on old calls that leave the journal: whatever was lived before, and whenever they were removed, the books stay what they
// were, also when they are built anew from what is left, and the journal verifies.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseRemoval, REMOVAL } from '../../audit/removal.ts';
import { CallRemover } from '../../audit/retention/call-remover.ts';
import type { Admission } from '../contract.ts';
import { EntryWalk } from '../verify/verify-entries.ts';
import { type Bench, exactly, limit, NOON } from './harness.ts';

const DAY_MS = 86_400_000;
const LINKS = ['key', 'a', 'a-child', 'b'] as const;
const LEAVES = ['a', 'a-child', 'b'] as const;

type Start = (nowMs?: number) => Promise<Bench>;
type WithBench = (run: (bench: Bench) => Promise<void>) => Promise<void>;

/** A remover of calls older than 35 days. */
export const remover = (bench: Bench): CallRemover =>
  new CallRemover({
    ...bench.engine.removal(),
    ledger: bench.ledger,
    alone: (work) => work(),
    now: () => bench.clock.nowMs,
    days: 35,
  });

/** A provider key, with the grant `a` and its child, and the grant `b`. */
export const openTree = async (bench: Bench): Promise<void> => {
  await bench.open('key', null, { limits: [limit('usd', 10_000)] });
  await bench.open('a', 'key', { limits: [limit('usd', 5000)] });
  await bench.open('a-child', 'a', { limits: [limit('requests', 1000)] });
  await bench.open('b', 'key');
};

/** Adds up every entry that is left. */
const rebuilt = async (bench: Bench): Promise<EntryWalk> => {
  const links = await bench.engine.query('select id, parent_id from links');
  const journal = await bench.journal();
  const removals = journal.flatMap((row) => {
    const removal = row.kind === REMOVAL ? parseRemoval(String(row.body)) : null;
    return removal ? [{ ...removal, ownerId: String(row.owner_id) }] : [];
  });
  const parents = new Map(links.map((row) => [String(row.id), row.parent_id as string | null]));
  const walk = new EntryWalk(parents, removals);
  for (const row of journal) walk.take(row);
  walk.end();
  return walk;
};

/** What is left adds up to what the ledger decides by, and to what a new process makes of it. */
export const expectBooksStand = async (bench: Bench): Promise<void> => {
  for (let round = 0; round < 2; round += 1) {
    const walk = await rebuilt(bench);
    expect(walk.faults).toEqual([]);
    const balances = await bench.ledger.balances(LINKS);
    const sums = balances.map(({ linkId }) =>
      walk.rebuild.countersOf(linkId, bench.clock.nowMs).toBalance(linkId),
    );
    expect(sums).toEqual(balances);
    await bench.engine.crash();
  }
};

/** A call that has ended. */
export const spend = async (
  bench: Bench,
  leaf: string,
  nanos: number,
  kind: 'settled' | 'ceiling' = 'settled',
) => {
  const call = await bench.admitted(leaf, exactly(nanos, 3));
  await bench.settle(call, nanos - 1, { kind, tokens: 2 });
  return call;
};

/** The calls that are in the journal. */
export const callsIn = async (bench: Bench): Promise<readonly string[]> =>
  (await bench.journal()).filter((row) => row.kind === 'call.admitted').map((row) => String(row.call_id));

/** Adds these tests to the running suite. */
export function removalTests(start: Start, withBench: WithBench): void {
  ruleTests(start);
  lateTests(start);
  faultTests(start);
  lifeTests(withBench);
}

function ruleTests(start: Start): void {
  it('takes out whole calls that are old enough, with an entry that names each gap and what was settled', async () => {
    const bench = await start();
    await openTree(bench);
    const old = await spend(bench, 'a-child', 50);
    await spend(bench, 'a-child', 30, 'ceiling');
    await bench.ledger.record([{ ownerId: 'owner', kind: 'grant.edited', grantId: 'a', body: {} }]);
    await bench.ledger.record([
      { ownerId: 'owner', kind: 'call.refused', callId: 'r', grantId: 'a', body: {} },
    ]);
    const before = await bench.journal();
    const newest = await spend(bench, 'a-child', 20);
    bench.clock.nowMs += 36 * DAY_MS;
    const open = await bench.admitted('b', exactly(5));
    expect(await remover(bench).run()).toBe(2);
    const journal = await bench.journal();
    expect(journal.map(({ seq, kind }) => [seq, kind])).toEqual([
      [5, 'grant.edited'],
      [7, 'call.admitted'],
      [8, 'call.settled'],
      [9, 'call.admitted'],
      [10, REMOVAL],
    ]);
    expect(await callsIn(bench)).toEqual([newest.callId, open.callId]);
    expect(JSON.parse(String(journal.at(-1)?.body))).toEqual({
      until: NOON - (NOON % DAY_MS) + DAY_MS,
      gaps: [
        { from: 1, to: 4, hash: before[3]?.hash },
        { from: 6, to: 6, hash: before[5]?.hash },
      ],
      links: [{ link_id: 'a-child', settled_nanos: 79, settled_requests: 2, settled_tokens: 5, calls: 2 }],
    });
    expect(before[0]).toMatchObject({ call_id: old.callId });
    await expectBooksStand(bench);
  });

  it('keeps what is younger, what is open, and what says when a grant was last used', async () => {
    const bench = await start();
    await openTree(bench);
    const open = await bench.admitted('b', exactly(5));
    const last = [await spend(bench, 'a', 10), await spend(bench, 'a-child', 10)];
    bench.clock.nowMs += 35 * DAY_MS - 1;
    const young = await spend(bench, 'b', 10);
    expect(await remover(bench).run()).toBe(0);
    bench.clock.nowMs += 2 * DAY_MS;
    expect(await remover(bench).run()).toBe(0);
    expect(await callsIn(bench)).toEqual([open, ...last, young].map(({ callId }) => callId));
    await bench.settle(open, 5);
    expect(await remover(bench).run()).toBe(0);
    bench.clock.nowMs += 36 * DAY_MS;
    await bench.ledger.record([{ ownerId: 'owner', kind: 'owner.signed_in', body: {} }]);
    expect(await remover(bench).run()).toBe(1);
    expect(await callsIn(bench)).toEqual([...last, young].map(({ callId }) => callId));
    await expectBooksStand(bench);
  });
}

function lateTests(start: Start): void {
  it('takes a corrected call out when its correction is old enough, with what it came to', async () => {
    const bench = await start();
    await openTree(bench);
    const call = await spend(bench, 'b', 40, 'ceiling');
    await spend(bench, 'b', 1);
    bench.clock.nowMs += 10 * DAY_MS;
    await bench.correct(call, 'b', -25, NOON, -1);
    bench.clock.nowMs += 30 * DAY_MS;
    expect(await remover(bench).run()).toBe(0);
    bench.clock.nowMs += 6 * DAY_MS;
    await bench.ledger.record([{ ownerId: 'owner', kind: 'owner.signed_in', body: {} }]);
    expect(await remover(bench).run()).toBe(1);
    const [removal] = (await bench.journal()).filter(({ kind }) => kind === REMOVAL);
    expect(JSON.parse(String(removal?.body)).links).toEqual([
      { link_id: 'b', settled_nanos: 15, settled_requests: 1, settled_tokens: 2, calls: 1 },
    ]);
    await expectBooksStand(bench);
  });

  it('never takes an owner’s last entry, which the next one is chained to', async () => {
    const bench = await start();
    await openTree(bench);
    await bench.ledger.record([
      { ownerId: 'owner', kind: 'call.refused', callId: 'r', grantId: 'a', body: {} },
    ]);
    bench.clock.nowMs += 40 * DAY_MS;
    await remover(bench).run();
    expect((await bench.journal()).map(({ kind }) => kind)).toEqual(['call.refused']);
  });
}

function faultTests(start: Start): void {
  it.each(['lost', 'in_doubt'] as const)(
    'leaves a batch done or not done when its commit is %s',
    async (how) => {
      const bench = await start();
      await openTree(bench);
      for (let call = 0; call < 4; call += 1) await spend(bench, 'b', 10);
      bench.clock.nowMs += 40 * DAY_MS;
      const parts = bench.engine.removal();
      const checkpoint = async () => {
        const id = await parts.checkpoint();
        bench.engine.failCommits(how);
        return id;
      };
      const broken = new CallRemover({
        ...parts,
        checkpoint,
        ledger: bench.ledger,
        alone: (work) => work(),
        now: () => bench.clock.nowMs,
        days: 35,
      });
      await expect(broken.run()).rejects.toThrow();
      bench.engine.failCommits(null);
      await bench.engine.crash();
      expect([1, 4]).toContain((await callsIn(bench)).length);
      await remover(bench).run();
      expect(await callsIn(bench)).toHaveLength(1);
      await expectBooksStand(bench);
    },
  );

  it('done twice at once is done once', async () => {
    const bench = await start();
    await openTree(bench);
    for (let call = 0; call < 40; call += 1) await spend(bench, 'b', 1);
    bench.clock.nowMs += 40 * DAY_MS;
    const both = await Promise.allSettled([remover(bench).run(), remover(bench).run()]);
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    await remover(bench).run();
    expect(await callsIn(bench)).toHaveLength(1);
    await expectBooksStand(bench);
  });
}

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      leaf: fc.constantFrom(...LEAVES),
      kind: fc.constantFrom('settled' as const, 'ceiling' as const, 'released' as const, 'open' as const),
      nanos: fc.integer({ min: 1, max: 9 }),
      isCorrected: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('change' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reset' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(0.3, 1, 9, 20, 40) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const) }) },
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

async function live(bench: Bench, steps: readonly Step[]): Promise<void> {
  const open: Admission[] = [];
  for (const each of steps) {
    if (each.do === 'call') {
      const call = await bench.admitted(each.leaf, exactly(each.nanos, 5));
      if (each.kind === 'open') open.push(call);
      else await bench.settle(call, each.nanos, { kind: each.kind, tokens: 4 });
      if (each.kind === 'ceiling' && each.isCorrected)
        await bench.correct(call, each.leaf, -1, bench.clock.nowMs, -1);
    } else if (each.do === 'change') {
      await bench.ledger.record([{ ownerId: 'owner', kind: 'grant.edited', grantId: 'a', body: {} }]);
    } else if (each.do === 'reset') {
      await bench.reset('a');
    } else if (each.do === 'wait') {
      bench.clock.nowMs += Math.floor(each.days * DAY_MS);
      for (const call of open.splice(0, 1)) await bench.settle(call, 1);
    } else if (each.do === 'restart') {
      await bench.engine.restart();
      open.length = 0;
    } else {
      const before = await bench.ledger.balances(LINKS);
      await remover(bench).run();
      expect(await bench.ledger.balances(LINKS)).toEqual(before);
    }
  }
}

function lifeTests(withBench: WithBench): void {
  it('leaves every balance as it was, in any life and at any moment', async () => {
    const life = fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 40 }), (steps) =>
      withBench(async (bench) => {
        bench.clock.nowMs = NOON;
        await openTree(bench);
        await live(bench, steps);
        bench.clock.nowMs += 50 * DAY_MS;
        await remover(bench).run();
        await expectBooksStand(bench);
      }),
    );
    await fc.assert(life, { numRuns: 6 });
  }, 120_000);
}
