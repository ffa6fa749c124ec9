// The calendar windows in which limits count, in UTC. Pure arithmetic on the moment it is given; MUST NOT read a clock.

import type { LimitPeriod } from './limit.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday, three days after a Monday. */
const EPOCH_DAYS_AFTER_MONDAY = 3;

/** The first moment, in epoch milliseconds, of the window that `atMs` falls in; weeks start on Monday, `total` at 0. */
export function windowStartMs(atMs: number, per: LimitPeriod): number {
  const dayNumber = Math.floor(atMs / DAY_MS);
  switch (per) {
    case 'total':
      return 0;
    case 'month':
      return startOfMonthMs(atMs, 0);
    case 'week':
      return (dayNumber - ((dayNumber + EPOCH_DAYS_AFTER_MONDAY) % 7)) * DAY_MS;
    case 'day':
      return dayNumber * DAY_MS;
    case 'minute':
      return Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  }
}

/** The first moment after the window that `atMs` falls in, in epoch milliseconds; `Infinity` for `total`. */
export function windowEndMs(atMs: number, per: LimitPeriod): number {
  switch (per) {
    case 'total':
      return Number.POSITIVE_INFINITY;
    case 'month':
      return startOfMonthMs(atMs, 1);
    case 'week':
      return windowStartMs(atMs, per) + 7 * DAY_MS;
    case 'day':
      return windowStartMs(atMs, per) + DAY_MS;
    case 'minute':
      return windowStartMs(atMs, per) + MINUTE_MS;
  }
}

function startOfMonthMs(atMs: number, monthsLater: number): number {
  const at = new Date(atMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + monthsLater, 1);
}
