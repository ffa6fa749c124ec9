// Geometry of the bar chart: which days, heights and the scale line, from amounts of money. Heights may be floats: they are pixels.

import { usdNanos } from '@valetkey/core';
import type { DaySpend } from '../api/types.ts';

const NANOS_PER_USD = 1_000_000_000;
const STEPS = [1, 2, 2.5, 5, 10];

/** One bar: `height` is its share of the scale from 0 to 1. */
export interface Bar extends DaySpend {
  readonly height: number;
}

/** The bars of the days given, oldest first, the round amount at the top of the scale, and the total as USD text. */
export interface Chart {
  readonly bars: readonly Bar[];
  readonly topUsd: string;
  readonly totalUsd: string;
  readonly highest: DaySpend | null;
}

/** The days of the month in which the last one given lies, and how many days that month has. */
export function monthOfDays(days: readonly DaySpend[]): {
  readonly days: readonly DaySpend[];
  readonly length: number;
} {
  const month = days.at(-1)?.day.slice(0, 7) ?? '';
  const [year = 0, number = 1] = month.split('-').map(Number);
  return {
    days: days.filter(({ day }) => day.startsWith(month)),
    length: new Date(Date.UTC(year, number, 0)).getUTCDate(),
  };
}

/** Lays out days of spend. Every day that has any spend gets a visible bar of at least one hundredth. */
export function layOutChart(days: readonly DaySpend[]): Chart {
  const ordered = [...days].sort((one, other) => (one.day < other.day ? -1 : 1));
  const nanos = ordered.map((day) => usdNanos(day.usd));
  const highestNanos = Math.max(0, ...nanos);
  const topNanos = roundUp(highestNanos);
  const bars = ordered.map((day, index) => {
    const share = topNanos === 0 ? 0 : (nanos[index] ?? 0) / topNanos;
    return { ...day, height: share === 0 ? 0 : Math.max(0.01, share) };
  });
  const total = nanos.reduce((sum, amount) => sum + amount, 0);
  return {
    bars,
    topUsd: usdText(topNanos),
    totalUsd: usdText(total),
    highest: highestNanos === 0 ? null : (ordered[nanos.indexOf(highestNanos)] ?? null),
  };
}

/** The next round number (1, 2, 2.5 or 5 times a power of ten) at or above `nanos`. */
function roundUp(nanos: number): number {
  if (nanos <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(nanos));
  return Math.round((STEPS.find((step) => step * power >= nanos) ?? 10) * power);
}

function usdText(nanos: number): string {
  const digits = String(nanos).padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0+$/, '');
  return `${Math.floor(nanos / NANOS_PER_USD)}${fraction && `.${fraction}`}`;
}
