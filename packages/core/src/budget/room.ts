// Whether rights allow more than what a ceiling above them has left: for telling people beforehand. Decides nothing; the ledger does, call
// by call.

import type { CeilingMessages } from './ceiling-messages.ts';
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

/**
 * A sentence for each limit of a ceiling that stops calls before all that these rights allow is used. `whose` ceiling it is comes from the words.
 * Where one limit is used up, what others leave is no matter. What a minute holds is full again before anybody has read it.
 */
export const ceilingLines = (
  whose: string,
  left: readonly Limit[],
  rights: readonly { readonly limits: readonly Limit[] }[],
  words: CeilingMessages,
): readonly string[] => {
  const short = left.filter((limit) => limit.per !== 'minute' && exceedsRoom(rights, limit));
  const usedUp = short.filter(({ amount }) => amount === 0);
  return usedUp.length > 0
    ? usedUp.map((limit) => words.usedUp(whose, limit))
    : short.map((limit) => words.left(whose, limit));
};
