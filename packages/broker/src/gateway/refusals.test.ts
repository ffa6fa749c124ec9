import { describe, expect, it } from 'vitest';
import type { AdmissionRefusal } from '../ledger/contract.ts';
import { refusalError } from './refusals.ts';

const named = { name: 'Acme Writer', link: 'https://broker.test/apps/gr_1', nowMs: 0 };
const usd = (set: Partial<Extract<AdmissionRefusal, { reason: 'limit' }>>): AdmissionRefusal => ({
  reason: 'limit',
  linkId: 'gr_1.openai',
  unit: 'usd',
  per: 'day',
  limit: 5_000_000_000,
  settled: 5_000_000_000,
  held: 0,
  required: 1000,
  windowEndsAtMs: 60_000,
  ...set,
});

describe('refusals that people read', () => {
  it('says what is used up, of how much, since when, and where to raise it', () => {
    expect(refusalError(usd({}), named)).toMatchObject({
      code: 'budget_exhausted',
      message:
        'Budget for Acme Writer is used up: $5.00 of $5.00 today. Raise it: https://broker.test/apps/gr_1',
      fields: { remaining: '0', required: '0.000001' },
    });
  });

  it('says what is left and what would be needed when only this request does not fit', () => {
    const error = refusalError(usd({ settled: 4_000_000_000, required: 2_000_000_000 }), named);
    expect(error).toMatchObject({ code: 'insufficient_budget', fields: { remaining: '1', required: '2' } });
    expect(error.message).toContain(
      'up to $2.00, but $1.00 is left for Acme Writer ($4.00 of $5.00 today spent).',
    );
  });

  it('says what calls that are still running hold, and that nothing is left because of them', () => {
    const error = refusalError(usd({ settled: 3_000_000_000, held: 1_500_000_000 }), named);
    expect(error).toMatchObject({ code: 'insufficient_budget', fields: { remaining: '0.5' } });
    expect(error.message).toContain('$3.00 of $5.00 today spent, $1.50 held by requests');
    expect(refusalError(usd({ settled: 3_000_000_000, held: 2_000_000_000 }), named).code).toBe(
      'budget_exhausted',
    );
  });

  it('counts what running calls hold as used', () => {
    const error = refusalError(
      usd({ unit: 'requests', limit: 9, settled: 4, held: 5, required: 1, windowEndsAtMs: 400 }),
      named,
    );
    expect(error).toMatchObject({ code: 'quota_exhausted', fields: { used: 9 } });
    expect(error.message).toContain('9 of 9 requests today');
  });

  it('never says to try again in less than a second', () => {
    const minute = usd({ unit: 'requests', per: 'minute', limit: 9, settled: 9, required: 1 });
    expect(refusalError({ ...minute, windowEndsAtMs: 400 } as never, named).retryAfterSeconds).toBe(1);
    expect(refusalError(minute, { ...named, nowMs: 60_000 }).retryAfterSeconds).toBe(1);
    expect(refusalError(minute, { ...named, nowMs: 999 }).retryAfterSeconds).toBe(60);
    expect(refusalError(minute, { ...named, nowMs: 58_500 }).retryAfterSeconds).toBe(2);
  });

  it.each([
    [
      'a minute’s rate',
      usd({ unit: 'requests', per: 'minute', limit: 3, settled: 3, required: 1 }),
      'rate_limited',
      60,
    ],
    [
      'a day’s requests',
      usd({ unit: 'requests', per: 'day', limit: 3, settled: 3, required: 1 }),
      'quota_exhausted',
      undefined,
    ],
    [
      'a request larger than its window',
      usd({ unit: 'tokens', limit: 10, settled: 0, required: 11 }),
      'token_limit_exceeded',
      undefined,
    ],
    ['too many at once', { reason: 'concurrency', linkId: 'l', limit: 2 } as const, 'rate_limited', 1],
    [
      'a revoked chain',
      { reason: 'not_live', linkId: 'l', status: 'revoked' } as const,
      'token_revoked',
      undefined,
    ],
    [
      'a paused chain',
      { reason: 'not_live', linkId: 'l', status: 'suspended' } as const,
      'grant_suspended',
      undefined,
    ],
    ['no price', { reason: 'unpriced', linkId: 'l' } as const, 'unpriced_model', undefined],
    ['a ledger that cannot write', { reason: 'unavailable', detail: 'disk full' } as const, 'unavailable', 2],
  ])('%s', (_, refusal, code, retryAfterSeconds) => {
    const error = refusalError(refusal, named);
    expect(error.code).toBe(code);
    expect(error.retryAfterSeconds).toBe(retryAfterSeconds);
  });

  it('keeps reasons from inside to itself', () => {
    expect(
      JSON.stringify(refusalError({ reason: 'unavailable', detail: 'ENOSPC /var/data' }, named)),
    ).not.toContain('ENOSPC');
  });
});
