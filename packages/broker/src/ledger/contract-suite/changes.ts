// The suite's part on changes: links, other rooms' rows and entries in one transaction, in order with admissions.

import { expect, it } from 'vitest';
import { type Bench, exactly, limit } from './harness.ts';

const nothing = { links: [], rows: [], entries: [] };

/** Adds these tests to the running suite. */
export function changeTests(start: () => Promise<Bench>): void {
  limitTests(start);
  versionTests(start);
  staleTests(start);
  transactionTests(start);
}

function limitTests(start: () => Promise<Bench>): void {
  it('raises, lowers and brings back a live limit without forgetting what was spent', async () => {
    const bench = await start();
    await bench.open('key', null, { limits: [limit('usd', 10)] });
    await bench.settle(await bench.admitted('key', exactly(8)), 8);
    expect(await bench.refused('key', exactly(3))).toMatchObject({ reason: 'limit', limit: 10, settled: 8 });
    await bench.update('key', { limits: [limit('usd', 11)] });
    await bench.settle(await bench.admitted('key', exactly(3)), 3);
    await bench.update('key', { limits: [limit('usd', 5)] });
    expect(await bench.refused('key', exactly(0))).toMatchObject({ reason: 'limit', limit: 5, settled: 11 });
    await bench.update('key', { limits: [] });
    await bench.settle(await bench.admitted('key', exactly(100)), 100);
    await bench.update('key', { limits: [limit('usd', 112, 'day')] });
    expect(await bench.refused('key', exactly(2))).toMatchObject({ settled: 111 });
    expect(await bench.admitted('key', exactly(1))).toMatchObject({ remainingNanos: 0 });
  });

  it.each(['suspended', 'revoked'] as const)(
    'admits nothing for a %s link or below it once the change has returned',
    async (status) => {
      const bench = await start();
      await bench.open('key', null);
      await bench.open('grant', 'key');
      await bench.open('child', 'grant');
      const before = await bench.chain('child');
      const running = await bench.admitted('child', exactly(5));
      const [, racing] = await Promise.all([
        bench.update('grant', { status }),
        bench.admit('child', exactly(1), before),
      ]);
      expect(racing).toEqual({ ok: false, error: { reason: 'stale' } });
      expect(await bench.refused('child')).toEqual({ reason: 'not_live', linkId: 'grant', status });
      expect(await bench.refused('key')).toBeNull();
      expect(await bench.settle(running, 5)).toMatchObject({ nanos: 5 });
    },
  );
}

function versionTests(start: () => Promise<Bench>): void {
  it('never brings a revoked link back to life', async () => {
    const bench = await start();
    await bench.open('key', null);
    await bench.update('key', { status: 'revoked' });
    expect(await bench.update('key', { status: 'active', limits: [limit('usd', 1)] })).toMatchObject({
      ok: true,
    });
    expect(await bench.ledger.link('key')).toMatchObject({
      status: 'revoked',
      version: 3,
      limits: [{ amount: 1 }],
    });
  });

  it('raises the version with every change, so that an older reading is stale', async () => {
    const bench = await start();
    await bench.open('key', null);
    await bench.open('grant', 'key');
    const before = await bench.chain('grant');
    await bench.update('key', { limits: [] });
    expect(await bench.admit('grant', exactly(1), before)).toEqual({ ok: false, error: { reason: 'stale' } });
    expect(await bench.chain('grant')).toEqual([
      { linkId: 'grant', version: 1 },
      { linkId: 'key', version: 2 },
    ]);
  });

  it('refuses a link that is there, a parent that is not, and an update of nothing, and then writes none of it', async () => {
    const bench = await start();
    await bench.open('key', null);
    const entries = [{ ownerId: 'owner', kind: 'grant.created', body: {} }];
    const open = (id: string, parentId: string | null) => ({
      kind: 'open' as const,
      link: {
        id,
        parentId,
        ownerId: 'owner',
        grantId: null,
        status: 'active' as const,
        expiresAtMs: null,
        access: null,
        limits: [],
        maxConcurrent: null,
      },
    });
    const cases = [
      { links: [open('new', 'key'), open('key', null)], error: { reason: 'duplicate_link', detail: 'key' } },
      { links: [open('new', 'nobody')], error: { reason: 'unknown_link', detail: 'nobody' } },
      {
        links: [open('new', 'key'), { kind: 'update' as const, linkId: 'nobody', set: {} }],
        error: { reason: 'unknown_link', detail: 'nobody' },
      },
    ];
    for (const { links, error } of cases) {
      expect(await bench.ledger.change({ links, rows: [], entries })).toEqual({ ok: false, error });
    }
    expect(await bench.ledger.link('new')).toBeNull();
    expect(await bench.journal()).toEqual([]);
  });
}

function staleTests(start: () => Promise<Bench>): void {
  it('refuses a change that was decided on a link as it no longer is, and writes nothing of it', async () => {
    const bench = await start();
    await bench.open('key', null);
    await bench.open('grant', 'key');
    const before = await bench.chain('grant');
    const entries = [{ ownerId: 'owner', kind: 'grant.delegated', grantId: 'child', body: {} }];
    const delegate = (id: string, expects: Awaited<ReturnType<Bench['chain']>>) => {
      const fields = { expiresAtMs: null, access: null, limits: [], maxConcurrent: null };
      const link = {
        id,
        ownerId: 'owner',
        parentId: 'grant',
        grantId: id,
        status: 'active' as const,
        ...fields,
      };
      return bench.ledger.change({ expects, links: [{ kind: 'open', link }], rows: [], entries });
    };
    const [first, , second] = await Promise.all([
      delegate('child', before),
      bench.update('key', { limits: [limit('usd', 1)] }),
      delegate('late', before),
    ]);
    expect([first, second]).toEqual([
      { ok: true, value: undefined },
      { ok: false, error: { reason: 'stale', detail: 'key' } },
    ]);
    expect(await bench.ledger.link('late')).toBeNull();
    expect(await delegate('late', await bench.chain('grant'))).toMatchObject({ ok: true });
    expect((await bench.journal()).filter(({ kind }) => kind === 'grant.delegated')).toHaveLength(2);
  });
}

function transactionTests(start: () => Promise<Bench>): void {
  it('opens a link and its child in one change', async () => {
    const bench = await start();
    await bench.open('key', null);
    const common = {
      ownerId: 'owner',
      status: 'active',
      expiresAtMs: null,
      access: null,
      limits: [],
      maxConcurrent: null,
    } as const;
    const result = await bench.ledger.change({
      ...nothing,
      links: [
        { kind: 'open', link: { ...common, id: 'a', parentId: 'key', grantId: 'a' } },
        { kind: 'open', link: { ...common, id: 'b', parentId: 'a', grantId: 'b' } },
      ],
    });
    expect(result).toEqual({ ok: true, value: undefined });
    await bench.admitted('b', exactly(2));
    expect(await bench.usd('key')).toEqual([0, 2]);
  });

  it('writes rows of other rooms, links and entries together or not at all, and goes on after a bad row', async () => {
    const bench = await start();
    await bench.open('key', null);
    const row = { sql: `insert into house (key, value) values ('a', '1')`, parameters: [] };
    const change = {
      links: [{ kind: 'update' as const, linkId: 'key', set: { status: 'revoked' as const } }],
      rows: [row],
      entries: [{ ownerId: 'owner', kind: 'key.removed', body: {} }],
    };
    await expect(bench.ledger.change({ ...change, rows: [row, row] })).rejects.toThrow(/unique/i);
    expect(bench.ledger.healthy).toBe(true);
    expect(await bench.refused('key')).toBeNull();
    expect(await bench.ledger.change(change)).toMatchObject({ ok: true });
    expect(await bench.engine.query(`select value from house where key = 'a'`)).toEqual([{ value: '1' }]);
    expect((await bench.journal()).map((entry) => entry.kind)).toEqual(['call.admitted', 'key.removed']);
  });

  it('records entries that move no money', async () => {
    const bench = await start();
    await bench.ledger.record([
      {
        ownerId: 'owner',
        kind: 'call.refused',
        grantId: 'g',
        callId: 'c',
        body: { code: 'budget_exhausted' },
      },
      { ownerId: 'other', kind: 'owner.signed_in', body: {} },
    ]);
    const rows = await bench.journal();
    expect(
      rows.map((row) => [row.owner_id, row.seq, row.kind, row.grant_id, row.call_id, row.link_id]),
    ).toEqual([
      ['owner', 1, 'call.refused', 'g', 'c', null],
      ['other', 1, 'owner.signed_in', null, null, null],
    ]);
  });
}
