// Time is shown in a zone given by the test, never the machine's.

import { describe, expect, it } from 'vitest';
import { duration, localDate, localTime, relativeTime, shortDay, untilTime, utcTime } from './time.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

describe('localTime', () => {
  it('shows the zone of the reader and leaves out the present year', () => {
    expect(localTime('2026-11-22T11:05:09Z', NOW, 'Asia/Tokyo')).toBe('22 Nov, 20:05');
  });
  it('names another year', () => {
    expect(localTime('2025-01-02T11:05:09Z', NOW, 'UTC')).toBe('2 Jan 2025, 11:05');
  });
  it('goes by the year of the reader, not that of UTC', () => {
    const newYear = Date.parse('2026-12-31T23:30:00Z');
    expect(localTime('2026-12-31T22:30:00Z', newYear, 'Europe/Berlin')).toBe('31 Dec 2026, 23:30');
    expect(localTime('2027-01-01T04:30:00Z', newYear, 'America/New_York')).toBe('31 Dec, 23:30');
  });
});

it('shows a date with its year', () => {
  expect(localDate('2026-11-22T23:30:00Z', 'Asia/Tokyo')).toBe('23 Nov 2026');
});

it('shows UTC to the second', () => {
  expect(utcTime('2026-11-22T11:05:09.120Z')).toBe('2026-11-22 11:05:09 UTC');
});

it('shows a UTC day as that day in every zone', () => {
  expect(shortDay('2026-11-05')).toBe('5 Nov');
});

describe('relativeTime', () => {
  it.each([
    ['2026-11-22T11:59:30Z', 'just now'],
    ['2026-11-22T12:00:30Z', 'in a moment'],
    ['2026-11-22T11:58:59Z', '1 minute ago'],
    ['2026-11-22T09:00:00Z', '3 hours ago'],
    ['2026-11-24T12:00:00Z', 'in 2 days'],
    ['2026-10-01T12:00:00Z', '1 month ago'],
    ['2024-10-01T12:00:00Z', '2 years ago'],
  ])('%s reads %s', (text, words) => {
    expect(relativeTime(text, NOW)).toBe(words);
  });
});

it.each([
  ['2026-11-22T12:05:00Z', 'in 5 minutes'],
  ['2026-11-22T12:00:30Z', 'in a moment'],
  ['2026-11-22T12:00:00Z', 'in a moment'],
  ['2026-11-22T11:59:30Z', 'in a moment'],
])('%s is to come %s', (text, words) => {
  expect(untilTime(text, NOW)).toBe(words);
});

it.each([
  [0, '0 ms'],
  [840.4, '840 ms'],
  [3210, '3.2 s'],
  [59_960, '1 min 0 s'],
  [125_000, '2 min 5 s'],
])('shows %d ms as %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});
