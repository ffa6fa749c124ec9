// What counts as a large budget: one that its owner confirms in person before anything may spend it.

import type { Limit, LimitPeriod, ModelAccess } from '@valetkey/core';

/** How many windows of a limit a month can hold. */
const WINDOWS: Readonly<Record<LimitPeriod, number>> = {
  total: 1,
  month: 1,
  week: 5,
  day: 31,
  minute: 44_640,
};

type Budgeted = Pick<ModelAccess, 'provider' | 'limits' | 'expiresAtMs'>;

/** The most that rights let be spent together in a month, in nanos; infinite where one has no limit in USD. */
const mostInMonth = (rights: readonly Budgeted[]): number =>
  rights
    .map(({ limits }) => {
      const budgets = limits.filter(({ unit }) => unit === 'usd');
      return Math.min(Number.POSITIVE_INFINITY, ...budgets.map(({ amount, per }) => amount * WINDOWS[per]));
    })
    .reduce((sum, most) => sum + most, 0);

/** What bounds spending: limits in USD or, where there are none, all. */
const boundsOf = ({ limits }: Budgeted): readonly Limit[] => {
  const budgets = limits.filter(({ unit }) => unit === 'usd');
  return budgets.length > 0 ? budgets : limits;
};

/** Whether a limit is at most another. What fills again in every window is more than any total. */
const isAtMost = (one: Limit, other: Limit): boolean =>
  one.unit === other.unit &&
  one.amount * WINDOWS[one.per] <= other.amount * WINDOWS[other.per] &&
  (other.per !== 'total' || one.per === 'total');

/** Whether a right ends no later than it did, and whatever bounded it still does. */
const isWithin = (after: Budgeted, before: Budgeted): boolean =>
  after.provider === before.provider &&
  (after.expiresAtMs ?? Number.POSITIVE_INFINITY) <= (before.expiresAtMs ?? Number.POSITIVE_INFINITY) &&
  boundsOf(before).every((bound) => after.limits.some((limit) => isAtMost(limit, bound)));

/**
 * Whether `after` can spend more than `aboveNanos` in a month, and one of it more or for longer than `before` could. One by one, because beside
 * a right without a budget, or without end, no other would be seen to grow.
 */
export const isLargeBudget = (
  aboveNanos: number,
  after: readonly Budgeted[],
  before: readonly Budgeted[] = [],
): boolean =>
  mostInMonth(after) > aboveNanos && !after.every((right) => before.some((old) => isWithin(right, old)));
