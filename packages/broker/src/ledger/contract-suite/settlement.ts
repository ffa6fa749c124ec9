// The suite's part on outcomes and windows: what is posted, where it counts, and that there is one outcome per call.

import type { LimitPeriod } from '@valetkey/core';
import { expect, it } from 'vitest';
import type { Outcome } from '../contract.ts';
import { type Bench, exactly, limit, NOON } from './harness.ts';

/** Moments at which a window has 1 ms left, and what is still counted 1 ms later. */
const WINDOW_ENDS: readonly [per: LimitPeriod, lastMs: number, stillCounted: readonly LimitPeriod[]][] = [
  ['minute', Date.UTC(2026, 10, 25, 10, 30, 59, 999), ['total', 'month', 'week', 'day']],
  ['day', Date.UTC(2026, 10, 25, 23, 59, 59, 999), ['total', 'month', 'week']],
  ['week', Date.UTC(2026, 10, 22, 23, 59, 59, 999), ['total', 'month']],
  ['month', Date.UTC(2028, 1, 29, 23, 59, 59, 999), ['total', 'week']],
];

const OUTCOMES: readonly [
  name: string,
  fields: Partial<Outcome>,
  usd: number,
  requests: number,
  tokens: number,
][] = [
  ['what was used', { kind: 'settled', nanos: 30, tokens: 4 }, 30, 1, 4],
  ['nothing for a free answer', { kind: 'settled', nanos: 0, tokens: 0 }, 0, 1, 0],
  ['the whole hold for an unknown outcome', { kind: 'ceiling', nanos: 1, tokens: 1 }, 100, 1, 10],
  [
    'a request but no money for a refusal by the provider',
    { kind: 'released', nanos: 9, tokens: 9 },
    0,
    1,
    0,
  ],
  ['nothing at all for a request that was never sent', { kind: 'released', forwarded: false }, 0, 0, 0],
];

/** Adds these tests to the running suite. */
export function settlementTests(start: (nowMs?: number) => Promise<Bench>): void {
  outcomeTests(start);
  oneOutcomeTests(start);
  windowTests(start);
}

function outcomeTests(start: (nowMs?: number) => Promise<Bench>): void {
  it.each(OUTCOMES)('posts %s', async (_, fields, usd, requests, tokens) => {
    const bench = await start();
    await bench.open('key', null, { limits: [limit('usd', 1000)] });
    await bench.open('grant', 'key');
    const admission = await bench.admitted('grant', exactly(100, 10));
    expect(bench.ledger.mayForward(admission.callId)).toBe(true);
    expect(await bench.settle(admission, 0, fields)).toEqual({
      nanos: usd,
      overrun: false,
      remainingNanos: 1000 - usd,
    });
    expect(bench.ledger.mayForward(admission.callId)).toBe(false);
    for (const id of ['key', 'grant']) {
      const { windows, openCalls } = await bench.balance(id);
      expect(openCalls).toBe(0);
      for (const per of ['total', 'month', 'week', 'day', 'minute'] as const) {
        expect([windows.usd[per], windows.requests[per], windows.tokens[per]]).toEqual([
          { settled: usd, held: 0 },
          { settled: requests, held: 0 },
          { settled: tokens, held: 0 },
        ]);
      }
    }
  });

  it('writes one entry per admission and one per outcome, with what was asked and what came of it', async () => {
    const bench = await start();
    await bench.open('key', null);
    const admission = await bench.admitted('key', exactly(100, 10));
    await bench.settle(admission, 30, { tokens: 4, body: { status: 200 } });
    const rows = await bench.journal();
    expect(rows.map((row) => [row.kind, row.call_id, row.seq, row.held_nanos, row.settled_nanos])).toEqual([
      ['call.admitted', admission.callId, 1, 100, 0],
      ['call.settled', admission.callId, 2, -100, 30],
    ]);
    expect(rows.map((row) => JSON.parse(String(row.body)))).toEqual([
      { model: 'm-small', outputTokens: 0 },
      { status: 200 },
    ]);
  });
}

function oneOutcomeTests(start: (nowMs?: number) => Promise<Bench>): void {
  it('throws at a second outcome, and at one for a call that was never admitted', async () => {
    const bench = await start();
    await bench.open('key', null);
    const admission = await bench.admitted('key', exactly(10));
    const both = await Promise.allSettled([bench.settle(admission, 1), bench.settle(admission, 2)]);
    expect(both.map((result) => result.status)).toEqual(['fulfilled', 'rejected']);
    await expect(bench.settle(admission, 3)).rejects.toThrow('is not open');
    await expect(bench.settle({ ...admission, callId: 'call_none' }, 3)).rejects.toThrow('is not open');
    expect(await bench.usd('key')).toEqual([1, 0]);
  });

  it.each([
    [-1, 0],
    [0.5, 0],
    [Number.NaN, 0],
    [1e18, 0],
    [0, -1],
    [0, Number.NaN],
  ])('throws at an outcome of %d nanos and %d tokens and leaves the call open', async (nanos, tokens) => {
    const bench = await start();
    await bench.open('key', null);
    const admission = await bench.admitted('key', exactly(10));
    await expect(bench.settle(admission, nanos, { tokens })).rejects.toThrow('not amounts');
    await bench.settle(admission, 10);
    expect(await bench.usd('key')).toEqual([10, 0]);
  });

  it('posts more than was held in full and suspends the leaf at once', async () => {
    const bench = await start();
    await bench.open('key', null, { limits: [limit('usd', 100)] });
    await bench.open('grant', 'key');
    const admission = await bench.admitted('grant', exactly(50));
    const chain = await bench.chain('grant');
    expect(await bench.settle(admission, 120)).toEqual({ nanos: 120, overrun: true, remainingNanos: 0 });
    expect(await bench.usd('key')).toEqual([120, 0]);
    expect(await bench.ledger.link('grant')).toMatchObject({ status: 'suspended', version: 2 });
    expect(await bench.admit('grant', exactly(0), chain)).toMatchObject({ error: { reason: 'stale' } });
    expect(await bench.refused('grant', exactly(0))).toMatchObject({
      reason: 'not_live',
      status: 'suspended',
    });
    await bench.engine.restart();
    expect(await bench.ledger.link('grant')).toMatchObject({ status: 'suspended', version: 2 });
  });

  it('takes more tokens than were held for more than was held, and all that was held for no more', async () => {
    const bench = await start();
    await bench.open('key', null);
    const [exact, more] = [
      await bench.admitted('key', exactly(50, 10)),
      await bench.admitted('key', exactly(50, 10)),
    ];
    expect(await bench.settle(exact, 50, { tokens: 10 })).toMatchObject({ overrun: false });
    expect(await bench.settle(more, 1, { tokens: 11 })).toMatchObject({ nanos: 1, overrun: true });
    expect(await bench.ledger.link('key')).toMatchObject({ status: 'suspended' });
  });
}

function windowTests(start: (nowMs?: number) => Promise<Bench>): void {
  it.each(WINDOW_ENDS)(
    'opens a new %s at its end and counts nothing of the old one',
    async (per, lastMs, stillCounted) => {
      const bench = await start(lastMs);
      await bench.open('key', null, { limits: [limit('usd', 10, per)] });
      const late = await bench.admitted('key', exactly(4));
      await bench.settle(await bench.admitted('key', exactly(6)), 6);
      expect(await bench.refused('key', exactly(1))).toMatchObject({ per, windowEndsAtMs: lastMs + 1 });
      bench.clock.nowMs = lastMs + 1;
      expect(await bench.usd('key', per)).toEqual([0, 0]);
      await bench.admitted('key', exactly(10));
      await bench.settle(late, 3);
      expect(await bench.usd('key', per)).toEqual([0, 10]);
      for (const other of stillCounted) expect(await bench.usd('key', other)).toEqual([9, 10]);
    },
  );

  it('counts a call that runs over the end of its window only where it was admitted, also after a restart', async () => {
    const bench = await start(Date.UTC(2026, 10, 25, 10, 30, 59, 999));
    await bench.open('key', null, { limits: [limit('usd', 100, 'minute')] });
    const late = await bench.admitted('key', exactly(4));
    bench.clock.nowMs += 1;
    expect(await bench.settle(late, 4)).toMatchObject({ remainingNanos: 100 });
    await bench.settle(await bench.admitted('key', exactly(2)), 2);
    for (let round = 0; round < 2; round++) {
      expect([await bench.usd('key', 'minute'), await bench.usd('key', 'day')]).toEqual([
        [2, 0],
        [6, 0],
      ]);
      await bench.engine.restart();
    }
  });

  it('keeps its time when the clock jumps back: no window opens again, no expiry moves', async () => {
    const bench = await start(NOON);
    await bench.open('key', null, {
      limits: [limit('requests', 1, 'minute')],
      expiresAtMs: NOON + 7_200_000,
    });
    bench.clock.nowMs = NOON + 3_600_000;
    await bench.settle(await bench.admitted('key'), 1);
    bench.clock.nowMs = NOON;
    expect(await bench.refused('key')).toMatchObject({ reason: 'limit', settled: 1 });
    await bench.engine.restart();
    expect(await bench.refused('key')).toMatchObject({ reason: 'limit', settled: 1 });
    bench.clock.nowMs = NOON + 120_000;
    expect(await bench.refused('key')).toBeNull();
    const times = (await bench.journal()).map((row) => Number(row.at));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
}
