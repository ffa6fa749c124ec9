// The suite's model: random life of a small tree against an oracle that knows nothing but the journal, summed up in plain SQL.

import { LIMIT_PERIODS, LIMIT_UNITS, type Limit, windowStartMs } from '@valetkey/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Admission, HoldRequest } from '../contract.ts';
import { type Bench, limit, NOON } from './harness.ts';

const LINKS = ['key', 'a', 'b', 'a-child'] as const;
type LinkId = (typeof LINKS)[number];

/** From the link up to the provider key. */
const CHAINS: Readonly<Record<LinkId, readonly LinkId[]>> = {
  key: ['key'],
  a: ['a', 'key'],
  b: ['b', 'key'],
  'a-child': ['a-child', 'a', 'key'],
};

const COLUMNS = { usd: 'nanos', requests: 'requests', tokens: 'tokens' } as const;

/** Sums one unit over a link's subtree, counting each entry in the window of its call's admission. */
const sumSql = (unit: Limit['unit']) => `
  with recursive subtree (id) as (
    select id from links where id = ? union all select links.id from links join subtree on links.parent_id = subtree.id
  )
  select coalesce(sum(entry.settled_${COLUMNS[unit]}), 0) as settled, coalesce(sum(entry.held_${COLUMNS[unit]}), 0) as held
  from journal entry join journal admission on admission.call_id = entry.call_id and admission.kind = 'call.admitted'
  where entry.link_id in (select id from subtree) and admission.at >= ?`;

async function oracle(bench: Bench, linkId: string, { unit, per }: Pick<Limit, 'unit' | 'per'>) {
  const [row] = await bench.engine.query(sumSql(unit), linkId, windowStartMs(bench.clock.nowMs, per));
  return { settled: Number(row?.settled), held: Number(row?.held) };
}

const nanosOf = (hold: HoldRequest, cap: number) =>
  hold.fixedNanos + Math.ceil((cap * hold.outputNanosPerMillion) / 1e6);

/** What was settled when a limit was reset, and the start of the window it was reset in; by link, unit and period. */
type Resets = Map<string, { readonly start: number; readonly amount: number }>;

const nameOf = (id: LinkId, { unit, per }: Pick<Limit, 'unit' | 'per'>) => `${id} ${unit} ${per}`;

/** The largest cap that fits everywhere by trying them all; null when none does. */
async function largestFitting(bench: Bench, limits: Limits, resets: Resets, leaf: LinkId, hold: HoldRequest) {
  const rooms = await Promise.all(
    CHAINS[leaf].flatMap((id) =>
      limits[id].map(async (each) => {
        const { settled, held } = await oracle(bench, id, each);
        const reset = resets.get(nameOf(id, each));
        const isOfNow = reset?.start === windowStartMs(bench.clock.nowMs, each.per);
        return { unit: each.unit, room: each.amount - settled - held + (isOfNow ? reset.amount : 0) };
      }),
    ),
  );
  for (let cap = hold.maxOutputTokens; cap >= hold.minOutputTokens; cap--) {
    const needs = { usd: nanosOf(hold, cap), requests: 1, tokens: hold.fixedTokens + cap * hold.outputs };
    if (rooms.every(({ unit, room }) => needs[unit] <= room)) return cap;
  }
  return null;
}

type Limits = Record<LinkId, readonly Limit[]>;

const limits = fc.uniqueArray(
  fc.record({
    unit: fc.constantFrom(...LIMIT_UNITS),
    per: fc.constantFrom(...LIMIT_PERIODS),
    amount: fc.integer({ min: 0, max: 60 }),
  }),
  { selector: ({ unit, per }) => `${unit} ${per}`, maxLength: 3 },
);

const hold: fc.Arbitrary<HoldRequest> = fc
  .record({
    fixedNanos: fc.nat(12),
    fixedTokens: fc.nat(12),
    outputNanosPerMillion: fc.constantFrom(0, 1, 400_000, 1_000_000, 3_333_333),
    outputs: fc.integer({ min: 1, max: 3 }),
    minOutputTokens: fc.nat(3),
    span: fc.nat(20),
  })
  .map(({ span, ...rest }) => ({ ...rest, maxOutputTokens: rest.minOutputTokens + span, priced: true }));

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('admit' as const), leaf: fc.constantFrom(...LINKS), hold }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      which: fc.nat(20),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      kind: fc.constantFrom('settled' as const, 'ceiling' as const, 'released' as const),
      forwarded: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 30_000, 60_000, 3_600_000, 86_400_000, 700_000_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('limit' as const), link: fc.constantFrom(...LINKS), limits }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reset' as const),
      link: fc.constantFrom(...LINKS),
      which: fc.nat(2),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'restart' as const) }) },
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A limit that is taken away takes its reset with it. */
function forget(resets: Resets, id: LinkId, limits: readonly Limit[]): void {
  const kept = new Set(limits.map((each) => nameOf(id, each)));
  for (const name of resets.keys()) if (name.startsWith(`${id} `) && !kept.has(name)) resets.delete(name);
}

async function runLife(bench: Bench, first: Limits, steps: readonly Step[]) {
  const current: Limits = { ...first };
  const resets: Resets = new Map();
  let open: Admission[] = [];
  await bench.open('key', null, { limits: first.key });
  for (const id of ['a', 'b', 'a-child'] as const)
    await bench.open(id, CHAINS[id][1]!, { limits: first[id] });
  for (const each of steps) {
    switch (each.do) {
      case 'admit': {
        const expected = await largestFitting(bench, current, resets, each.leaf, each.hold);
        const result = await bench.admit(each.leaf, each.hold);
        expect(result.ok ? result.value.outputTokens : null).toBe(expected);
        if (result.ok) open.push(result.value);
        break;
      }
      case 'settle': {
        const [admission] = open.splice(each.which % Math.max(open.length, 1), 1);
        if (!admission) break;
        const { kind, forwarded } = each;
        const tokens = Math.floor(admission.holdTokens * each.share);
        await bench.settle(admission, Math.floor(admission.holdNanos * each.share), {
          kind,
          forwarded,
          tokens,
        });
        break;
      }
      case 'wait':
        bench.clock.nowMs += each.ms;
        break;
      case 'limit':
        current[each.link] = each.limits;
        await bench.update(each.link, { limits: each.limits });
        forget(resets, each.link, each.limits);
        break;
      case 'reset': {
        const limits = current[each.link];
        const which = limits[each.which % Math.max(limits.length, 1)];
        if (!which) break;
        const { settled: amount } = await oracle(bench, each.link, which);
        const start = windowStartMs(bench.clock.nowMs, which.per);
        expect(await bench.reset(each.link, which.unit, which.per)).toMatchObject({ ok: true });
        resets.set(nameOf(each.link, which), { start, amount });
        break;
      }
      default:
        await bench.engine[each.do]();
        open = [];
    }
  }
}

async function expectBalancesAreSums(bench: Bench): Promise<void> {
  for (const balance of await bench.ledger.balances(LINKS)) {
    for (const unit of LIMIT_UNITS) {
      for (const per of LIMIT_PERIODS) {
        const sums = await oracle(bench, balance.linkId, limit(unit, 0, per));
        expect({ ...balance.windows[unit][per], linkId: balance.linkId, unit, per }).toEqual({
          ...sums,
          linkId: balance.linkId,
          unit,
          per,
        });
      }
    }
  }
}

/** Adds this test to the running suite; `withBench` gives a fresh store to each run and removes it. */
export function modelTests(withBench: (run: (bench: Bench) => Promise<void>) => Promise<void>): void {
  it('admits exactly what fits, and its balances are the sums over the journal, in any life', async () => {
    const life = fc.asyncProperty(
      fc.record({ key: limits, a: limits, b: limits, 'a-child': limits }),
      fc.array(step, { minLength: 10, maxLength: 30 }),
      (first, steps) =>
        withBench(async (bench) => {
          bench.clock.nowMs = NOON;
          await runLife(bench, first, steps);
          await expectBalancesAreSums(bench);
        }),
    );
    await fc.assert(life, { numRuns: 12 });
  }, 120_000);
}
