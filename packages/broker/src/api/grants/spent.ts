// Sums over a grant's links, straight from the ledger: the same numbers that its limits are checked against.

import type { LimitPeriod, LimitUnit } from '@valetkey/core';
import type { Balance } from '../../ledger/contract.ts';

/** Settled of a unit in the window open now, over all links. */
export const settledOf = (balances: readonly Balance[], unit: LimitUnit, per: LimitPeriod): number =>
  balances.reduce((sum, balance) => sum + balance.windows[unit][per].settled, 0);

/** Calls in the window open now, the running ones included. */
export const callsOf = (balances: readonly Balance[], per: LimitPeriod): number =>
  balances.reduce((sum, { windows }) => sum + windows.requests[per].settled + windows.requests[per].held, 0);
