import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accesses } from './access.arbitrary.ts';
import { checkNarrowed } from './check-within.ts';
import { type ModelAccess, unrestrictedAccess } from './model-access.ts';
import { checkGiven, isSameAccess, moreAbove, widenAccess } from './widen-access.ts';

const usd = (amount: number, per: 'day' | 'total' = 'day') => ({ unit: 'usd' as const, amount, per });
const access = (change: Partial<ModelAccess>): ModelAccess => ({
  ...unrestrictedAccess('openai'),
  ...change,
});

describe('widenAccess', () => {
  it('never narrows: what a right allowed before lies within it after', () => {
    fc.assert(
      fc.property(accesses, accesses, (present, more) => {
        const after = widenAccess(present, more);
        // Who may receive a child is decided with how deep: a right that could not be delegated had nobody to lose.
        const before =
          present.delegationMaxDepth === 0 ? { ...present, delegationTo: after.delegationTo } : present;
        expect(checkNarrowed(before, after)).toEqual({ ok: true, value: undefined });
        expect(widenAccess(after, more)).toEqual(after);
      }),
    );
  });

  it.each<[string, Partial<ModelAccess>, Partial<ModelAccess>, Partial<ModelAccess>]>([
    ['a limit rises', { limits: [usd(5)] }, { limits: [usd(8)] }, { limits: [usd(8)] }],
    ['a limit never falls', { limits: [usd(5)] }, { limits: [usd(3)] }, { limits: [usd(5)] }],
    ['what has no limit gets none', { limits: [] }, { limits: [usd(3)] }, { limits: [] }],
    ['what is not named stays', { models: ['a'], limits: [usd(5)] }, {}, { models: ['a'], limits: [usd(5)] }],
    ['models are added', { models: ['a', 'b*'] }, { models: ['c', 'bb'] }, { models: ['a', 'b*', 'c'] }],
    ['every model has one spelling', { models: ['a'] }, { models: ['*'] }, { models: null }],
    [
      'tools of the provider are added to its own',
      { tools: null },
      { tools: ['web_search'] },
      { tools: ['function', 'custom', 'web_search'] },
    ],
    ['tools it has add nothing', { tools: null }, { tools: ['function'] }, { tools: null }],
    [
      'capabilities keep their order',
      { capabilities: ['images'] },
      { capabilities: ['chat'] },
      { capabilities: ['chat', 'images'] },
    ],
    ['a cap rises', { maxConcurrent: 2 }, { maxConcurrent: 4 }, { maxConcurrent: 4 }],
    ['the end moves later', { expiresAtMs: 5 }, { expiresAtMs: 9 }, { expiresAtMs: 9 }],
    ['the end never comes to be', { expiresAtMs: null }, { expiresAtMs: 9 }, { expiresAtMs: null }],
    [
      'delegation, to whom it is asked for',
      { delegationMaxDepth: 0 },
      { delegationMaxDepth: 1, delegationTo: ['x'] },
      { delegationMaxDepth: 1, delegationTo: ['x'] },
    ],
    [
      'one more may receive',
      { delegationMaxDepth: 1, delegationTo: ['x'] },
      { delegationMaxDepth: 1, delegationTo: ['y'] },
      { delegationMaxDepth: 1, delegationTo: ['x', 'y'] },
    ],
    ['its own reason stays', { reason: 'old' }, { reason: 'new' }, { reason: 'old' }],
  ])('%s', (_name, present, more, after) => {
    expect(widenAccess(access(present), access(more))).toEqual(access(after));
  });

  it('takes a right that an older release stored as one that names nobody', () => {
    const { delegationTo: _, ...stored } = access({ delegationMaxDepth: 1 });
    const more = access({ delegationMaxDepth: 2, delegationTo: ['x'] });
    const after = access({ delegationMaxDepth: 2 });
    expect(widenAccess(stored as ModelAccess, more)).toEqual(after);
    expect(widenAccess(access({ delegationMaxDepth: 2 }), stored as ModelAccess)).toEqual(after);
    expect(checkGiven(access({ delegationMaxDepth: 1, delegationTo: ['x'] }), stored as ModelAccess).ok).toBe(
      true,
    );
    expect(checkGiven(stored as ModelAccess, access({ delegationMaxDepth: 1, delegationTo: ['x'] })).ok).toBe(
      false,
    );
  });

  it('says whether anything changed', () => {
    expect(isSameAccess(access({ reason: 'a' }), access({ reason: 'b' }))).toBe(true);
    expect(isSameAccess(access({ limits: [usd(5)] }), access({ limits: [usd(6)] }))).toBe(false);
  });
});

describe('checkGiven', () => {
  const asked = access({
    models: ['a', 'b*'],
    limits: [usd(8)],
    maxConcurrent: 3,
    tools: ['web_search'],
    delegationMaxDepth: 1,
    delegationTo: ['x'],
    expiresAtMs: 9,
  });

  it('takes all of it, and nothing of it', () => {
    expect(checkGiven(asked, asked).ok).toBe(true);
    expect(checkGiven(access({}), asked).ok).toBe(true);
  });

  it.each<[string, Partial<ModelAccess>]>([
    ['provider', { provider: 'google' }],
    ['models', { models: ['c'] }],
    ['models', { models: ['*'] }],
    ['capabilities', { capabilities: ['chat'] }],
    ['locations', { locations: ['https://a.example'] }],
    ['tools', { tools: ['web_search', 'code_interpreter'] }],
    ['limits.daily_spend', { limits: [usd(9)] }],
    ['limits.total_spend', { limits: [usd(1, 'total')] }],
    ['limits.requests_per_day', { limits: [{ unit: 'requests', amount: 1, per: 'day' }] }],
    ['limits.max_concurrent', { maxConcurrent: 4 }],
    ['delegation.max_depth', { delegationMaxDepth: 2, delegationTo: ['x'] }],
    ['delegation.to', { delegationMaxDepth: 1, delegationTo: ['y'] }],
    ['delegation.to', { delegationMaxDepth: 1 }],
    ['expires', { expiresAtMs: 10 }],
  ])('refuses %s beyond what was asked', (member, given) => {
    const checked = checkGiven(access(given), asked);
    expect(checked.ok ? [] : checked.error.map((violation) => violation.member)).toEqual([member]);
  });

  it('takes some of those to whom anyone was asked for', () => {
    const anyone = { delegationMaxDepth: 1, delegationTo: null };
    expect(checkGiven(access({ ...anyone, delegationTo: ['x'] }), access(anyone)).ok).toBe(true);
  });

  it('what is given is never more than what was asked', () => {
    fc.assert(
      fc.property(accesses, accesses, accesses, (present, asked_, given) => {
        if (!checkGiven(given, asked_).ok) return;
        const [most, got] = [widenAccess(present, asked_), widenAccess(present, given)];
        const depth = got.delegationMaxDepth === 0 ? { delegationTo: most.delegationTo } : {};
        expect(checkNarrowed({ ...got, ...depth }, most)).toEqual({ ok: true, value: undefined });
      }),
    );
  });
});

describe('moreAbove', () => {
  it.each([
    ['room on top of what others used', 8, 3, 20, 25],
    ['no room where the asker is past it', 8, 9, 20, 20],
    ['rounded up to what the wire can say', 8000, 7999, 20_000, 21_000],
  ])('%s', (_name, amount, usedByAsker, usedAbove, expected) => {
    const scale = amount < 1000 ? 1_000_000 : 1;
    const more = access({ limits: [usd(amount * scale)], delegationMaxDepth: 1 });
    const above = moreAbove(
      more,
      2,
      () => usedByAsker * scale,
      () => usedAbove * scale,
    );
    expect(above).toEqual({ ...more, limits: [usd(expected * scale)], delegationMaxDepth: 3 });
  });

  it('counts what is no money one by one', () => {
    const limits = [{ unit: 'requests' as const, amount: 8, per: 'day' as const }];
    expect(
      moreAbove(
        access({ limits }),
        1,
        () => 3,
        () => 20,
      ).limits,
    ).toEqual([{ ...limits[0], amount: 25 }]);
  });

  it('asks for no delegation where none is asked', () => {
    expect(
      moreAbove(
        access({}),
        2,
        () => 0,
        () => 0,
      ).delegationMaxDepth,
    ).toBe(0);
  });
});
