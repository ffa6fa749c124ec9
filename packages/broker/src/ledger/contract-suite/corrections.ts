// The suite's part on corrections: they lower what was posted at its ceiling, once, where the call's window is still open.

import { expect, it } from 'vitest';
import type { Admission } from '../contract.ts';
import { type Bench, exactly, limit, NOON } from './harness.ts';

const DAY_MS = 86_400_000;

const correct = (bench: Bench, call: Admission, nanos: number, tokens = 0) =>
  bench.correct(call, 'grant', nanos, call.admittedAtMs, tokens);

const atCeiling = async (bench: Bench, nanos: number): Promise<Admission> => {
  const admission = await bench.admitted('grant', exactly(nanos, 10));
  await bench.settle(admission, 0, { kind: 'ceiling' });
  return admission;
};

type Start = (nowMs?: number) => Promise<Bench>;

const open = async (start: Start, nowMs = NOON): Promise<Bench> => {
  const bench = await start(nowMs);
  await bench.open('key', null, { limits: [limit('usd', 100)] });
  await bench.open('grant', 'key');
  return bench;
};

/** Adds these tests to the running suite. */
export function correctionTests(start: Start): void {
  postingTests(start);
  refusalTests(start);
}

function postingTests(start: Start): void {
  it('gives back what the ceiling was too much, on every link, in an entry of its own, for good', async () => {
    const bench = await open(start);
    const call = await atCeiling(bench, 80);
    expect(await bench.refused('grant', exactly(60))).toMatchObject({ reason: 'limit', settled: 80 });
    const before = await bench.journal();
    expect(await correct(bench, call, -50, -4)).toEqual({ ok: true });
    const expectCorrected = async () => {
      for (const id of ['key', 'grant']) {
        const { windows, openCalls } = await bench.balance(id);
        expect([windows.usd.total, windows.usd.minute, openCalls]).toEqual([
          { settled: 30, held: 0 },
          { settled: 30, held: 0 },
          0,
        ]);
        expect([windows.requests.day, windows.tokens.day]).toEqual([
          { settled: 1, held: 0 },
          { settled: 6, held: 0 },
        ]);
      }
    };
    await expectCorrected();
    const after = await bench.journal();
    expect(after.slice(0, -1)).toEqual(before);
    expect(after.at(-1)).toMatchObject({
      kind: 'call.corrected',
      call_id: call.callId,
      link_id: 'grant',
      settled_nanos: -50,
      held_nanos: 0,
    });
    await bench.engine.crash();
    await expectCorrected();
    await bench.engine.restart();
    await expectCorrected();
    await bench.admitted('grant', exactly(70));
  });

  it('moves nothing in windows that opened after the admission', async () => {
    const bench = await open(start, Date.UTC(2026, 10, 25, 12));
    const call = await atCeiling(bench, 80);
    bench.clock.nowMs += DAY_MS;
    await bench.settle(await bench.admitted('grant', exactly(5)), 5);
    await correct(bench, call, -80);
    for (let round = 0; round < 2; round += 1) {
      expect([await bench.usd('key', 'day'), await bench.usd('key', 'week')]).toEqual([
        [5, 0],
        [5, 0],
      ]);
      await bench.engine.crash();
    }
  });
}

function refusalTests(start: Start): void {
  it('happens once: a second one is refused and leaves every balance as it was', async () => {
    const bench = await open(start);
    const call = await atCeiling(bench, 80);
    const both = await Promise.allSettled([correct(bench, call, -50), correct(bench, call, -20)]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(correct(bench, call, -1)).rejects.toThrow();
    expect(bench.ledger.healthy).toBe(true);
    expect([await bench.usd('key'), await bench.usd('grant')]).toEqual([
      [30, 0],
      [30, 0],
    ]);
    const running = await bench.admitted('grant', exactly(70));
    await bench.settle(running, 70);
    await bench.engine.restart();
    expect(await bench.usd('key')).toEqual([100, 0]);
  });

  it('never charges more', async () => {
    const bench = await open(start);
    const call = await atCeiling(bench, 10);
    await expect(correct(bench, call, 1)).rejects.toThrow('never charges more');
    expect(await bench.usd('key')).toEqual([10, 0]);
  });
}
