// Measures what the embedded ledger costs as it grows: by grants in use, by journal entries, and by calls that a crash left open. Every case
// has a folder and a process of its own. `node bench/growth.ts --help` says the scales; compare only cases of one run.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { systemAmbient } from '../packages/broker/src/clock.ts';
import { openEmbeddedLedger } from '../packages/broker/src/ledger/embedded/embedded-ledger.ts';
import { openStore } from '../packages/broker/src/store/open-store.ts';
import { buildHistory } from './ledger-history.ts';
import { type LoadCost, runLoad } from './ledger-load.ts';

const USAGE = `node bench/growth.ts [--grants 1,10000,1000000] [--entries 10000000] [--open 100000] [--calls 100000] [--dir /tmp]
  --grants   one case for each number of grants, all of them in use
  --entries  one case with this many journal entries, over 10,000 grants; 0 leaves it out
  --open     one case with this many calls left open by a crash, over 10,000 grants; 0 leaves it out
  --calls    calls in each case`;

interface Case {
  readonly name: string;
  readonly grants: number;
  readonly entries: number;
  readonly open: number;
}

interface Measured extends LoadCost {
  readonly storeMs: number;
  readonly ledgerMs: number;
  /** From the start until no crashed call is open any more, while the load runs. */
  readonly closedMs: number | null;
  readonly residentMegabytes: number;
}

const options = parseArgs({
  options: {
    grants: { type: 'string', default: '1,10000,1000000' },
    entries: { type: 'string', default: '10000000' },
    open: { type: 'string', default: '100000' },
    calls: { type: 'string', default: '100000' },
    dir: { type: 'string', default: tmpdir() },
    measure: { type: 'string' },
    help: { type: 'boolean' },
  },
}).values;
const calls = Number(options.calls);

if (options.help) console.log(USAGE);
else if (options.measure) console.log(JSON.stringify(await measure(options.measure, Number(options.grants))));
else await runCases();

async function runCases(): Promise<void> {
  const cases: Case[] = options.grants.split(',').map((grants) => ({
    name: `${count(Number(grants))} grants`,
    grants: Number(grants),
    entries: 0,
    open: 0,
  }));
  const [entries, open] = [Number(options.entries), Number(options.open)];
  if (entries > 0) cases.push({ name: `${count(entries)} entries`, grants: 10_000, entries, open: 0 });
  if (open > 0) cases.push({ name: `${count(open)} open calls`, grants: 10_000, entries: 0, open });
  console.log(`${calls} calls each, 64 at a time, fsync per batch. Node ${process.version}.`);
  const titles = [
    'case',
    'file MB',
    'store open ms',
    'ledger ready ms',
    'all closed ms',
    'pairs/s',
    'us main',
    'us all',
    'RSS MB',
  ];
  console.log(`| ${titles.join(' | ')} |\n|---${'|--:'.repeat(titles.length - 1)}|`);
  for (const each of cases) await runCase(each);
}

async function runCase({ name, grants, entries, open }: Case): Promise<void> {
  const dataDir = mkdtempSync(join(options.dir, 'valetkey-growth-'));
  try {
    await buildHistory(dataDir, { grants, entries });
    if (open > 0) await leaveOpen(dataDir, grants, open);
    const megabytes = statSync(join(dataDir, 'valetkey.sqlite')).size / 1e6;
    const words = [
      fileURLToPath(import.meta.url),
      '--measure',
      dataDir,
      '--grants',
      `${grants}`,
      '--calls',
      `${calls}`,
    ];
    const child = spawnSync(process.execPath, words, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { storeMs, ledgerMs, closedMs, ...cost } = JSON.parse(child.stdout) as Measured;
    const cells = [
      ...[megabytes, storeMs, ledgerMs, closedMs, cost.pairsPerSecond].map((cell) =>
        cell === null ? '' : Math.round(cell),
      ),
      ...[cost.mainMicros, cost.allMicros].map((micros) => micros.toFixed(1)),
      Math.round(cost.residentMegabytes),
    ];
    console.log(`| ${[name, ...cells].join(' | ')} |`);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Admits calls and ends without settling or closing them: what a crash leaves. */
async function leaveOpen(dataDir: string, grants: number, open: number): Promise<void> {
  const store = await openStore({ dataDir, ambient: systemAmbient });
  const ledger = await openEmbeddedLedger({ store, ambient: systemAmbient });
  await runLoad(ledger, { calls: open, grants, concurrency: 1000, prefix: 'o', settled: false });
  await store.close();
}

async function measure(dataDir: string, grants: number): Promise<Measured> {
  const startMs = performance.now();
  const store = await openStore({ dataDir, ambient: systemAmbient });
  const storeMs = performance.now() - startMs;
  const ledger = await openEmbeddedLedger({ store, ambient: systemAmbient });
  const ledgerMs = performance.now() - startMs - storeMs;
  const closed = whenClosed(async () => (await ledger.balances(['key']))[0]?.openCalls ?? 0, startMs);
  const cost = await runLoad(ledger, { calls, grants, concurrency: 64, prefix: 'm' });
  const residentMegabytes = process.memoryUsage.rss() / 1e6;
  const closedMs = await closed;
  await ledger.close();
  await store.close();
  return { storeMs, ledgerMs, closedMs, residentMegabytes, ...cost };
}

/** How long after `startMs` no more than the load's own calls are open; null if that was so from the first. */
async function whenClosed(openCalls: () => Promise<number>, startMs: number): Promise<number | null> {
  if ((await openCalls()) <= 64) return null;
  while ((await openCalls()) > 64) await new Promise((resolve) => setTimeout(resolve, 10));
  return performance.now() - startMs;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
