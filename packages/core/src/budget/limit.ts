// What a limit is: a ceiling on one unit over one period. The rules for counting against it live in the ledger,
// never here.

/** What a limit counts, in the fixed order used for indexing and display. */
export const LIMIT_UNITS = ['usd', 'requests', 'tokens'] as const;

/** What a limit counts: money, requests, or input and output tokens together. */
export type LimitUnit = (typeof LIMIT_UNITS)[number];

/** How long a limit counts before it starts again, longest first. `total` never starts again. */
export const LIMIT_PERIODS = ['total', 'month', 'week', 'day', 'minute'] as const;

/** The window of a limit; `total` is the whole life of the grant, the others are calendar windows in UTC. */
export type LimitPeriod = (typeof LIMIT_PERIODS)[number];

/** A ceiling: at most `amount` of `unit` in each window of `per`. */
export interface Limit {
  readonly unit: LimitUnit;
  /** For `usd` nanos (1e-9 USD), for the others a count. A safe integer, never negative; 0 allows nothing. */
  readonly amount: number;
  readonly per: LimitPeriod;
}

/** The number of different kinds of limit, one for each unit and period. */
export const LIMIT_KINDS = LIMIT_UNITS.length * LIMIT_PERIODS.length;

/** A dense index, 0 to 14, of a kind of limit: units in their order, in each the periods in theirs. */
export const limitIndex = (unit: LimitUnit, per: LimitPeriod): number =>
  LIMIT_UNITS.indexOf(unit) * LIMIT_PERIODS.length + LIMIT_PERIODS.indexOf(per);
