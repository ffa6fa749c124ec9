// The suite's part on resets: what a limit has settled so far in its window stops counting against it, and against nothing else.

import { expect, it, vi } from 'vitest';
import type { Admission } from '../contract.ts';
import { type Bench, exactly, limit, NOON } from './harness.ts';

const DAY_MS = 86_400_000;

type Start = (nowMs?: number) => Promise<Bench>;

/** A grant below a key, each with a limit, that has spent `spent`. */
const spending = async (start: Start, spent: number, per: 'total' | 'day' = 'total'): Promise<Bench> => {
  const bench = await start();
  await bench.open('key', null, { limits: [limit('usd', 100)] });
  await bench.open('grant', 'key', { limits: [limit('usd', 10, per)] });
  await bench.settle(await bench.admitted('grant', exactly(spent)), spent);
  return bench;
};

const reset = async (bench: Bench, ...what: Parameters<Bench['reset']>): Promise<void> => {
  expect(await bench.reset(...what)).toEqual({ ok: true });
};

/** Adds these tests to the running suite. */
export function resetTests(start: Start): void {
  countingTests(start);
  tellingTests(start);
  bindingTests(start);
  correctionTests(start);
  durabilityTests(start);
}

function countingTests(start: Start): void {
  it('gives back the room that was spent, says so, and changes no balance', async () => {
    const bench = await spending(start, 8);
    await reset(bench, 'grant');
    expect([await bench.usd('grant'), await bench.usd('key')]).toEqual([
      [8, 0],
      [8, 0],
    ]);
    expect(await bench.refused('grant', exactly(11))).toMatchObject({
      reason: 'limit',
      limit: 10,
      settled: 0,
      held: 0,
      required: 11,
    });
    const call = await bench.admitted('grant', exactly(7));
    expect(call).toMatchObject({ remainingNanos: 3, reservedNanos: 7 });
    expect(await bench.settle(call, 6)).toMatchObject({ remainingNanos: 4 });
    expect(await bench.refused('grant', exactly(5))).toMatchObject({ settled: 6, held: 0 });
    expect(await bench.usd('grant')).toEqual([14, 0]);
  });

  it('fits the output cap to the room that it gives back', async () => {
    const bench = await spending(start, 8);
    const hold = { ...exactly(0), outputNanosPerMillion: 1e6, outputs: 1, maxOutputTokens: 50 };
    await reset(bench, 'grant');
    expect(await bench.admitted('grant', hold)).toMatchObject({ outputTokens: 10, holdNanos: 10 });
  });

  it('does not reset what is held: it counts when it is settled', async () => {
    const bench = await spending(start, 5);
    const running = await bench.admitted('grant', exactly(4));
    await reset(bench, 'grant');
    expect(await bench.refused('grant', exactly(7))).toMatchObject({ settled: 0, held: 4 });
    await bench.settle(running, 3);
    expect(await bench.refused('grant', exactly(8))).toMatchObject({ settled: 3, held: 0 });
    await bench.admitted('grant', exactly(7));
  });

  it('replaces the reset before it in the same window', async () => {
    const bench = await spending(start, 10);
    await reset(bench, 'grant');
    await bench.settle(await bench.admitted('grant', exactly(10)), 10);
    await reset(bench, 'grant');
    expect((await bench.ledger.link('grant'))?.resets).toMatchObject([{ amount: 20 }]);
    await bench.admitted('grant', exactly(10));
    expect(await bench.refused('grant')).toMatchObject({ settled: 0, held: 10 });
  });

  it('is forgotten by the next window, and resets that window alone', async () => {
    const bench = await spending(start, 10, 'day');
    await reset(bench, 'grant', 'usd', 'day');
    bench.clock.nowMs += DAY_MS;
    expect(await bench.refused('grant', exactly(11))).toMatchObject({ settled: 0 });
    await bench.settle(await bench.admitted('grant', exactly(9)), 9);
    expect(await bench.refused('grant', exactly(2))).toMatchObject({ settled: 9 });
    await reset(bench, 'grant', 'usd', 'day');
    expect((await bench.ledger.link('grant'))?.resets).toMatchObject([
      { unit: 'usd', per: 'day', windowStartMs: NOON + DAY_MS / 2, atMs: NOON + DAY_MS, amount: 9 },
    ]);
  });

  it.each(['requests', 'tokens'] as const)('works for %s', async (unit) => {
    const bench = await start();
    await bench.open('key', null, { limits: [limit(unit, 1, 'month')] });
    await bench.settle(await bench.admitted('key', exactly(0, 1)), 0, { tokens: 1 });
    expect(await bench.refused('key', exactly(0, 1))).toMatchObject({ reason: 'limit', unit });
    await reset(bench, 'key', unit, 'month');
    await bench.admitted('key', exactly(0, 1));
    expect(await bench.refused('key', exactly(0, 1))).toMatchObject({ unit, settled: 0, held: 1 });
  });
}

function tellingTests(start: Start): void {
  it('shows in what is used of each limit, told once for links and all above them', async () => {
    const bench = await start();
    const [usd, requests, daily] = [limit('usd', 100), limit('requests', 5), limit('usd', 10, 'day')];
    await bench.open('key', null, { limits: [usd, requests] });
    await bench.open('grant', 'key', { limits: [daily] });
    for (const child of ['a', 'b']) await bench.open(child, 'grant');
    await bench.settle(await bench.admitted('a', exactly(8)), 7);
    await bench.admitted('b', exactly(1));
    const used = async (...linkIds: string[]) => {
      const limits = await bench.ledger.usedLimits(linkIds);
      return limits.toSorted((one, other) => one.linkId.localeCompare(other.linkId));
    };
    const ofKey = [
      { linkId: 'key', grantId: null, limit: usd, settled: 7, resetAtMs: null },
      { linkId: 'key', grantId: null, limit: requests, settled: 1, resetAtMs: null },
    ];
    const ofGrant = { linkId: 'grant', grantId: 'grant', limit: daily, settled: 7, resetAtMs: null };
    expect(await used('a', 'b', 'nobody')).toEqual([ofGrant, ...ofKey]);
    await reset(bench, 'grant', 'usd', 'day');
    expect(await used('b')).toEqual([{ ...ofGrant, settled: 0, resetAtMs: NOON }, ...ofKey]);
    bench.clock.nowMs += DAY_MS;
    expect(await used('a')).toEqual([{ ...ofGrant, settled: 0 }, ...ofKey]);
    expect(await used('key')).toEqual(ofKey);
    expect(await used('nobody')).toEqual([]);
  });
}

function bindingTests(start: Start): void {
  it('resets that one limit: others of the link, and those above and below it, count everything', async () => {
    const bench = await start();
    await bench.open('key', null, { limits: [limit('usd', 18)] });
    await bench.open('grant', 'key', { limits: [limit('usd', 10), limit('usd', 11, 'day')] });
    await bench.open('child', 'grant', { limits: [limit('usd', 9)] });
    await bench.settle(await bench.admitted('child', exactly(8)), 8);
    const refusal = (linkId: string) => ({ reason: 'limit', linkId, settled: 8 });
    await reset(bench, 'child');
    expect(await bench.refused('child', exactly(9))).toMatchObject(refusal('grant'));
    await reset(bench, 'grant');
    expect(await bench.refused('child', exactly(4))).toMatchObject({ ...refusal('grant'), per: 'day' });
    await reset(bench, 'grant', 'usd', 'day');
    await bench.update('child', { limits: [] });
    expect(await bench.refused('child', exactly(11))).toMatchObject(refusal('key'));
    await bench.admitted('child', exactly(10));
  });

  it('is refused for a limit or a link that is not there, and then nothing is written', async () => {
    const bench = await spending(start, 8);
    const entries = (await bench.journal()).length;
    expect(await bench.reset('grant', 'usd', 'day')).toEqual({
      ok: false,
      error: { reason: 'unknown_limit', detail: 'grant has no limit of usd per day' },
    });
    expect(await bench.reset('nobody')).toEqual({
      ok: false,
      error: { reason: 'unknown_link', detail: 'nobody' },
    });
    expect(await bench.journal()).toHaveLength(entries);
    expect(await bench.ledger.link('grant')).toMatchObject({ version: 1, resets: [] });
  });

  it('stays with a limit that is raised or lowered, and goes with one that is taken away', async () => {
    const bench = await spending(start, 8);
    await reset(bench, 'grant');
    await bench.update('grant', { limits: [limit('usd', 3)] });
    expect(await bench.refused('grant', exactly(4))).toMatchObject({ limit: 3, settled: 0 });
    await bench.update('grant', { limits: [limit('usd', 12)] });
    await bench.settle(await bench.admitted('grant', exactly(12)), 2);
    await bench.update('grant', { limits: [] });
    await bench.update('grant', { limits: [limit('usd', 12)] });
    expect(await bench.refused('grant', exactly(3))).toMatchObject({ settled: 10 });
  });

  it('makes older readings stale, and is exact in a race with admissions and settlements', async () => {
    const bench = await spending(start, 0);
    const chain = await bench.chain('grant');
    const after = chain.map((reading, depth) => ({ ...reading, version: reading.version + 1 - depth }));
    const running = await Promise.all([bench.admitted('grant', exactly(3)), bench.admitted('grant')]);
    const admit = (reading: typeof chain) => bench.admit('grant', exactly(1), reading);
    const answers = await Promise.all([
      bench.settle(running[0], 3),
      ...Array.from({ length: 8 }, () => admit(chain)),
      reset(bench, 'grant'),
      admit(chain),
      bench.settle(running[1], 1),
      ...Array.from({ length: 8 }, () => admit(after)),
    ]);
    const admitted = answers.map((answer) => (answer && 'ok' in answer ? answer.ok : null));
    // 3 settled, 1 held and 6 more fit; then 3 are let go of, and as many fit again.
    expect(admitted.slice(1, 9).filter((ok) => ok)).toHaveLength(6);
    expect(answers[10]).toEqual({ ok: false, error: { reason: 'stale' } });
    expect(admitted.slice(12).filter((ok) => ok)).toHaveLength(3);
    expect(await bench.usd('grant')).toEqual([4, 9]);
    expect(await bench.refused('grant')).toMatchObject({ settled: 1, held: 9 });
  });
}

function correctionTests(start: Start): void {
  const atCeiling = async (bench: Bench, nanos: number): Promise<Admission> => {
    const call = await bench.admitted('grant', exactly(nanos));
    await bench.settle(call, 0, { kind: 'ceiling' });
    return call;
  };

  it('is not given twice what is corrected of a call that it has let go of', async () => {
    const bench = await spending(start, 0);
    const call = await atCeiling(bench, 8);
    bench.clock.nowMs += 1;
    await reset(bench, 'grant');
    bench.clock.nowMs += 1;
    await bench.settle(await bench.admitted('grant', exactly(4)), 4);
    await bench.correct(call, 'grant', -5, NOON);
    expect(await bench.usd('grant')).toEqual([7, 0]);
    for (let round = 0; round < 2; round += 1) {
      expect(await bench.refused('grant', exactly(7))).toMatchObject({ settled: 4 });
      await bench.engine.crash();
    }
    await bench.admitted('grant', exactly(6));
  });

  it('leaves to a limit what is corrected of a call after it', async () => {
    const bench = await spending(start, 6);
    await reset(bench, 'grant');
    bench.clock.nowMs += 1;
    const call = await atCeiling(bench, 8);
    const { version } = (await bench.ledger.link('grant'))!;
    await bench.correct(call, 'grant', -5, bench.clock.nowMs);
    expect(await bench.refused('grant', exactly(8))).toMatchObject({ settled: 3 });
    expect(await bench.ledger.link('grant')).toMatchObject({ version, resets: [{ amount: 6 }] });
  });
}

function durabilityTests(start: Start): void {
  it('writes one entry with the amount that it decided, after those of the change', async () => {
    const bench = await spending(start, 8, 'day');
    const entries = [{ ownerId: 'owner', kind: 'noted', body: {} }];
    const links = [{ kind: 'reset', linkId: 'grant', unit: 'usd', per: 'day' } as const];
    await bench.ledger.change({ links, rows: [], entries });
    const [noted, written] = (await bench.journal()).slice(-2);
    expect(noted?.kind).toBe('noted');
    expect(written).toMatchObject({ kind: 'grant.limit_reset', grant_id: 'grant', link_id: null });
    expect(JSON.parse(String(written?.body))).toEqual({
      link_id: 'grant',
      unit: 'usd',
      per: 'day',
      window_start: NOON - DAY_MS / 2,
      amount: 8,
    });
  });

  it.each(['crash', 'restart'] as const)('holds after a %s', async (end) => {
    const bench = await spending(start, 8);
    await reset(bench, 'grant');
    await bench.engine[end]();
    expect(await bench.refused('grant', exactly(11))).toMatchObject({ settled: 0 });
    await bench.settle(await bench.admitted('grant', exactly(10)), 10);
    await bench.engine[end]();
    expect(await bench.refused('grant')).toMatchObject({ settled: 10 });
    expect(await bench.ledger.link('grant')).toMatchObject({ version: 2, resets: [{ amount: 8 }] });
  });

  it.each(['lost', 'in_doubt'] as const)(
    'is wholly there or not at all after a commit that is %s',
    async (how) => {
      const bench = await spending(start, 8);
      bench.engine.failCommits(how);
      expect(await bench.reset('grant')).toMatchObject({ ok: false, error: { reason: 'unavailable' } });
      bench.engine.failCommits(null);
      await vi.waitFor(() => expect(bench.ledger.healthy).toBe(true), { interval: 2, timeout: 15_000 });
      const written = (await bench.journal()).filter(({ kind }) => kind === 'grant.limit_reset').length;
      if (how === 'lost') expect(written).toBe(0);
      expect(await bench.refused('grant', exactly(11))).toMatchObject({ settled: written === 0 ? 8 : 0 });
    },
  );
}
