// Which calls a figure adds up, as the filter of Activity that shows exactly these. Days are UTC, as in the ledger: what a call cost belongs
// to the day on which it was admitted. The present comes in as an argument.

import { type LimitPeriod, windowEndMs, windowStartMs } from '@valetkey/core';
import type { Alert } from '../api/alerts.ts';
import type { CallFilter, Grant, LimitState, Usage } from '../api/types.ts';
import { DAY_MS } from '../format/time.ts';

/** From one UTC day to another, both included. */
export interface Period {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** `2026-11-23` */
const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

const PERIODS_OF_DAYS: ReadonlySet<LimitPeriod> = new Set(['total', 'month', 'week', 'day']);

/** The window of a limit up to today; all there is for `total`, and null for a minute, which days cannot tell. */
export const windowPeriod = (per: LimitPeriod, nowMs: number): Period | null => {
  if (!PERIODS_OF_DAYS.has(per)) return null;
  return per === 'total' ? {} : { from: dayOf(windowStartMs(nowMs, per)), to: dayOf(nowMs) };
};

/** The day that sums of spending are of: the server's, whatever the browser takes for today. */
export const usageDayMs = ({ by_day: days }: Pick<Usage, 'by_day'>): number =>
  Date.parse(days.at(-1)?.day ?? '1970-01-01');

/** Yesterday and today. */
export const sinceYesterday = (nowMs: number) => ({ from: dayOf(nowMs - DAY_MS) }) as const satisfies Period;

/** The periods that can be chosen at once. */
export const quickPeriods = (nowMs: number) =>
  ({
    any: {},
    today: { from: dayOf(nowMs), to: dayOf(nowMs) },
    week: { from: dayOf(nowMs - 6 * DAY_MS), to: dayOf(nowMs) },
    month: { from: `${dayOf(nowMs).slice(0, 8)}01`, to: dayOf(nowMs) },
  }) as const satisfies Readonly<Record<string, Period>>;

/** The calls that a grant's limit at a provider counts now; null for a limit of a minute. */
export const rowsOfLimit = (
  grantId: string,
  provider: string,
  { per }: { readonly per: LimitPeriod },
  nowMs: number,
): Rows | null => {
  const period = windowPeriod(per, nowMs);
  return period && { ...rowsOfGrant(grantId, period), provider };
};

/** As {@link rowsOfLimit}, for one of the grant's own limits. */
export const rowsOfOwnLimit = (
  grant: Pick<Grant, 'id' | 'parts'>,
  limit: LimitState,
  nowMs: number,
): Rows | null => {
  const part = grant.parts.find(({ limits }) => limits.includes(limit));
  return part ? rowsOfLimit(grant.id, part.provider, limit, nowMs) : null;
};

type Rows = Pick<
  CallFilter,
  'status' | 'grant_id' | 'include' | 'provider' | 'provider_key_id' | 'from' | 'to'
>;

/** The calls that sums of everything add up. */
export const rowsOfAll = (period: Period = {}): Rows => ({ status: 'counted', ...period });

/** The calls of one day that its sum adds up. */
export const rowsOfDay = (day: string): Rows => rowsOfAll({ from: day, to: day });

/** The calls that sums of a grant add up: what it delegated is part of what it spent. */
export const rowsOfGrant = (grantId: string, period: Period = {}): Rows => ({
  grant_id: grantId,
  include: 'descendants',
  status: 'counted',
  ...period,
});

/** The calls that sums of a provider key add up. */
export const rowsOfKey = (providerKeyId: string, period: Period = {}): Rows => ({
  provider_key_id: providerKeyId,
  status: 'counted',
  ...period,
});

/** The calls that the ceiling of a provider key counts now; null for one of a minute. */
export const rowsOfCeiling = (
  providerKeyId: string,
  { per }: { readonly per: LimitPeriod },
  nowMs: number,
): Rows | null => {
  const period = windowPeriod(per, nowMs);
  return period && rowsOfKey(providerKeyId, period);
};

/** The calls that an alert counted, and later ones of the same window; null where it is not about a limit of theirs. */
export const rowsOfAlert = ({
  kind,
  details,
  grant,
  provider_key: key,
  raised_at: at,
}: Alert): Rows | null => {
  if (kind !== 'limit') return null;
  const period = windowPeriod(details.per, Date.parse(at));
  if (period === null) return null;
  const days = { ...period, to: details.per === 'total' ? undefined : lastDay(details.per, Date.parse(at)) };
  if (key) return rowsOfKey(key.id, days);
  if (grant === null) return rowsOfAll(days);
  return { ...rowsOfGrant(grant.id, days), provider: details.link_id.slice(grant.id.length + 1) };
};

const lastDay = (per: LimitPeriod, atMs: number): string => dayOf(windowEndMs(atMs, per) - 1);
