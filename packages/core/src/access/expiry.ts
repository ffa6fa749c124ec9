// The wire form of an expiry: an RFC 3339 date and time, and nothing that merely looks like one to a lenient parser.

import { fail, type Result, succeed } from '../result.ts';

const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Reads an RFC 3339 date and time, as epoch milliseconds from 1970 to 9999. Digits below a millisecond are dropped,
 * which is never later. Refused: dates that do not exist, leap seconds, a missing time zone.
 */
export function parseExpires(input: unknown): Result<number, string> {
  const refusal = fail('must be an RFC 3339 date and time with a time zone, such as 2026-12-31T00:00:00Z');
  const match = typeof input === 'string' ? RFC_3339.exec(input) : null;
  if (match === null) return refusal;
  const [, date, time, fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = match;
  const localMs = Date.parse(`${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  // Date.parse moves 30 February into March: only a date that comes back unchanged exists.
  if (Number.isNaN(localMs) || !new Date(localMs).toISOString().startsWith(`${date}T${time}`)) return refusal;
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  const atMs = sign === '-' ? localMs + offsetMs : localMs - offsetMs;
  return atMs >= 0 && atMs <= LAST_MS ? succeed(atMs) : fail('must lie between 1970 and 9999');
}

/** The canonical RFC 3339 text of a moment: UTC, without milliseconds where there are none. */
export const formatExpires = (atMs: number): string => new Date(atMs).toISOString().replace('.000Z', 'Z');
