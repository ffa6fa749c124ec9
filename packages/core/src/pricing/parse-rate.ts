// Prices as providers and data sets publish them, read into integer rates. MUST NOT compute with floats: a price is read from its decimal
// text, digit by digit.

/** Nanos of one US dollar. */
const NANOS_PER_USD = 1_000_000_000n;

const DECIMAL = /^(\d{1,15})(?:\.(\d{1,30}))?(?:[eE]([+-]?\d{1,2}))?$/;

/**
 * The rate, in integer nanos per 1,000,000 units, of a price of `usd` dollars per `perUnits` units: 1_000_000 for tokens quoted per
 * million, 1_000 for calls quoted per thousand, 3_600 for seconds quoted per hour, 1 for a price each.
 *
 * Exact where it comes out even, as every price per million tokens with up to nine decimals does; otherwise rounded up, so that a rate
 * never charges less than the price. Null if `usd` is not a non-negative decimal or the rate exceeds 2^53 - 1.
 *
 * @param usd a decimal string, or a number from JSON, taken by its shortest decimal text
 */
export function parseRate(usd: unknown, perUnits = 1_000_000): number | null {
  if (typeof usd !== 'number' && typeof usd !== 'string') return null;
  const match = DECIMAL.exec(String(usd));
  if (match === null) return null;
  const fraction = match[2] ?? '';
  const exponent = Number(match[3] ?? 0) - fraction.length;
  const scale = 10n ** BigInt(Math.abs(exponent));
  const digits = BigInt((match[1] ?? '') + fraction) * NANOS_PER_USD * 1_000_000n;
  const numerator = exponent > 0 ? digits * scale : digits;
  const denominator = BigInt(perUnits) * (exponent > 0 ? 1n : scale);
  const rate = Number(divideUp(numerator, denominator));
  return Number.isSafeInteger(rate) ? rate : null;
}

/** The quotient of two non-negative integers, rounded up. */
export const divideUp = (numerator: bigint, denominator: bigint): bigint =>
  (numerator + denominator - 1n) / denominator;
