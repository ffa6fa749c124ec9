// F20: a crash has left very many calls open. The start stays within its stated bound, serves before all of them are closed, and gives
// none of their money back. OPEN_CALLS sets how many.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exactly } from '../../src/ledger/contract-suite/harness.ts';
import { openEmbeddedLedger } from '../../src/ledger/embedded/embedded-ledger.ts';
import { openRoot } from '../../src/ledger/root-link.ts';
import { openStore } from '../../src/store/open-store.ts';
import { report } from './report.ts';

const OPEN_CALLS = Number(process.env.OPEN_CALLS ?? 100_000);
/** What may wait to be recorded at the same time is 20,000. */
const AT_ONCE = 10_000;
const CLOSED_AT_START = 10_000;
const HOLD = 5;

/**
 * `docs/operating/growth.md`: 7 us for each journal entry that is read again, at most 82,000 and as many as calls are open, and 20 us for
 * each of the first 10,000 calls. Machines differ, and this one has other things to do: twice that.
 */
const BOUND_CPU_MS = 2 * ((82_000 + OPEN_CALLS) * 0.007 + CLOSED_AT_START * 0.02);

const ambient = { now: () => Date.now() };
const open = async (dataDir: string) => {
  const store = await openStore({ dataDir, ambient });
  const before = process.threadCpuUsage();
  const ledger = await openEmbeddedLedger({ store, ambient });
  const { user, system } = process.threadCpuUsage(before);
  const close = async () => {
    await ledger.close();
    await store.close();
  };
  return { ledger, close, cpuMs: (user + system) / 1000 };
};

const KEY = openRoot('key', 'owner');

const request = (callId: string) => ({
  callId,
  ownerId: 'owner',
  grantId: 'grant',
  chain: [{ linkId: 'key', version: 1 }],
  hold: exactly(HOLD),
  intent: {},
});

it(`after a crash with ${OPEN_CALLS} open calls it serves within its bound, and gives nothing back`, async () => {
  const [living, dead] = ['living', 'dead'].map((name) => mkdtempSync(join(tmpdir(), `valetkey-${name}-`)));
  const before = await open(living!);
  await before.ledger.change({ links: [KEY], rows: [], entries: [] });
  for (let first = 0; first < OPEN_CALLS; first += AT_ONCE) {
    const calls = Array.from({ length: AT_ONCE }, (_, index) =>
      before.ledger.admit(request(`call_${first + index}`)),
    );
    for (const admitted of await Promise.all(calls)) expect(admitted.ok).toBe(true);
  }
  // What a killed process leaves behind.
  for (const suffix of ['', '-wal'])
    cpSync(join(living!, `valetkey.sqlite${suffix}`), join(dead!, `valetkey.sqlite${suffix}`));

  const { ledger, close, cpuMs } = await open(dead!);
  const standing = async () => (await ledger.balances(['key']))[0]!;
  const ready = await standing();
  expect(ready.openCalls).toBe(OPEN_CALLS - CLOSED_AT_START);
  expect(ready.windows.usd.total).toEqual({ settled: CLOSED_AT_START * HOLD, held: ready.openCalls * HOLD });
  expect(cpuMs).toBeLessThan(BOUND_CPU_MS);

  const startedAt = performance.now();
  expect((await ledger.admit(request('call_new'))).ok).toBe(true);
  const waitedMs = performance.now() - startedAt;
  await ledger.settle({
    callId: 'call_new',
    kind: 'settled',
    forwarded: true,
    nanos: 1,
    tokens: 0,
    body: {},
  });
  const { openCalls, windows } = await standing();
  expect(openCalls).toBeGreaterThan(0);
  expect(windows.usd.total.settled + windows.usd.total.held).toBe(OPEN_CALLS * HOLD + 1);
  report(
    'OPEN_CALLS',
    `start: ${OPEN_CALLS} open calls, ready after ${Math.round(cpuMs)} ms of CPU (bound ${Math.round(BOUND_CPU_MS)}), first call admitted after ${Math.round(waitedMs)} ms`,
  );
  await close();
  await before.close();
  for (const folder of [living!, dead!]) rmSync(folder, { recursive: true });
}, 300_000);
