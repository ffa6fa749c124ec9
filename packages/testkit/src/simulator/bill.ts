// The simulator's own bill: what the provider would charge, counted where the model ran.
// It knows nothing of the broker, so that a test may compare the two to the nano.

import { CATEGORIES, type Category, type Usage } from './usage.ts';

/** One call that the simulated model ran. */
export interface BillEntry {
  /** The id that the provider put on its answer. */
  readonly requestId: string;
  /** The operation's name in the simulator: `chat`, `messages`, `generateContent`, ... */
  readonly operation: string;
  readonly model: string;
  /** What was truly used, whatever the answer reported. */
  readonly usage: Usage;
  readonly stream: boolean;
  /** True once the whole answer was handed to the connection. A cut answer is billed in full, too. */
  completed: boolean;
}

/** Nanos (1e-9 USD) for a million units of each category. `reasoning` without a price costs as `output`. */
export type Rates = Readonly<Partial<Record<Category, number | bigint>>>;

/** Rates by model, or a function of the entry where a rate depends on more (tiers, operations). */
export type PriceList = Readonly<Record<string, Rates>> | ((entry: BillEntry) => Rates | undefined);

/** The bill in money. */
export interface BillTotal {
  /** Nanos of all entries. */
  readonly totalNanos: number;
  /** Nanos by request id. */
  readonly byRequest: ReadonlyMap<string, number>;
}

const MILLION = 1_000_000n;

/**
 * The cost of one entry in nanos, rounded up once.
 *
 * Throws when a category was used that has no rate: a bill with a hole proves nothing.
 */
export function entryNanos(entry: BillEntry, prices: PriceList): number {
  const rates = (typeof prices === 'function' ? prices(entry) : prices[entry.model]) ?? {};
  let millionths = 0n;
  for (const category of CATEGORIES) {
    const count = entry.usage[category];
    if (count === 0) continue;
    const rate = rates[category] ?? (category === 'reasoning' ? rates.output : undefined);
    if (rate === undefined) throw new Error(`the price list has no rate for ${category} of ${entry.model}`);
    millionths += BigInt(count) * BigInt(rate);
  }
  return Number((millionths + MILLION - 1n) / MILLION);
}

/** The cost of all entries, each rounded up once. */
export function billNanos(entries: readonly BillEntry[], prices: PriceList): BillTotal {
  const byRequest = new Map(entries.map((entry) => [entry.requestId, entryNanos(entry, prices)]));
  let totalNanos = 0;
  for (const nanos of byRequest.values()) totalNanos += nanos;
  return { totalNanos, byRequest };
}
