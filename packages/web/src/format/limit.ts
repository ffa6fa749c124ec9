// Shows an amount of a limit in its unit.

import type { LimitPeriod, LimitUnit } from '../api/types.ts';
import { t } from '../messages/messages.ts';
import { known } from './known.ts';
import { formatUsd } from './money.ts';

/** `1,234` */
export const formatCount = (count: number): string => count.toLocaleString('en');

/** `$5.00`, `500`, `20,000`: for where the unit stands beside it. */
export const formatLimitNumber = (unit: LimitUnit, amount: string | number): string =>
  unit === 'usd' ? formatUsd(String(amount)) : formatCount(Number(amount));

/** `$5.00`, `500 requests`, `20,000 tokens`. */
export const formatLimit = (unit: LimitUnit, amount: string | number): string =>
  unit === 'usd'
    ? formatUsd(String(amount))
    : (known(t.limits.counted, unit)?.(Number(amount)) ?? `${formatLimitNumber(unit, amount)} ${unit}`);

/** `this month`, `in total`. */
export const formatPeriod = (per: LimitPeriod): string => known(t.limits.per, per) ?? per;
