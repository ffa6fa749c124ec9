// Money at the edges: decimal US dollars in and out of integer nanos (1e-9 USD). MUST NOT compute with floats: an
// amount is read from its decimal text, digit by digit.

import { fail, type Result, succeed } from '../result.ts';

/** One US dollar in nanos. */
export const NANOS_PER_USD = 1_000_000_000;

/** The largest amount that is accepted, 9 million USD in nanos: it stays below 2^53, so every sum check is exact. */
export const MAX_USD_NANOS = 9_000_000 * NANOS_PER_USD;

/** A hundredth of a cent: below it `formatUsd` names no digits. */
const TINY_NANOS = 100_000;

const AMOUNT = /^(0|[1-9]\d{0,7})(?:\.(\d{1,6}))?$/;

/**
 * Reads an amount of USD given as a JSON number or as a decimal string, in nanos.
 *
 * A number is taken by its shortest decimal text, which is what the sender wrote as long as it has no more than 15
 * digits. Refused with a sentence for people: anything negative, above `MAX_USD_NANOS`, with more than 6 decimals,
 * with a sign, an exponent, spaces or leading zeros.
 */
export function parseUsd(input: unknown): Result<number, string> {
  if (typeof input !== 'number' && typeof input !== 'string') {
    return fail('must be an amount in USD, as a number or a decimal string');
  }
  const match = AMOUNT.exec(String(input));
  if (match === null)
    return fail('must be an amount in USD from 0 to 9000000 with at most 6 decimals, such as 5 or 0.25');
  const nanos = Number(match[1]) * NANOS_PER_USD + Number((match[2] ?? '').padEnd(9, '0'));
  if (nanos > MAX_USD_NANOS) return fail('must be at most 9000000 USD');
  return succeed(nanos);
}

/**
 * An amount in nanos as exact decimal USD without an exponent or trailing zeros, such as `5`, `0.0042` or `-1.5`.
 * For the wire; `Number()` of it is exact for every amount that `parseUsd` accepts.
 */
export function usdDecimal(nanos: number): string {
  const magnitude = Math.abs(checkNanos(nanos));
  const sign = nanos < 0 ? '-' : '';
  const fraction = magnitude % NANOS_PER_USD;
  const dollars = `${sign}${(magnitude - fraction) / NANOS_PER_USD}`;
  return fraction === 0 ? dollars : `${dollars}.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
}

const WIRE_AMOUNT = /^(-?)(\d+)(?:\.(\d{1,9}))?$/;

/** The inverse of `usdDecimal`: an amount from the wire in nanos. Throws on text that `usdDecimal` does not make. */
export function usdNanos(decimal: string): number {
  const match = WIRE_AMOUNT.exec(decimal);
  if (match === null) throw new Error(`not an amount in USD: ${decimal.slice(0, 40)}`);
  const nanos = Number(match[2]) * NANOS_PER_USD + Number((match[3] ?? '').padEnd(9, '0'));
  return checkNanos(match[1] === '-' ? -nanos : nanos);
}

/**
 * An amount in nanos for people: `$5.00`, `$1,234.50`, and four decimals below a dollar where cents hide something,
 * `$0.0042`. Rounds half up; a positive amount never reads as zero (`<$0.0001`).
 */
export function formatUsd(nanos: number): string {
  const magnitude = Math.abs(checkNanos(nanos));
  const sign = nanos < 0 ? '-' : '';
  if (magnitude > 0 && magnitude < TINY_NANOS) return `${sign}<$0.0001`;
  const decimals = magnitude < NANOS_PER_USD && magnitude % 10_000_000 !== 0 ? 4 : 2;
  const step = NANOS_PER_USD / 10 ** decimals;
  const rounded = Math.floor(magnitude / step) + (magnitude % step >= step / 2 ? 1 : 0);
  const digits = String(rounded).padStart(decimals + 1, '0');
  const dollars = digits.slice(0, -decimals).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}$${dollars}.${digits.slice(-decimals)}`;
}

/**
 * As `formatUsd`, but an amount below a hundredth of a cent is shown to its last digit, `$0.00000825`. For tables and figures about
 * single calls, where small amounts must differ; sentences keep `formatUsd`.
 */
export function formatUsdFine(nanos: number): string {
  const isTiny = nanos !== 0 && Math.abs(nanos) < TINY_NANOS;
  return isTiny ? usdDecimal(nanos).replace(/^-?/, '$&$$') : formatUsd(nanos);
}

/** As `usdDecimal`, with cents in full where there are any: `5`, `0.50`, `0.0042`. As people write an amount into a field. */
export const usdWritten = (nanos: number): string => usdDecimal(nanos).replace(/\.\d$/, '$&0');

/** An amount in nanos for people, exact: `$5`, `$1,234.50`, `$0.0042`. What is decided on MUST NOT read as something rounded. */
export const formatUsdExact = (nanos: number): string =>
  usdWritten(nanos)
    .replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',')
    .replace(/^-?/, '$&$$');

function checkNanos(nanos: number): number {
  if (!Number.isSafeInteger(nanos)) throw new Error(`not an amount in nanos: ${nanos}`);
  return nanos;
}
