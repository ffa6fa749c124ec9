import { expect, it } from 'vitest';
import { CountAllowance } from './count-allowance.ts';

/** Begins and ends one count. */
const count = (allowance: CountAllowance, grant: string, atMs: number): boolean => {
  const isAllowed = allowance.begin(grant, atMs);
  if (isAllowed) allowance.end(grant);
  return isAllowed;
};

it('a grant counts one input at a time, whatever others do', () => {
  const allowance = new CountAllowance();
  expect([allowance.begin('a', 0), allowance.begin('a', 1), allowance.begin('b', 1)]).toEqual([
    true,
    false,
    true,
  ]);
  allowance.end('a');
  expect([allowance.begin('a', 2), allowance.begin('b', 2)]).toEqual([true, false]);
});

it('in no minute a grant counts more than 20', () => {
  const allowance = new CountAllowance();
  const startedAtMs: number[] = [];
  for (let atMs = 0; atMs < 300_000; atMs += 700) if (count(allowance, 'a', atMs)) startedAtMs.push(atMs);
  for (const from of startedAtMs) {
    const within = startedAtMs.filter((atMs) => atMs >= from && atMs < from + 60_000);
    expect(within.length).toBeLessThanOrEqual(20);
  }
  expect(startedAtMs).toHaveLength(100);
});

it('forgets grants that count no more, and none that still does', () => {
  const allowance = new CountAllowance();
  expect(allowance.begin('running', 0)).toBe(true);
  for (let grant = 0; grant < 10_000; grant += 1) count(allowance, `g${grant}`, grant);
  expect(count(allowance, 'later', 120_000)).toBe(true);
  expect(allowance.begin('running', 120_000)).toBe(false);
});
