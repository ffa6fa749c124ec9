// Shows moments to people: local time in view, UTC on hover, distances in words. The present comes in as an argument.

import type { TimeText } from '../api/types.ts';
import { locale, t } from '../messages/messages.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A day in milliseconds. */
export const DAY_MS = 24 * HOUR_MS;

const RELATIVE_STEPS: readonly (readonly [number, Intl.RelativeTimeFormatUnit])[] = [
  [365 * DAY_MS, 'year'],
  [30 * DAY_MS, 'month'],
  [DAY_MS, 'day'],
  [HOUR_MS, 'hour'],
  [MINUTE_MS, 'minute'],
];

const formats = new Map<string, Intl.DateTimeFormat>();

/** A format of dates, made once: a list of calls needs hundreds, and each takes longer to make than a row to draw. */
const dateFormat = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = JSON.stringify([locale, options]);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, known);
  return known;
};

/** `22 Nov 2026, 14:03` in the zone of the browser; the year is left out when it is the present one. */
export function localTime(text: TimeText, nowMs: number, timeZone?: string): string {
  const date = new Date(text);
  const yearOf = (of: Date) => dateFormat({ year: 'numeric', ...(timeZone && { timeZone }) }).format(of);
  const sameYear = yearOf(date) === yearOf(new Date(nowMs));
  return dateFormat({
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    ...(timeZone && { timeZone }),
  }).format(date);
}

/** `22 Nov 2026` in the zone of the browser. */
export const localDate = (text: TimeText, timeZone?: string): string =>
  dateFormat({
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    ...(timeZone && { timeZone }),
  }).format(new Date(text));

/** `2026-11-22 14:03:05 UTC`, for hovering. */
export const utcTime = (text: TimeText): string =>
  `${new Date(text).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** `3 hours ago`, `in 2 days`; within a minute `just now` or `in a moment`. */
export function relativeTime(text: TimeText, nowMs: number): string {
  const distanceMs = Date.parse(text) - nowMs;
  const magnitudeMs = Math.abs(distanceMs);
  const step = RELATIVE_STEPS.find(([sizeMs]) => magnitudeMs >= sizeMs);
  if (step === undefined) return distanceMs > 0 ? t.time.soon : t.time.justNow;
  const count = Math.floor(magnitudeMs / step[0]);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'always' }).format(
    distanceMs < 0 ? -count : count,
    step[1],
  );
}

/** When something is to happen, `in 2 days`; `in a moment` also when that is past and the server has only to be asked again. */
export const untilTime = (text: TimeText, nowMs: number): string =>
  Date.parse(text) > nowMs ? relativeTime(text, nowMs) : t.time.soon;

/** `5 Nov` for a UTC day `2026-11-05`. */
export const shortDay = (day: string): string =>
  dateFormat({ day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));

/** `840 ms`, `3.2 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const tenths = Math.round(ms / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
