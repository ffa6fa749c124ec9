// Amounts of USD from the wire, where they are JSON numbers of at most nine decimals, as the text they stand for.

/** A decimal without an exponent or trailing zeros, such as `5` or `0.00000825`. */
export const usdText = (amount: number): string => amount.toFixed(9).replace(/0+$/, '').replace(/\.$/, '');
