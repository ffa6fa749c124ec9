// What flags mean, and what refusals say.

import { describe, expect, it } from 'vitest';
import { type AccessFlags, readAccess } from './read-access.ts';

const NOW_MS = Date.UTC(2026, 10, 22);
const BASE: AccessFlags = { provider: 'openai', model: ['gpt-4o-mini'], limit: ['5/month'] };
const USD = 1_000_000_000;

const read = (flags: Partial<AccessFlags>) => readAccess({ ...BASE, ...flags }, NOW_MS);

describe('limits', () => {
  it.each([
    ['5/month', 5 * USD, 'month'],
    ['100000/month', 100_000 * USD, 'month'],
    ['0.05/day', 50_000_000, 'day'],
    ['1/week', USD, 'week'],
    ['0.000001/minute', 1000, 'minute'],
    ['0', 0, 'total'],
    ['2.5/total', 2.5 * USD, 'total'],
  ])('--limit %s', (text, amount, per) => {
    expect(read({ limit: [text] })).toMatchObject({
      ok: true,
      value: { limits: [{ unit: 'usd', amount, per }] },
    });
  });

  it.each([
    ['5/year', 'after the slash comes one of total, month, week, day, minute'],
    ['5/month/day', 'after the slash comes one of'],
    ['5/toString', 'after the slash comes one of'],
    ['five', 'must be an amount in USD'],
    ['-5/month', 'must be an amount in USD'],
    ['1e3', 'must be an amount in USD'],
    ['', 'must be an amount in USD'],
    ['/month', 'must be an amount in USD'],
    ['0.0000001', 'at most 6 decimals'],
  ])('--limit %s is refused', (text, says) => {
    const parsed = read({ limit: [text] });
    expect(parsed).toEqual({ ok: false, error: expect.stringMatching(`^--limit ${text}: `) });
    expect(parsed.ok || parsed.error).toContain(says);
  });

  it('two limits for one period are refused, two periods are not', () => {
    expect(read({ limit: ['5/month', '6/month'] }).ok).toBe(false);
    expect(read({ limit: ['5/month', '1/day'] })).toMatchObject({
      value: { limits: [{ per: 'month' }, { per: 'day' }] },
    });
  });

  it('leaving every ceiling out is refused; requests alone are a ceiling', () => {
    const { limit: _, ...unlimited } = BASE;
    expect(readAccess(unlimited, NOW_MS)).toMatchObject({
      ok: false,
      error: expect.stringContaining('--limit'),
    });
    expect(readAccess({ ...unlimited, requests: '3' }, NOW_MS)).toMatchObject({
      value: { limits: [{ unit: 'requests', amount: 3, per: 'total' }] },
    });
  });
});

describe('--expires', () => {
  it.each([
    ['90m', '2026-11-22T01:30:00.000Z'],
    ['12h', '2026-11-22T12:00:00.000Z'],
    ['30d', '2026-12-22T00:00:00.000Z'],
    ['8w', '2027-01-17T00:00:00.000Z'],
    ['2027-01-01T00:00:00+01:00', '2026-12-31T23:00:00.000Z'],
  ])('%s', (text, at) => {
    expect(read({ expires: text })).toMatchObject({ ok: true, value: { expiresAtMs: Date.parse(at) } });
  });

  it.each(['30', '0d', 'tomorrow', '2027-01-01', ''])('%j is refused with what would do', (text) => {
    expect(read({ expires: text })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^--expires must be .*30d/),
    });
  });
});

it.each<[Partial<AccessFlags>, number, readonly string[] | null]>([
  [{}, 0, null],
  [{ 'delegation-depth': '2' }, 2, null],
  [{ 'delegate-to': ['own_agents'] }, 1, ['own_agents']],
  [{ 'delegation-depth': '2', 'delegate-to': ['own_agents', 'app_1'] }, 2, ['own_agents', 'app_1']],
])('%j delegates %d levels deep to %j', (flags, delegationMaxDepth, delegationTo) => {
  expect(read(flags)).toMatchObject({ ok: true, value: { delegationMaxDepth, delegationTo } });
});

it.each<[Partial<AccessFlags>, string]>([
  [{ provider: 'Open AI' }, '--provider must be'],
  [{ model: ['gpt 4'] }, '--model'],
  [{ capability: ['everything'] }, '--capability'],
  [{ requests: '1.5' }, '--requests must be'],
  [{ requests: '-1' }, '--requests must be'],
  [{ 'delegation-depth': '17' }, '--delegation-depth must be'],
  [{ 'delegate-to': ['two words'] }, '--delegate-to must be own_agents or a client_id'],
])('%j is refused by the name of its flag', (flags, start) => {
  expect(read(flags)).toEqual({ ok: false, error: expect.stringMatching(`^${start}`) });
});
