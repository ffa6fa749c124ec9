// What a usage costs at frozen prices. MUST be exact: integers throughout, one rounding per request, and that one up.

import { fail, type Result, succeed } from '../result.ts';
import { divideUp } from './parse-rate.ts';
import { promptTokens, type RateCard, ratesAt, tierMultiplier } from './rate-card.ts';
import { isTokenMeter, METERS, type Meter, type Usage } from './usage.ts';

/** A unit of work was used for which the model has no rate, so that its cost is unknown. */
export interface UnpricedMeter {
  readonly reason: 'unpriced_meter';
  readonly meter: Meter;
}

/** Rates are per million units and multipliers in thousandths: a product of both with a count is in these parts of a nano. */
const PARTS_PER_NANO = 1_000_000_000n;

/**
 * The cost of a whole request in integer nanos, rounded up once.
 *
 * The prompt's length, counted over all kinds of input, picks the context tier for the whole request; the service tier multiplies the
 * token meters. A meter that was not used needs no rate. A cost beyond 2^53 - 1 nanos (9 million USD) is given as that.
 *
 * @param options.serviceTier the tier the provider reported, null if it reported none
 */
export function costNanos(
  card: RateCard,
  usage: Usage,
  options: { readonly serviceTier: string | null },
): Result<number, UnpricedMeter> {
  const rates = ratesAt(card, promptTokens(usage));
  const multiplier = tierMultiplier(card, options.serviceTier);
  let parts = 0n;
  for (const meter of METERS) {
    const count = usage[meter] ?? 0;
    if (count === 0) continue;
    const rate = rates[meter];
    if (rate === undefined) return fail({ reason: 'unpriced_meter', meter });
    parts += BigInt(count) * BigInt(rate) * BigInt(isTokenMeter(meter) ? multiplier : 1000);
  }
  return succeed(roundUpNanos(parts));
}

/** Parts of a nano (see `PARTS_PER_NANO`) as nanos, rounded up, at most 2^53 - 1. */
export const roundUpNanos = (parts: bigint): number =>
  Math.min(Number(divideUp(parts, PARTS_PER_NANO)), Number.MAX_SAFE_INTEGER);
