// The suite's part on admission: who is refused and in which order of reasons, trees, exact edges, fitted caps.

import { expect, it } from 'vitest';
import type { HoldRequest } from '../contract.ts';
import { type Bench, exactly, type LinkFields, limit, NOON } from './harness.ts';

/** Each row breaks its own rule and every later one, so that only the order decides. */
const PRECEDENCE: readonly {
  readonly name: string;
  readonly key: LinkFields;
  readonly grant: LinkFields;
  readonly stale?: boolean;
  readonly expected: object | null;
}[] = [
  {
    name: 'a stale reading before everything',
    key: { status: 'revoked' },
    grant: { limits: [limit('usd', 0)] },
    stale: true,
    expected: { reason: 'stale' },
  },
  {
    name: 'the provider key before the grant',
    key: { status: 'suspended' },
    grant: { status: 'revoked' },
    expected: { reason: 'not_live', linkId: 'key', status: 'suspended' },
  },
  {
    name: 'a status before an expiry',
    key: {},
    grant: { status: 'suspended', expiresAtMs: NOON },
    expected: { reason: 'not_live', linkId: 'grant', status: 'suspended' },
  },
  {
    name: 'an expiry at this very moment before a missing price',
    key: {},
    grant: { expiresAtMs: NOON, limits: [limit('usd', 0)], maxConcurrent: 0 },
    expected: { reason: 'not_live', linkId: 'grant', status: 'expired' },
  },
  {
    name: 'a missing price before concurrency',
    key: { maxConcurrent: 0 },
    grant: { limits: [limit('usd', 0)], maxConcurrent: 0 },
    expected: { reason: 'unpriced', linkId: 'grant' },
  },
  {
    name: 'concurrency before limits',
    key: { limits: [limit('requests', 0)] },
    grant: { limits: [limit('requests', 0)], maxConcurrent: 0 },
    expected: { reason: 'concurrency', linkId: 'grant', limit: 0 },
  },
  {
    name: 'the limit whose window ends last before others',
    key: { limits: [limit('requests', 0, 'minute')] },
    grant: { limits: [limit('requests', 0, 'day'), limit('tokens', 0, 'total')] },
    expected: {
      reason: 'limit',
      linkId: 'grant',
      unit: 'tokens',
      per: 'total',
      limit: 0,
      settled: 0,
      held: 0,
      required: 1,
      windowEndsAtMs: null,
    },
  },
  {
    name: 'the provider key before the grant when windows end together',
    key: { limits: [limit('requests', 0, 'day')] },
    grant: { limits: [limit('requests', 0, 'day')] },
    expected: {
      reason: 'limit',
      linkId: 'key',
      unit: 'requests',
      per: 'day',
      limit: 0,
      settled: 0,
      held: 0,
      required: 1,
      windowEndsAtMs: NOON + 12 * 3_600_000,
    },
  },
  { name: 'nothing else', key: {}, grant: {}, expected: null },
];

const UNPRICED: HoldRequest = { ...exactly(0, 1), priced: false };

/** Adds these tests to the running suite. */
export function admissionTests(start: () => Promise<Bench>): void {
  refusalTests(start);
  brokenRequestTests(start);
  treeTests(start);
  capTests(start);
}

function refusalTests(start: () => Promise<Bench>): void {
  it.each(PRECEDENCE)('refuses for $name', async ({ key, grant, stale, expected }) => {
    const bench = await start();
    await bench.open('key', null, key);
    await bench.open('grant', 'key', grant);
    const version = stale ? 2 : 1;
    const chain = [
      { linkId: 'grant', version: 1 },
      { linkId: 'key', version },
    ];
    const result = await bench.admit('grant', UNPRICED, chain);
    expect(result.ok ? null : result.error).toEqual(expected);
    expect((await bench.balance('key')).openCalls).toBe(expected === null ? 1 : 0);
  });

  it.each([
    ['an unknown link', [{ linkId: 'nobody', version: 1 }]],
    ['no link at all', []],
    ['a chain without its root', [{ linkId: 'grant', version: 1 }]],
    [
      'a chain in the wrong order',
      [
        { linkId: 'key', version: 1 },
        { linkId: 'grant', version: 1 },
      ],
    ],
  ])('takes %s for stale', async (_, chain) => {
    const bench = await start();
    await bench.open('key', null);
    await bench.open('grant', 'key');
    expect(await bench.admit('grant', exactly(1), chain)).toEqual({ ok: false, error: { reason: 'stale' } });
  });
}

function brokenRequestTests(start: () => Promise<Bench>): void {
  it("throws on another owner's chain", async () => {
    const bench = await start();
    await bench.open('key', null);
    const request = bench.request('key', exactly(1), [{ linkId: 'key', version: 1 }], 'someone_else');
    await expect(bench.ledger.admit(request)).rejects.toThrow('belongs to another owner');
  });

  it('throws on a call id that is open, and keeps the first call as it was', async () => {
    const bench = await start();
    await bench.open('key', null);
    const request = bench.request('key', exactly(3), [{ linkId: 'key', version: 1 }]);
    await bench.ledger.admit(request);
    await expect(bench.ledger.admit(request)).rejects.toThrow('already open');
    expect(await bench.usd('key')).toEqual([0, 3]);
  });

  it.each([
    { fixedNanos: -1 },
    { fixedNanos: 0.5 },
    { fixedTokens: Number.NaN },
    { outputs: Number.POSITIVE_INFINITY },
    { fixedNanos: Number.MAX_SAFE_INTEGER, outputNanosPerMillion: 1e6, maxOutputTokens: 1 },
    { minOutputTokens: 1 },
  ])('throws on a hold that is no hold: %o', async (fields) => {
    const bench = await start();
    await bench.open('key', null);
    await expect(bench.admit('key', { ...exactly(1), ...fields })).rejects.toThrow('not a hold');
  });
}

function treeTests(start: () => Promise<Bench>): void {
  it('holds a request on every link of its chain, so that two children never spend more than their parent', async () => {
    const bench = await start();
    await bench.open('key', null, { limits: [limit('usd', 1000)] });
    await bench.open('parent', 'key', { limits: [limit('usd', 100)] });
    await bench.open('child-1', 'parent', { limits: [limit('usd', 80)] });
    await bench.open('child-2', 'parent', { limits: [limit('usd', 80)] });
    await bench.admitted('child-1', exactly(60));
    expect(await bench.refused('child-2', exactly(41))).toMatchObject({
      linkId: 'parent',
      held: 60,
      limit: 100,
    });
    expect(await bench.admitted('child-2', exactly(40))).toMatchObject({
      remainingNanos: 0,
      reservedNanos: 100,
    });
    expect(await Promise.all(['key', 'parent', 'child-1', 'child-2'].map((id) => bench.usd(id)))).toEqual([
      [0, 100],
      [0, 100],
      [0, 60],
      [0, 40],
    ]);
  });

  it('admits exactly ten of 500 at once when there is room for ten', async () => {
    const bench = await start();
    await bench.open('key', null, { limits: [limit('usd', 70)] });
    await bench.open('grant', 'key');
    const chain = await bench.chain('grant');
    const results = await Promise.all(
      Array.from({ length: 500 }, () => bench.admit('grant', exactly(7), chain)),
    );
    expect(results.filter((result) => result.ok)).toHaveLength(10);
    expect(await bench.usd('key')).toEqual([0, 70]);
    expect(await bench.journal()).toHaveLength(10);
  });
}

function capTests(start: () => Promise<Bench>): void {
  it.each([
    // room USD, room tokens, rate per million, outputs, fixed nanos, cap expected (null: refused)
    [100, 1000, 1_000_000, 1, 0, 100],
    [100, 1000, 1_000_000, 1, 100, 0],
    [100, 1000, 1_000_000, 1, 101, null],
    [100, 50, 1_000_000, 1, 0, 50],
    [100, 51, 2_000_000, 2, 0, 25],
    [1, 1000, 1, 1, 0, 200],
    [7, 1000, 333_333, 1, 0, 21],
    [900_000_000_000, 1000, 9_000_000_000_000_000, 1, 0, 100],
  ])(
    'fits the cap to %i nanos and %i tokens at %i per million, %i outputs, %i fixed: %o',
    async (usd, tokens, rate, outputs, fixedNanos, cap) => {
      const bench = await start();
      await bench.open('key', null, { limits: [limit('usd', usd)] });
      await bench.open('grant', 'key', { limits: [limit('tokens', tokens, 'day')] });
      const hold: HoldRequest = {
        fixedNanos,
        fixedTokens: 0,
        outputNanosPerMillion: rate,
        outputs,
        maxOutputTokens: 200,
        minOutputTokens: 0,
        priced: true,
      };
      const result = await bench.admit('grant', hold);
      expect(result.ok ? result.value.outputTokens : null).toBe(cap);
    },
  );

  it('refuses a cap below the least that makes sense, and says what that would need', async () => {
    const bench = await start();
    await bench.open('key', null, { limits: [limit('usd', 99)] });
    const hold = { ...exactly(50), outputNanosPerMillion: 1_000_000, outputs: 1, maxOutputTokens: 500 };
    expect(await bench.refused('key', { ...hold, minOutputTokens: 50 })).toMatchObject({
      required: 100,
      limit: 99,
    });
    expect((await bench.admitted('key', { ...hold, minOutputTokens: 49 })).outputTokens).toBe(49);
  });

  it('counts open calls of a whole subtree for concurrency, and frees them at settlement', async () => {
    const bench = await start();
    await bench.open('key', null, { maxConcurrent: 2 });
    await bench.open('a', 'key');
    await bench.open('b', 'key');
    const first = await bench.admitted('a');
    await bench.admitted('b');
    expect(await bench.refused('b')).toEqual({ reason: 'concurrency', linkId: 'key', limit: 2 });
    await bench.settle(first, 1);
    expect(await bench.refused('b')).toBeNull();
  });

  it('admits what has no price where no USD limit applies', async () => {
    const bench = await start();
    await bench.open('key', null, { limits: [limit('requests', 1)] });
    expect(await bench.admitted('key', UNPRICED)).toMatchObject({
      remainingNanos: null,
      reservedNanos: null,
    });
  });
}
