// Shows amounts of the API to people and checks amounts that people type. Works on decimal digits; MUST NOT add or
// round money as floats.

import type { UsdText } from '../api/types.ts';

const NANOS_PER_USD = 1_000_000_000;
const WIRE_AMOUNT = /^(-?)(\d+)(?:\.(\d{1,9}))?$/;
const TYPED_AMOUNT = /^\$?\s*(\d{1,7})(?:\.(\d{1,6}))?$/;

/** An amount from the wire as integer nanos (1e-9 USD). Throws on text that is not an amount. */
export function usdNanos(text: UsdText): number {
  const match = WIRE_AMOUNT.exec(text);
  if (match === null) throw new Error(`not an amount in USD: ${text}`);
  const nanos = Number(match[2]) * NANOS_PER_USD + Number((match[3] ?? '').padEnd(9, '0'));
  return match[1] === '-' ? -nanos : nanos;
}

/**
 * An amount for people: `$5.00`, `$1,234.50`, and four decimals below a dollar where cents would hide something,
 * `$0.0042`. Rounds half up; a positive amount never reads as zero (`<$0.0001`).
 */
export function formatUsd(text: UsdText): string {
  const nanos = usdNanos(text);
  const magnitude = Math.abs(nanos);
  const sign = nanos < 0 ? '−' : '';
  if (magnitude > 0 && magnitude < 100_000) return `${sign}<$0.0001`;
  const decimals = magnitude < NANOS_PER_USD && magnitude % 10_000_000 !== 0 ? 4 : 2;
  const step = NANOS_PER_USD / 10 ** decimals;
  const rounded = Math.floor(magnitude / step) + (magnitude % step >= step / 2 ? 1 : 0);
  const digits = String(rounded).padStart(decimals + 1, '0');
  const dollars = digits.slice(0, -decimals).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}$${dollars}.${digits.slice(-decimals)}`;
}

/** The decimal text for the wire of an amount that a person typed, or null if it is not one (`5`, `$0.25`, `1.5`). */
export function typedUsd(input: string): UsdText | null {
  const match = TYPED_AMOUNT.exec(input.trim());
  if (match === null) return null;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  return `${Number(match[1])}${fraction && `.${fraction}`}`;
}
