// Measures the embedded ledger alone, in process: admission and settlement of calls with every promise on (fsync per batch, hash chain),
// 64 at a time. `node bench/ledger.ts [calls] [grants] [at a time]`; compare only runs of the same machine.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemAmbient } from '../packages/broker/src/clock.ts';
import { openEmbeddedLedger } from '../packages/broker/src/ledger/embedded/embedded-ledger.ts';
import { openStore } from '../packages/broker/src/store/open-store.ts';
import { buildHistory } from './ledger-history.ts';
import { runLoad } from './ledger-load.ts';

const calls = Number(process.argv[2] ?? 100_000);
const grants = Number(process.argv[3] ?? 100);
const concurrency = Number(process.argv[4] ?? 64);

const dataDir = mkdtempSync(join(tmpdir(), 'valetkey-bench-'));
try {
  await buildHistory(dataDir, { grants, entries: 0 });
  const store = await openStore({ dataDir, ambient: systemAmbient });
  const ledger = await openEmbeddedLedger({ store, ambient: systemAmbient });
  const cost = await runLoad(ledger, { calls, grants, concurrency, prefix: '' });
  console.log(
    `${calls} calls, ${grants} grants, ${concurrency} at a time: ${Math.round(cost.pairsPerSecond)} admit+settle pairs/s, ` +
      `${cost.mainMicros.toFixed(1)} us main thread and ${cost.allMicros.toFixed(1)} us in all per pair`,
  );
  await ledger.close();
  await store.close();
} finally {
  rmSync(dataDir, { recursive: true });
}
