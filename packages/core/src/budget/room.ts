// Whether rights allow more than what a ceiling above them has left: for telling people beforehand. Decides nothing; the ledger does, call
// by call.

import type { Limit, LimitPeriod } from './limit.ts';

/** The most minutes that a window lasts. */
const MINUTES: Readonly<Record<LimitPeriod, number>> = {
  total: Number.POSITIVE_INFINITY,
  month: 31 * 24 * 60,
  week: 7 * 24 * 60,
  day: 24 * 60,
  minute: 1,
};

/** How often a limit fills within one window of `per`: what counts for longer than that does so once. */
const timesIn = (per: LimitPeriod, limit: Limit): number =>
  limit.per === 'total' ? 1 : Math.max(1, MINUTES[per] / MINUTES[limit.per]);

/** The most that limits let be used in one window of `per`; infinite where none of them bounds the unit. */
const mostIn = ({ unit, per }: Limit, limits: readonly Limit[]): number =>
  Math.min(
    Number.POSITIVE_INFINITY,
    ...limits
      .filter((limit) => limit.unit === unit)
      .map((limit) => (limit.amount === 0 ? 0 : limit.amount * timesIn(per, limit))),
  );

/** Whether rights with these limits let more be used together, in one window of a ceiling, than `left`, which is what remains of it there. */
export const exceedsRoom = (rights: readonly { readonly limits: readonly Limit[] }[], left: Limit): boolean =>
  rights.reduce((sum, { limits }) => sum + mostIn(left, limits), 0) > left.amount;
