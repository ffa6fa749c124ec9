// Figures lead to the days and calls that they add up.

import { describe, expect, it } from 'vitest';
import type { Alert } from '../api/alerts.ts';
import type { Grant, LimitState } from '../api/types.ts';
import {
  quickPeriods,
  rowsOfAlert,
  rowsOfAll,
  rowsOfCeiling,
  rowsOfDay,
  rowsOfGrant,
  rowsOfKey,
  rowsOfOwnLimit,
  sinceYesterday,
  usageDayMs,
  windowPeriod,
} from './rows.ts';

/** A Monday, an hour after midnight. */
const NOW = Date.parse('2026-11-30T01:00:00Z');
const TODAY = { from: '2026-11-30', to: '2026-11-30' };

it.each([
  ['any', {}],
  ['today', TODAY],
  ['week', { from: '2026-11-24', to: '2026-11-30' }],
  ['month', { from: '2026-11-01', to: '2026-11-30' }],
] as const)('the period %s is UTC days, both included', (name, period) => {
  expect(quickPeriods(NOW)[name]).toEqual(period);
});

it.each([
  ['total', {}],
  ['month', { from: '2026-11-01', to: '2026-11-30' }],
  ['week', TODAY],
  ['day', TODAY],
  ['minute', null],
  ['novel' as 'day', null],
] as const)('the window of a limit per %s begins where the ledger begins it', (per, period) => {
  expect(windowPeriod(per, NOW)).toEqual(period);
});

it("the day of sums is the server's", () => {
  const day = (text: string) => ({ day: text, usd: '0', calls: 0 });
  expect(usageDayMs({ by_day: [day('2026-11-29'), day('2026-11-30')] })).toBe(Date.parse('2026-11-30'));
});

it('a day and “since yesterday” are UTC days', () => {
  expect(rowsOfDay('2026-11-29')).toEqual({ status: 'counted', from: '2026-11-29', to: '2026-11-29' });
  expect(sinceYesterday(NOW)).toEqual({ from: '2026-11-29' });
});

it('sums count what was delegated, and no refused call', () => {
  expect(rowsOfAll(TODAY)).toEqual({ status: 'counted', ...TODAY });
  expect(rowsOfGrant('gr_1')).toEqual({ grant_id: 'gr_1', include: 'descendants', status: 'counted' });
  expect(rowsOfKey('pk_1', TODAY)).toEqual({ provider_key_id: 'pk_1', status: 'counted', ...TODAY });
  expect(rowsOfCeiling('pk_1', { per: 'minute' }, NOW)).toBeNull();
});

it('a limit counts the calls at its provider', () => {
  const limit = { unit: 'usd', per: 'day' } as LimitState;
  const parts = [{ provider: 'openai', limits: [limit] }] as unknown as Grant['parts'];
  expect(rowsOfOwnLimit({ id: 'gr_1', parts }, limit, NOW)).toEqual({
    ...rowsOfGrant('gr_1', TODAY),
    provider: 'openai',
  });
});

describe('an alert about a limit leads to the calls of its window', () => {
  const details = {
    link_id: 'gr_1.openai',
    unit: 'usd',
    per: 'week',
    limit: '5',
    settled: '4',
    threshold: 80,
  };
  const about = (alert: object) =>
    rowsOfAlert({ kind: 'limit', details, grant: null, provider_key: null, ...alert } as unknown as Alert);
  const raised = { raised_at: '2026-11-25T10:00:00Z' };
  const week = { from: '2026-11-23', to: '2026-11-29' };

  it.each([
    [
      'of a grant',
      { grant: { id: 'gr_1', name: 'x' } },
      { ...rowsOfGrant('gr_1', week), provider: 'openai' },
    ],
    ['of a key', { provider_key: { id: 'pk_1' } }, rowsOfKey('pk_1', week)],
    ['of everything', {}, rowsOfAll(week)],
    ['and of nothing else', { kind: 'idle' }, null],
  ])('%s', (_name, alert, rows) => {
    expect(about({ ...raised, ...alert })).toEqual(rows);
  });

  it('in total, whenever they were', () => {
    const total = { details: { ...details, per: 'total' } };
    expect(about({ ...raised, ...total })).toEqual(rowsOfAll());
  });
});
