// Measures the embedded ledger alone, in process: admission and settlement of calls with every promise on (fsync per batch, hash chain),
// 64 at a time. `node bench/ledger.ts [calls] [grants]`; compare only runs of the same machine.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemAmbient } from '../packages/broker/src/clock.ts';
import { openEmbeddedLedger } from '../packages/broker/src/ledger/embedded/embedded-ledger.ts';
import { openStore } from '../packages/broker/src/store/open-store.ts';

const calls = Number(process.argv[2] ?? 100_000);
const grants = Number(process.argv[3] ?? 100);
const concurrency = Number(process.argv[4] ?? 64);

const dataDir = mkdtempSync(join(tmpdir(), 'valetkey-bench-'));
const store = await openStore({ dataDir, ambient: systemAmbient });
const ledger = await openEmbeddedLedger({ store, ambient: systemAmbient });
const common = {
  ownerId: 'owner',
  status: 'active',
  expiresAtMs: null,
  access: null,
  maxConcurrent: null,
} as const;
const open = (id: string, parentId: string | null) => ({
  kind: 'open' as const,
  link: {
    ...common,
    id,
    parentId,
    grantId: parentId === null ? null : id,
    limits: [
      { unit: 'usd', amount: 9e15, per: 'month' },
      { unit: 'requests', amount: 1e9, per: 'minute' },
    ] as const,
  },
});
await ledger.change({ links: [open('key', null)], rows: [], entries: [] });
for (let start = 0; start < grants; start += 1000) {
  const links = Array.from({ length: Math.min(1000, grants - start) }, (_, at) =>
    open(`g${start + at}`, 'key'),
  );
  await ledger.change({ links, rows: [], entries: [] });
}

const intent = {
  operation: 'openai.chat.completions',
  model: 'gpt-5-mini',
  client: 'client_0123456789',
  token: 'tok_01234567890123456789',
  prices: '2026-11-01',
  card: { input: 250_000_000, output: 2_000_000_000 },
  body: 'JfZ0xj2mQJ0cQ0a0yqv7pJ3m1kB0m0Rk1n7f7v0C2rA',
};
const outcome = {
  status: 200,
  model: 'gpt-5-mini-2025-08-07',
  input: 12,
  output: 40,
  body: intent.body,
  ms: 812,
};
const hold = {
  fixedNanos: 250_000,
  fixedTokens: 1000,
  outputNanosPerMillion: 2_000_000_000,
  outputs: 1,
  maxOutputTokens: 4096,
  minOutputTokens: 1,
  priced: true,
};

let next = 0;
const caller = async () => {
  while (next < calls) {
    const at = next++;
    const callId = `call_${at.toString(36).padStart(8, '0')}xxxxxxxxxxxx`;
    const grantId = `g${(at * 7919) % grants}`;
    const chain = [
      { linkId: grantId, version: 1 },
      { linkId: 'key', version: 1 },
    ];
    const admitted = await ledger.admit({ callId, ownerId: 'owner', grantId, chain, hold, intent });
    if (!admitted.ok) throw new Error(JSON.stringify(admitted.error));
    await ledger.settle({
      callId,
      kind: 'settled',
      forwarded: true,
      nanos: 83_000,
      tokens: 52,
      body: outcome,
    });
  }
};
const cpu = process.cpuUsage();
const main = process.threadCpuUsage();
const startMs = performance.now();
await Promise.all(Array.from({ length: concurrency }, caller));
const seconds = (performance.now() - startMs) / 1000;
const mainUsed = process.threadCpuUsage(main);
const used = process.cpuUsage(cpu);
const perPair = ({ user, system }: NodeJS.CpuUsage) => ((user + system) / calls).toFixed(1);
console.log(
  `${calls} calls, ${grants} grants, ${concurrency} at a time: ${Math.round(calls / seconds)} admit+settle pairs/s, ` +
    `${perPair(mainUsed)} us main thread and ${perPair(used)} us in all per pair`,
);
await ledger.close();
await store.close();
rmSync(dataDir, { recursive: true });
