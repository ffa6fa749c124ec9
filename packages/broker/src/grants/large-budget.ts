// What counts as a large budget: one that its owner confirms in person before anything may spend it.

import type { LimitPeriod, ModelAccess } from '@valetkey/core';

/** How many windows of a limit a month can hold. */
const WINDOWS: Readonly<Record<LimitPeriod, number>> = {
  total: 1,
  month: 1,
  week: 5,
  day: 31,
  minute: 44_640,
};

type Budgeted = Pick<ModelAccess, 'limits' | 'expiresAtMs'>;

/** The most that rights let be spent together in a month, in nanos; infinite where one has no limit in USD. */
const mostInMonth = (rights: readonly Budgeted[]): number =>
  rights
    .map(({ limits }) => {
      const budgets = limits.filter(({ unit }) => unit === 'usd');
      return Math.min(Number.POSITIVE_INFINITY, ...budgets.map(({ amount, per }) => amount * WINDOWS[per]));
    })
    .reduce((sum, most) => sum + most, 0);

/** When the last of these rights ends. */
const endOf = (rights: readonly Budgeted[]): number =>
  Math.max(0, ...rights.map(({ expiresAtMs }) => expiresAtMs ?? Number.POSITIVE_INFINITY));

/** Whether `after` can spend more than `aboveNanos` in a month, and more or for longer than `before` could. */
export const isLargeBudget = (
  aboveNanos: number,
  after: readonly Budgeted[],
  before: readonly Budgeted[] = [],
): boolean => {
  const most = mostInMonth(after);
  return most > aboveNanos && (most > mostInMonth(before) || endOf(after) > endOf(before));
};
