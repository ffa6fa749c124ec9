// The contract suite on the embedded engine, and what only this engine promises.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { verifyJournal } from '../../audit/verify-journal.ts';
import { systemAmbient } from '../../clock.ts';
import { openStore, type SqliteStore } from '../../store/open-store.ts';
import { StoreError } from '../../store/sqlite/writer.ts';
import { Bench, type Engine, exactly } from '../contract-suite/harness.ts';
import { describeLedger } from '../contract-suite.ts';
import { type EmbeddedLedgerOptions, openEmbeddedLedger } from './embedded-ledger.ts';
import { MarkFolder } from './forward-marks.ts';

type Failure = 'lost' | 'in_doubt' | null;

/** The store's writer, except that its commits fail on demand. */
const failingWriter = (
  store: SqliteStore,
  failure: () => Failure,
): EmbeddedLedgerOptions['store']['writer'] => ({
  append: async (batch) => {
    if (failure() === 'lost') throw new StoreError('disk I/O error', 10);
    const id = await store.writer.append(batch);
    if (failure() === 'in_doubt') throw new StoreError('disk I/O error', 10);
    return id;
  },
  restart: () => store.writer.restart(),
});

interface EmbeddedEngine extends Engine {
  readonly store: SqliteStore;
}

/** Checkpoints and evictions come after a few entries, so that every test meets them. */
const OFTEN = { checkpointEntries: 4, residentLinks: 1, retryMs: 1 };

async function openEngine(
  clock: { nowMs: number },
  extra: Pick<EmbeddedLedgerOptions, 'queueLength' | 'closedAtStart'> = {},
): Promise<EmbeddedEngine> {
  const dataDir = mkdtempSync(join(tmpdir(), 'valetkey-ledger-'));
  const ambient = { now: () => clock.nowMs };
  let failure: Failure = null;
  const open = async () => {
    const store = await openStore({ dataDir, ambient });
    const writer = failingWriter(store, () => failure);
    const ledger = await openEmbeddedLedger({
      store: { reader: store.reader, writer },
      ambient,
      marks: new MarkFolder(systemAmbient, dataDir),
      ...OFTEN,
      ...extra,
    });
    return { store, ledger };
  };
  let opened = await open();
  const close = async () => {
    await opened.ledger.close();
    await opened.store.close();
  };
  return {
    get ledger() {
      return opened.ledger;
    },
    get store() {
      return opened.store;
    },
    failCommits: (how) => {
      failure = how;
    },
    crash: async () => {
      await opened.store.close();
      opened = await open();
    },
    restart: async () => {
      await close();
      opened = await open();
    },
    query: async (sql, ...parameters) => opened.store.reader.run({ sql, parameters }).rows as never,
    removal: () => ({ db: opened.store.db, checkpoint: () => opened.ledger.checkpoint() }),
    end: async () => {
      failure = null;
      await close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

describeLedger('SQLite', (clock) => openEngine(clock));

const CRASHING = fileURLToPath(new URL('./crashing-process.ts', import.meta.url));

/** Lets a process work on the ledger until it kills itself. Returns what it had been told is durable. */
function crashAfter(acknowledgements: number, dataDir: string, run: number): readonly string[] {
  const words = [CRASHING, dataDir, `${acknowledgements}`, `${run}`];
  const crashed = spawnSync(process.execPath, words, { encoding: 'utf8' });
  expect([crashed.signal, crashed.stderr]).toEqual(['SIGKILL', '']);
  return crashed.stdout.trimEnd().split('\n');
}

describe('the embedded ledger', () => {
  it('loses nothing that it acknowledged when its process is killed', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'valetkey-crash-'));
    const ambient = { now: () => Date.now() };
    let ceilings = 0;
    for (const [run, acknowledgements] of [37, 150, 263].entries()) {
      const acknowledged = crashAfter(acknowledgements, dataDir, run);
      expect(acknowledged).toHaveLength(acknowledgements);
      const store = await openStore({ dataDir, ambient });
      const found = await store.db.selectFrom('journal').select(['kind', 'call_id']).execute();
      const written = new Set(found.map((row) => `${row.kind} ${row.call_id}`));
      expect(acknowledged.filter((line) => !written.has(line))).toEqual([]);

      const ledger = await openEmbeddedLedger({ store, ambient });
      const rows = await store.db.selectFrom('journal').selectAll().orderBy('seq').execute();
      const ofRun = rows.filter((row) => row.link_id === `key-${run}`);
      const settled = ofRun.filter((row) => row.kind === 'call.settled').length;
      const ceiling = ofRun.filter((row) => row.kind === 'call.ceiling').length;
      const [balance] = await ledger.balances([`key-${run}`]);
      expect(balance?.openCalls).toBe(0);
      expect(balance?.windows.usd.total).toEqual({ settled: 7 * settled + 10 * ceiling, held: 0 });
      expect(verifyJournal('owner', rows)).toMatchObject({ ok: true, value: { seq: rows.length } });
      ceilings += ceiling;
      await store.close();
    }
    expect(ceilings).toBeGreaterThan(0);
    rmSync(dataDir, { recursive: true });
  });

  it('stops at a full disk and goes on when there is room again', async () => {
    const clock = { nowMs: 0 };
    const engine = await openEngine(clock);
    const { ledger, store } = engine;
    const bench = new Bench(engine, clock);
    await bench.open('key', null);
    const running = await bench.admitted('key', exactly(5));
    const [pages] = await engine.query('pragma page_count');
    await store.writer.run({ sql: `pragma max_page_count = ${pages?.page_count}`, parameters: [] });
    const entries = [{ ownerId: 'owner', kind: 'test.filled', body: { text: 'x'.repeat(100_000) } }];
    await expect(ledger.record(entries)).rejects.toThrow('full');
    expect(ledger.healthy).toBe(false);
    // The next attempt opens the file anew, and with it the default limit: as if space had been made.
    expect(await bench.settle(running, 5)).toMatchObject({ nanos: 5 });
    expect(ledger.healthy).toBe(true);
    await engine.end();
  });

  it('refuses more when too many wait to be recorded, and settles all the same', async () => {
    const clock = { nowMs: 0 };
    const engine = await openEngine(clock, { queueLength: 2 });
    const bench = new Bench(engine, clock);
    await bench.open('key', null);
    const chain = await bench.chain('key');
    const running = await bench.admitted('key');
    const waiting = [1, 2, 3].map(() => bench.admit('key', exactly(1), chain));
    const settled = bench.settle(running, 1);
    expect((await Promise.all(waiting)).map((result) => result.ok)).toEqual([true, true, false]);
    expect(await settled).toMatchObject({ nanos: 1 });
    await engine.end();
  });

  it('tells of a link that is being changed only when the change is durable', async () => {
    const clock = { nowMs: 0 };
    const engine = await openEngine(clock);
    const bench = new Bench(engine, clock);
    await bench.open('key', null);
    await nextTurn();
    const told: string[] = [];
    const changed = bench.update('key', { status: 'revoked' }).then(() => told.push('changed'));
    // The ledger was idle: one turn later the change is on its way.
    await nextTurn();
    const link = engine.ledger.link('key').then((found) => told.push(`version ${found?.version}`));
    await Promise.all([changed, link]);
    expect(told).toEqual(['changed', 'version 2']);
    await engine.end();
  });

  it('serves after a crash with very many open calls, which hold what they held until each is posted at its ceiling', async () => {
    const clock = { nowMs: 0 };
    const engine = await openEngine(clock, { closedAtStart: 100 });
    const bench = new Bench(engine, clock);
    await bench.open('key', null);
    const chain = await bench.chain('key');
    const calls = 700;
    const admitted = Array.from({ length: calls }, () => bench.admit('key', exactly(5), chain));
    expect((await Promise.all(admitted)).every((result) => result.ok)).toBe(true);
    await engine.crash();
    const standing = async () => (await engine.ledger.balances(['key']))[0]!;
    const { openCalls, windows } = await standing();
    expect(openCalls).toBeGreaterThan(0);
    expect(windows.usd.total.settled + windows.usd.total.held).toBe(calls * 5);
    const running = await bench.admitted('key', exactly(7));
    await bench.settle(running, 1);
    while ((await standing()).openCalls > 0) await nextTurn();
    expect((await standing()).windows.usd.total).toEqual({ settled: calls * 5 + 1, held: 0 });
    await engine.restart();
    expect((await standing()).windows.usd.total).toEqual({ settled: calls * 5 + 1, held: 0 });
    await engine.end();
  });

  it('saves a balance when it has been ahead of its checkpoint for long enough, whichever links are busy', async () => {
    const clock = { nowMs: 0 };
    const engine = await openEngine(clock);
    const bench = new Bench(engine, clock);
    await bench.open('key', null);
    for (const leaf of ['quiet', 'busy']) await bench.open(leaf, 'key');
    await bench.settle(await bench.admitted('quiet', exactly(5)), 3);
    for (let call = 0; call < 10; call++) await bench.settle(await bench.admitted('busy', exactly(5)), 3);
    const saved = await engine.query('select link_id from checkpoints order by link_id');
    expect(saved.map((row) => row.link_id)).toEqual(['busy', 'key', 'quiet']);
    const [mark] = await engine.query(`select value from house where key = 'ledger.checkpoint'`);
    // 22 entries, of which a start reads the last few again: four that a balance may be ahead, and those of the batch that saved it.
    expect(JSON.parse(String(mark?.value)).journalId).toBeGreaterThan(14);
    await engine.crash();
    const [quiet, key] = await engine.ledger.balances(['quiet', 'key']);
    expect([quiet?.windows.usd.total.settled, key?.windows.usd.total.settled]).toEqual([3, 33]);
    await engine.end();
  });

  it('refuses to open a journal that contradicts itself', async () => {
    const engine = await openEngine({ nowMs: 0 });
    const bench = new Bench(engine, { nowMs: 0 });
    await bench.open('key', null);
    await bench.settle(await bench.admitted('key'), 1);
    const { store } = engine;
    await store.db.deleteFrom('journal').where('kind', '=', 'call.admitted').execute();
    await expect(openEmbeddedLedger({ store, ambient: { now: () => 0 } })).rejects.toThrow(
      'that is not open',
    );
    await engine.end();
  });
});
