// Shows amounts of the API to people and checks amounts that people type. Works on decimal digits; MUST NOT add or
// round money as floats.

import { formatUsd as formatNanos, formatUsdFine as formatNanosFine, usdNanos } from '@valetkey/core';
import type { UsdText } from '../api/types.ts';

const TYPED_AMOUNT = /^\$?\s*(\d{1,7})(?:\.(\d{1,6}))?$/;

/** An amount from the wire for people: `$5.00`, `$1,234.50`, `$0.0042`, with a true minus sign. */
export const formatUsd = (text: UsdText): string => formatNanos(usdNanos(text)).replace('-', '−');

/** As `formatUsd`, with every digit of an amount below a hundredth of a cent: for tables and figures. */
export const formatUsdFine = (text: UsdText): string => formatNanosFine(usdNanos(text)).replace('-', '−');

/** The decimal text for the wire of an amount that a person typed, or null if it is not one (`5`, `$0.25`, `1.5`). */
export function typedUsd(input: string): UsdText | null {
  const match = TYPED_AMOUNT.exec(input.trim());
  if (match === null) return null;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  return `${Number(match[1])}${fraction && `.${fraction}`}`;
}
