import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accesses, modelNames } from './access.arbitrary.ts';
import { checkNarrowed, checkWithin } from './check-within.ts';
import { isModelCovered, isPatternCovered } from './match-model.ts';
import { type ModelAccess, unrestrictedAccess } from './model-access.ts';
import { narrowAccess } from './narrow-access.ts';

describe('narrowAccess', () => {
  it('never widens: the result lies within the parent and within the child', () => {
    fc.assert(
      fc.property(accesses, accesses, (child, parent) => {
        const effective = narrowAccess(child, parent);
        expect(checkNarrowed(effective, parent)).toEqual({ ok: true, value: undefined });
        expect(checkNarrowed(effective, child)).toEqual({ ok: true, value: undefined });
        if (parent.delegationMaxDepth > 0) expect(checkWithin(effective, parent).ok).toBe(true);
      }),
    );
  });

  it('takes nothing that both allow', () => {
    fc.assert(
      fc.property(accesses, accesses, fc.constantFrom(...modelNames), (child, parent, model) => {
        const { models, limits } = narrowAccess(child, parent);
        const both = isModelCovered(child.models, model) && isModelCovered(parent.models, model);
        expect(isModelCovered(models, model)).toBe(both);
        for (const limit of limits) expect([...child.limits, ...parent.limits]).toContainEqual(limit);
      }),
    );
  });

  it('leaves a child that is within its parent as it is, but for what it inherits', () => {
    fc.assert(
      fc.property(accesses, accesses, (child, parent) => {
        const once = narrowAccess(child, parent);
        expect(narrowAccess(once, parent)).toEqual(once);
      }),
    );
  });

  it('gives a child the limits, caps and expiry that it does not name', () => {
    const child = unrestrictedAccess('openai');
    const parent = {
      ...child,
      limits: [{ unit: 'usd', amount: 5, per: 'day' }] as const,
      maxOutputTokens: 10,
      expiresAtMs: 1000,
    };
    expect(narrowAccess(child, parent)).toEqual(parent);
    expect(narrowAccess(parent, child)).toEqual(parent);
  });

  it('ends delegation below a child whose parent lost it', () => {
    const child = { ...unrestrictedAccess('openai'), delegationMaxDepth: 2 };
    expect(narrowAccess(child, unrestrictedAccess('openai')).delegationMaxDepth).toBe(0);
  });

  it('ends delegation where the two name nobody in common', () => {
    const to = (...names: string[]) => ({
      ...unrestrictedAccess('openai'),
      delegationMaxDepth: 3,
      delegationTo: names,
    });
    expect(narrowAccess(to('a'), to('b'))).toMatchObject({ delegationMaxDepth: 0, delegationTo: null });
    expect(narrowAccess(to('a', 'b'), { ...to('b'), delegationMaxDepth: 1 })).toMatchObject({
      delegationMaxDepth: 0,
      delegationTo: null,
    });
  });

  it('takes a right that an older release stored as one that names nobody', () => {
    const named = { ...unrestrictedAccess('openai'), delegationMaxDepth: 2, delegationTo: ['a'] };
    const { delegationTo: _, ...stored } = named;
    expect(narrowAccess(stored as ModelAccess, named).delegationTo).toEqual(['a']);
    expect(narrowAccess(named, stored as ModelAccess).delegationTo).toEqual(['a']);
  });

  it('throws when a child hangs below another provider', () => {
    expect(() => narrowAccess(unrestrictedAccess('openai'), unrestrictedAccess('google'))).toThrow(
      'hangs below',
    );
  });
});

describe('isModelCovered', () => {
  it.each([
    [null, 'anything', true],
    [[], 'anything', false],
    [['m-small'], 'm-small', true],
    [['m-*'], 'm-small', true],
    [['m-*'], 'm-', true],
    [['m-*'], 'm', false],
    ...[
      'M-SMALL',
      ' m-small',
      'm-small\n',
      'm-small-latest',
      'm-small-2026-01-01',
      'ft:m-small:org::id',
      'openai/m-small',
      'models/m-small',
      'm-small:free',
      'm-ſmall',
      '',
    ].map((name) => [['m-small'], name, false] as const),
  ] as const)('%j covers %j: %s', (patterns, model, covered) => {
    expect(isModelCovered(patterns, model)).toBe(covered);
  });

  it('follows from a covered pattern for every model of that pattern', () => {
    const pattern = fc.constantFrom(...modelNames, ...modelNames.map((name) => `${name}*`));
    fc.assert(
      fc.property(pattern, fc.array(pattern), fc.constantFrom(...modelNames), (child, parents, model) => {
        fc.pre(isPatternCovered(child, parents) && isModelCovered([child], model));
        expect(isModelCovered(parents, model)).toBe(true);
      }),
    );
  });
});
