// Amounts of USD in integer nanos (1e-9 USD), read digit by digit.

import { must } from './fault.ts';

/** An amount of USD in nanos. */
export function nanosOf(usd: string | number): number {
  const text = typeof usd === 'number' ? usd.toFixed(9) : usd;
  const [, dollars = '', fraction = ''] = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  must(dollars !== '', `no amount of USD: ${text}`);
  return Number(dollars) * 1e9 + Number(fraction.padEnd(9, '0'));
}
