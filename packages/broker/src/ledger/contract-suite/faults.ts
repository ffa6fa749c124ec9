// The suite's part on failure: commits that fail or seem to, crashes, restarts. Nothing acknowledged is lost, nothing is admitted unrecorded.

import { expect, it, vi } from 'vitest';
import { verifyJournal } from '../../audit/verify-journal.ts';
import { type Bench, exactly, limit } from './harness.ts';

/** Recovery opens a database anew, which takes its time on a busy machine. */
const PATIENCE = { interval: 2, timeout: 15_000 };

const recovered = (bench: Bench) => vi.waitFor(() => expect(bench.ledger.healthy).toBe(true), PATIENCE);

/** Adds these tests to the running suite. */
export function faultTests(start: () => Promise<Bench>): void {
  failedCommitTests(start);
  crashTests(start);
}

function failedCommitTests(start: () => Promise<Bench>): void {
  it('undoes what a failed commit held, refuses until it can record again, and recovers by itself', async () => {
    const bench = await start();
    await bench.open('key', null, { limits: [limit('usd', 10)] });
    await bench.settle(await bench.admitted('key', exactly(3)), 3);
    const chain = await bench.chain('key');
    bench.engine.failCommits('lost');
    const both = await Promise.all([
      bench.admit('key', exactly(4), chain),
      bench.admit('key', exactly(100), chain),
    ]);
    expect(both).toMatchObject([{ error: { reason: 'unavailable' } }, { error: { reason: 'unavailable' } }]);
    expect(bench.ledger.healthy).toBe(false);
    expect(await bench.admit('key', exactly(1), chain)).toMatchObject({ error: { reason: 'unavailable' } });
    expect(await bench.update('key', { limits: [] })).toMatchObject({ error: { reason: 'unavailable' } });
    await expect(bench.ledger.record([{ ownerId: 'owner', kind: 'x.y', body: {} }])).rejects.toThrow();
    expect(await bench.usd('key')).toEqual([3, 0]);
    bench.engine.failCommits(null);
    await recovered(bench);
    expect(await bench.journal()).toHaveLength(2);
    expect(await bench.refused('key', exactly(7))).toBeNull();
  });

  it('keeps the outcome of a running call while it can not be written, and resolves it when it is', async () => {
    const bench = await start();
    await bench.open('key', null, { limits: [limit('usd', 10)] });
    const running = await bench.admitted('key', exactly(10));
    bench.engine.failCommits('lost');
    let resolved = false;
    const settled = bench.settle(running, 6).then((settlement) => {
      resolved = true;
      return settlement;
    });
    await vi.waitFor(() => expect(bench.ledger.healthy).toBe(false), PATIENCE);
    expect(resolved).toBe(false);
    expect(await bench.usd('key')).toEqual([0, 10]);
    await expect(bench.settle(running, 7)).rejects.toThrow('is not open');
    bench.engine.failCommits(null);
    expect(await settled).toEqual({ nanos: 6, overrun: false, remainingNanos: 4 });
    expect(await bench.usd('key')).toEqual([6, 0]);
  });

  it('gives back a hold whose commit was reported as failed and yet reached the disk', async () => {
    const bench = await start();
    await bench.open('key', null, { limits: [limit('usd', 10)] });
    const running = await bench.admitted('key', exactly(2));
    const chain = await bench.chain('key');
    bench.engine.failCommits('in_doubt');
    const refused = bench.admit('key', exactly(8), chain);
    const settled = bench.settle(running, 1);
    expect(await refused).toMatchObject({ error: { reason: 'unavailable' } });
    bench.engine.failCommits(null);
    expect(await settled).toMatchObject({ nanos: 1, overrun: false });
    await recovered(bench);
    expect(await bench.refused('key', exactly(9))).toBeNull();
    const rows = await bench.journal();
    expect(rows.map((row) => row.kind)).toEqual([
      'call.admitted',
      'call.admitted',
      'call.settled',
      'call.released',
      'call.admitted',
    ]);
    expect(JSON.parse(String(rows[3]?.body))).toEqual({ reason: 'commit_failed' });
  });
}

function crashTests(start: () => Promise<Bench>): void {
  it.each(['crash', 'restart'] as const)('comes to the same balances after a %s', async (end) => {
    const bench = await start();
    await bench.open('key', null, { limits: [limit('usd', 1000)] });
    await bench.open('a', 'key');
    await bench.open('b', 'key');
    for (let round = 0; round < 7; round++) {
      await bench.settle(await bench.admitted(round % 2 ? 'a' : 'b', exactly(10, 5)), round, {
        tokens: round,
      });
    }
    const before = await bench.ledger.balances(['key', 'a', 'b']);
    await bench.engine[end]();
    expect(await bench.ledger.balances(['key', 'a', 'b'])).toEqual(before);
    await bench.engine[end]();
    expect(await bench.ledger.balances(['b', 'key', 'a'])).toEqual([before[2], before[0], before[1]]);
  });

  it('posts calls that were open at a crash at their ceiling, once, however often it crashes', async () => {
    const bench = await start();
    await bench.open('key', null, { limits: [limit('usd', 100)] });
    await bench.open('grant', 'key');
    const early = await bench.admitted('grant', exactly(10, 3));
    for (let round = 0; round < 5; round++) await bench.settle(await bench.admitted('key', exactly(2)), 1);
    await bench.admitted('grant', exactly(20, 4));
    for (let round = 0; round < 3; round++) await bench.engine.crash();
    expect(await bench.usd('grant')).toEqual([30, 0]);
    expect(await bench.usd('key')).toEqual([35, 0]);
    expect((await bench.balance('grant')).openCalls).toBe(0);
    const ceilings = (await bench.journal()).filter((row) => row.kind === 'call.ceiling');
    expect(
      ceilings.map((row) => [row.settled_nanos, row.settled_tokens, JSON.parse(String(row.body))]),
    ).toEqual([
      [10, 3, { unconfirmed: true, reason: 'crash' }],
      [20, 4, { unconfirmed: true, reason: 'crash' }],
    ]);
    await expect(bench.settle(early, 1)).rejects.toThrow('is not open');
  });

  it('chains the entries of each owner without gaps, through failures and crashes', async () => {
    const bench = await start();
    await bench.open('key', null);
    await bench.open('other', null, { ownerId: 'other' });
    const admitAs = (ownerId: string, linkId: string) =>
      bench.ledger.admit(bench.request(linkId, exactly(1), [{ linkId, version: 1 }], ownerId));
    await Promise.all([admitAs('owner', 'key'), admitAs('other', 'other'), admitAs('owner', 'key')]);
    bench.engine.failCommits('lost');
    await admitAs('owner', 'key');
    bench.engine.failCommits(null);
    await recovered(bench);
    await admitAs('other', 'other');
    await bench.engine.crash();
    const rows = await bench.journal();
    const lengths = [
      ['owner', 4],
      ['other', 4],
    ] as const;
    for (const [owner, length] of lengths) {
      const chain = rows.filter((row) => row.owner_id === owner);
      expect(verifyJournal(owner, chain)).toMatchObject({ ok: true, value: { seq: length } });
    }
  });

  it('refuses everything after it was closed', async () => {
    const bench = await start();
    await bench.open('key', null);
    const running = await bench.admitted('key');
    const chain = await bench.chain('key');
    const { ledger } = bench;
    const last = bench.admit('key', exactly(1), chain);
    await ledger.close();
    expect(await last).toMatchObject({ ok: true });
    expect(await ledger.admit(bench.request('key', exactly(1), chain))).toMatchObject({
      error: { reason: 'unavailable' },
    });
    await expect(bench.settle(running, 1)).rejects.toThrow('closed');
  });
}
