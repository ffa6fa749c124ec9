// F5, A77: on a full disk nothing is admitted, the calls that are running are settled in the room kept for them, and everything goes on by
// itself when there is space again.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openStore, type SqliteStore } from '../../store/open-store.ts';
import type { Headroom } from '../../store/sqlite/headroom.ts';
import { StoreError } from '../../store/sqlite/writer.ts';
import type { Admission, Ledger } from '../contract.ts';
import { Bench, exactly, NOON } from '../contract-suite/harness.ts';
import { openEmbeddedLedger } from './embedded-ledger.ts';
import { verifyFile } from './verify-file.ts';

const clock = { nowMs: NOON };
const ambient = { now: () => clock.nowMs };
const FULL = 13;

/** One bench for every start, so that call ids do not come again. */
let opened: Ledger;
const bench = new Bench(
  {
    get ledger() {
      return opened;
    },
  } as unknown as Bench['engine'],
  clock,
);
const use = async (ledger: Ledger): Promise<void> => {
  opened = ledger;
  if (!(await ledger.link('key'))) await bench.open('key', null);
};

describe('a ledger whose disk is full', () => {
  it('settles what is running when the head-room is given up, admits again when it is back', async () => {
    const store = await openStore({ dataDir: ':memory:', ambient });
    let [isFull, hasSpace, isHeld] = [false, true, true];
    const headroom: Headroom = {
      get isHeld() {
        return isHeld;
      },
      release: () => {
        isHeld = false;
      },
      restore: () => {
        isHeld = hasSpace;
        return isHeld;
      },
    };
    const append: SqliteStore['writer']['append'] = async (batch) => {
      if (isFull && isHeld) throw new StoreError('database or disk is full', FULL);
      return store.writer.append(batch);
    };
    const writer = { append, restart: () => store.writer.restart() };
    const ledger = await openEmbeddedLedger({
      store: { reader: store.reader, writer, headroom },
      ambient,
      retryMs: 1,
    });
    await use(ledger);
    const running = [await bench.admitted('key', exactly(10)), await bench.admitted('key', exactly(10))];
    [isFull, hasSpace] = [true, false];
    expect(await bench.refused('key')).toMatchObject({ reason: 'unavailable' });
    expect(ledger.healthy).toBe(false);
    for (const call of running) await bench.settle(call, 7);
    expect([isHeld, ledger.healthy]).toEqual([false, false]);
    expect(await bench.refused('key')).toEqual({ reason: 'unavailable', detail: 'the disk is full' });
    expect(await bench.usd('key')).toEqual([14, 0]);
    [isFull, hasSpace] = [false, true];
    await vi.waitFor(() => expect(ledger.healthy).toBe(true), { timeout: 20_000 });
    expect(await bench.refused('key')).toBeNull();
    await ledger.close();
    await store.close();
  });
});

/** A small file system that can be filled without harm, where the machine lets us mount one. */
const smallDisk = (): string | null => {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-disk-'));
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    process.stderr.write('No file system can be mounted here: the tests on a really full disk cannot run.\n');
    return null;
  }
};

describe.each([smallDisk()].filter((disk) => disk !== null))('on a real disk (%s)', (disk) => {
  const ballast = join(disk, 'ballast');
  const fill = (): void => {
    const piece = Buffer.alloc(4096, 1);
    try {
      for (;;) writeFileSync(ballast, piece, { flag: 'a' });
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  };
  const open = async () => {
    const store = await openStore({ dataDir: join(disk, 'data'), ambient });
    const ledger = await openEmbeddedLedger({ store, ambient, retryMs: 5 });
    await use(ledger);
    store.headroom?.restore();
    return { store, ledger };
  };
  const reserve = join(disk, 'data', 'valetkey.reserve');
  /** Until the first commit that does not fit; there is some room left in the log. */
  const admitUntilFull = async (): Promise<Admission[]> => {
    const admitted: Admission[] = [];
    for (;;) {
      const result = await bench.admit('key', exactly(10));
      if (!result.ok) return admitted;
      admitted.push(result.value);
    }
  };

  beforeAll(() => expect(existsSync(reserve)).toBe(false));
  afterAll(() => {
    execFileSync('/bin/umount', ['-l', disk]);
    rmSync(disk, { recursive: true });
  });

  it('every running call is settled for good while the disk is full, and the next one waits for space', async () => {
    const { store, ledger } = await open();
    expect(existsSync(reserve)).toBe(true);
    const running: Admission[] = [];
    for (let call = 0; call < 300; call += 1) running.push(await bench.admitted('key', exactly(10)));
    fill();
    running.push(...(await admitUntilFull()));
    // One by one: each outcome is a commit of its own, the dearest way.
    for (const call of running) await bench.settle(call, 7, { body: { padding: 'x'.repeat(500) } });
    expect([existsSync(reserve), ledger.healthy]).toEqual([false, false]);
    expect(await bench.usd('key')).toEqual([7 * running.length, 0]);
    expect(verifyFile(join(disk, 'data'))).toMatchObject({ calls: running.length, openCalls: 0, faults: [] });
    rmSync(ballast);
    await vi.waitFor(() => expect(ledger.healthy).toBe(true), 20_000);
    expect(existsSync(reserve)).toBe(true);
    await bench.settle(await bench.admitted('key', exactly(10)), 7);
    await ledger.close();
    await store.close();
  });

  it('a start on a full disk closes what a crash left open, in the head-room, and serves when there is space', async () => {
    const crashed = await open();
    const before = await bench.usd('key');
    await bench.admitted('key', exactly(10));
    fill();
    await crashed.store.close();
    const { store, ledger } = await open();
    expect(ledger.healthy).toBe(false);
    expect(await bench.usd('key')).toEqual([before[0] + 10, 0]);
    rmSync(ballast);
    await vi.waitFor(() => expect(ledger.healthy).toBe(true), 20_000);
    await bench.settle(await bench.admitted('key', exactly(10)), 7);
    await ledger.close();
    await store.close();
    expect(verifyFile(join(disk, 'data')).faults).toEqual([]);
  });
});
