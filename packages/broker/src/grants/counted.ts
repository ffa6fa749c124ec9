// What counts against a limit, as people and clients are told: the same that the ledger decides by.

import type { Limit } from '@valetkey/core';
import type { Balance, LimitReset } from '../ledger/contract.ts';
import { isInForce, isSameLimit } from '../ledger/rules/limit-resets.ts';
import type { LinkUsage } from './contract.ts';

/** The usage of a link: its balance, and those resets of its limits that are of windows open now. */
export const usageOf = (balance: Balance, resets: readonly LimitReset[], nowMs: number): LinkUsage => ({
  ...balance,
  resets: resets.filter((reset) => isInForce(reset, nowMs)),
});

/** What counts against a limit in the window open now, and the reset that it begins with; all nothing for a link without usage. */
export interface Counted {
  readonly settled: number;
  readonly held: number;
  readonly reset: LimitReset | null;
}

/** What counts against a limit of the link whose usage this is. */
export function countedOf(usage: LinkUsage | undefined, limit: Pick<Limit, 'unit' | 'per'>): Counted {
  if (!usage) return { settled: 0, held: 0, reset: null };
  const { settled, held } = usage.windows[limit.unit][limit.per];
  const reset = usage.resets.find((each) => isSameLimit(each, limit)) ?? null;
  // Resets and balances are read one after the other: between them a correction may have lowered both.
  return { settled: Math.max(0, settled - (reset?.amount ?? 0)), held, reset };
}
