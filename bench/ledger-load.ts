// The load that the ledger benches put on a ledger: calls spread over many grants of one provider key, some of them at the same time,
// each admitted and settled with bodies as the gate writes them. MUST NOT print.

import type { Ledger } from '../packages/broker/src/ledger/contract.ts';

/** What an admission writes into the journal. */
export const INTENT = {
  operation: 'openai.chat.completions',
  model: 'gpt-5-mini',
  client: 'client_0123456789',
  token: 'tok_01234567890123456789',
  prices: '2026-11-01',
  card: { input: 250_000_000, output: 2_000_000_000 },
  body: 'JfZ0xj2mQJ0cQ0a0yqv7pJ3m1kB0m0Rk1n7f7v0C2rA',
};

/** What an outcome writes into the journal. */
export const OUTCOME = {
  status: 200,
  model: 'gpt-5-mini-2025-08-07',
  input: 12,
  output: 40,
  body: INTENT.body,
  ms: 812,
};

/** The limits of every link: far away, but there, so that they are looked at. */
export const LIMITS = [
  { unit: 'usd', amount: 9e15, per: 'month' },
  { unit: 'requests', amount: 1e9, per: 'minute' },
] as const;

const HOLD = {
  fixedNanos: 250_000,
  fixedTokens: 1000,
  outputNanosPerMillion: 2_000_000_000,
  outputs: 1,
  maxOutputTokens: 4096,
  minOutputTokens: 1,
  priced: true,
};

/** What a load is made of. Call ids start with `prefix`, so that two loads on one journal never share one. */
export interface Load {
  readonly calls: number;
  readonly grants: number;
  readonly concurrency: number;
  readonly prefix: string;
  /** False for calls that are left open, as a crash leaves them. */
  readonly settled?: boolean;
}

/** What it took. */
export interface LoadCost {
  readonly pairsPerSecond: number;
  /** CPU time per call, admission and settlement together: of the main thread, and of all threads. */
  readonly mainMicros: number;
  readonly allMicros: number;
}

/** The id of a grant's link. */
export const grantLinkId = (grant: number): string => `g${grant}`;

/** The id of the provider key's link, above all the others. */
export const KEY_LINK_ID = 'key';

/** Puts the load on the ledger and waits for all of it. */
export async function runLoad(ledger: Ledger, load: Load): Promise<LoadCost> {
  let next = 0;
  const caller = async () => {
    while (next < load.calls) await makeCall(ledger, load, next++);
  };
  const cpu = process.cpuUsage();
  const main = process.threadCpuUsage();
  const startMs = performance.now();
  await Promise.all(Array.from({ length: load.concurrency }, caller));
  const seconds = (performance.now() - startMs) / 1000;
  const perCall = ({ user, system }: NodeJS.CpuUsage) => (user + system) / load.calls;
  return {
    pairsPerSecond: load.calls / seconds,
    mainMicros: perCall(process.threadCpuUsage(main)),
    allMicros: perCall(process.cpuUsage(cpu)),
  };
}

async function makeCall(ledger: Ledger, { grants, prefix, settled }: Load, at: number): Promise<void> {
  const callId = `call_${prefix}${at.toString(36).padStart(8, '0')}xxxxxxxxxxxx`;
  // A large prime: every grant gets its turn, and neighbours do not.
  const grantId = grantLinkId((at * 1_000_003) % grants);
  const chain = [
    { linkId: grantId, version: 1 },
    { linkId: KEY_LINK_ID, version: 1 },
  ];
  const call = { callId, ownerId: 'owner', grantId, chain, hold: HOLD, intent: INTENT };
  const admitted = await ledger.admit(call);
  if (!admitted.ok) throw new Error(JSON.stringify(admitted.error));
  if (settled === false) return;
  await ledger.settle({ callId, kind: 'settled', forwarded: true, nanos: 83_000, tokens: 52, body: OUTCOME });
}
