// The names of the numbers in `limits` on the wire, and what each stands for. Parsing, formatting, comparing and
// narrowing all walk these tables: a new limit is a new line here and nowhere else.

import { LIMIT_PERIODS, LIMIT_UNITS, type LimitPeriod, type LimitUnit } from '../budget/limit.ts';
import type { ModelAccess } from './model-access.ts';

/** The `type` of an entry of `authorization_details` that asks for AI models (RFC 9396 section 2). */
export const ACCESS_TYPE = 'ai_model_access';

const WINDOW_LIMITS = {
  usd: {
    total: 'total_spend',
    month: 'monthly_spend',
    week: 'weekly_spend',
    day: 'daily_spend',
    minute: 'spend_per_minute',
  },
  requests: {
    total: 'max_requests',
    month: 'requests_per_month',
    week: 'requests_per_week',
    day: 'requests_per_day',
    minute: 'requests_per_minute',
  },
  tokens: {
    // Not `max_tokens`: that name means the output of one request in every provider's API.
    total: 'total_tokens',
    month: 'tokens_per_month',
    week: 'tokens_per_week',
    day: 'tokens_per_day',
    minute: 'tokens_per_minute',
  },
} as const satisfies Record<LimitUnit, Record<LimitPeriod, string>>;

/** The wire name of a ceiling over time: USD as `*_spend`, counts as `requests_*` and `tokens_*`. */
export type WindowLimitName = (typeof WINDOW_LIMITS)[LimitUnit][LimitPeriod];

/** The wire name of a limit of this unit and period. */
export const windowLimitName = (unit: LimitUnit, per: LimitPeriod): WindowLimitName =>
  WINDOW_LIMITS[unit][per];

/** Every ceiling over time, in the order of `limitIndex`. */
export const WINDOW_LIMIT_MEMBERS: readonly {
  readonly name: WindowLimitName;
  readonly unit: LimitUnit;
  readonly per: LimitPeriod;
}[] = LIMIT_UNITS.flatMap((unit) =>
  LIMIT_PERIODS.map((per) => ({ name: windowLimitName(unit, per), unit, per })),
);

/** The fields of `ModelAccess` that bound each single request, or all requests in flight. */
export type RequestCap = 'maxTokensPerRequest' | 'maxInputTokens' | 'maxOutputTokens' | 'maxConcurrent';

/** Every bound on single requests: its wire name in `limits` and its field. */
export const REQUEST_CAP_MEMBERS = [
  { name: 'tokens_per_request', field: 'maxTokensPerRequest' },
  { name: 'max_input_tokens', field: 'maxInputTokens' },
  { name: 'max_output_tokens', field: 'maxOutputTokens' },
  { name: 'max_concurrent', field: 'maxConcurrent' },
] as const satisfies readonly { readonly name: string; readonly field: RequestCap & keyof ModelAccess }[];

/** The wire name of a bound on single requests. */
export type RequestCapName = (typeof REQUEST_CAP_MEMBERS)[number]['name'];
