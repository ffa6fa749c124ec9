// Attenuation: a child never goes beyond its parent in any dimension. Published vectors first, then properties.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../schema/refinement-vectors.json' with { type: 'json' };
import { accesses } from './access.arbitrary.ts';
import { checkNarrowed, checkWithin } from './check-within.ts';
import { type ModelAccess, unrestrictedAccess } from './model-access.ts';
import { narrowAccess } from './narrow-access.ts';
import { parseAccess } from './parse-access.ts';

interface RefinementVector {
  readonly name: string;
  readonly parent: unknown;
  readonly child: unknown;
  readonly beyond: readonly string[];
}

function read(wire: unknown): ModelAccess {
  const parsed = parseAccess(wire);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

const membersBeyond = (verdict: ReturnType<typeof checkWithin>): readonly string[] =>
  verdict.ok ? [] : verdict.error.map(({ member }) => member);

describe('checkWithin', () => {
  it.each(vectors.cases as readonly RefinementVector[])(
    '$name: beyond in $beyond',
    ({ parent, child, beyond }) => {
      const verdict = checkWithin(read(child), read(parent));
      expect(membersBeyond(verdict)).toEqual(beyond);
      if (!verdict.ok) for (const { message } of verdict.error) expect(message).toMatch(/^[a-z_.]+ .+/);
    },
  );

  it.each<[string, Partial<ModelAccess>, Partial<ModelAccess>, string]>([
    [
      'money in dollars, to the last digit',
      { limits: [{ unit: 'usd', amount: 5_000_001_000, per: 'day' }] },
      { limits: [{ unit: 'usd', amount: 5_000_000_000, per: 'day' }] },
      'limits.daily_spend must be at most 5 USD, not 5.000001 USD',
    ],
    [
      'counts as they are',
      { limits: [{ unit: 'requests', amount: 2000, per: 'day' }] },
      { limits: [{ unit: 'requests', amount: 1000, per: 'day' }] },
      'limits.requests_per_day must be at most 1000, not 2000',
    ],
    ['that nothing may hang below', {}, { delegationMaxDepth: 0 }, 'delegation is not permitted'],
    [
      'how deep a child may still go',
      { delegationMaxDepth: 1 },
      { delegationMaxDepth: 1 },
      'delegation.max_depth must be at most 0 here',
    ],
  ])('says %s', (_what, child, parent, message) => {
    const right = unrestrictedAccess('openai');
    const verdict = checkWithin({ ...right, ...child }, { ...right, delegationMaxDepth: 1, ...parent });
    expect(verdict.ok || verdict.error.map((each) => each.message)).toEqual([message]);
  });

  it('holds between a right and itself, one level of delegation deeper', () => {
    fc.assert(
      fc.property(accesses, (access) => {
        const parent = { ...access, delegationMaxDepth: access.delegationMaxDepth + 1 };
        expect(checkWithin(access, parent).ok).toBe(true);
        expect(checkWithin(access, access).ok).toBe(false);
      }),
    );
  });

  it('is transitive along effective rights: a grandchild is within its grandparent', () => {
    fc.assert(
      fc.property(accesses, accesses, accesses, (one, two, three) => {
        const top = { ...one, delegationMaxDepth: 9 };
        const middle = narrowAccess({ ...two, delegationMaxDepth: 8 }, top);
        fc.pre(middle.delegationMaxDepth > 0);
        const bottom = narrowAccess(three, middle);
        expect(membersBeyond(checkWithin(middle, top))).toEqual([]);
        expect(membersBeyond(checkWithin(bottom, middle))).toEqual([]);
        expect(membersBeyond(checkWithin(bottom, top))).toEqual([]);
      }),
    );
  });

  it('finds each widening by one, whatever the rest is', () => {
    const widenings: readonly [string, (parent: ModelAccess) => Partial<ModelAccess>][] = [
      ['provider', () => ({ provider: 'anthropic' })],
      ['models', ({ models }) => ({ models: models && [...models, 'zzz'] })],
      ['capabilities', ({ capabilities }) => ({ capabilities: capabilities && null })],
      ['locations', ({ locations }) => ({ locations: locations && [...locations, 'https://z.example'] })],
      ['tools', ({ tools }) => ({ tools: [...(tools ?? []), 'zzz'] })],
      ['limits.max_concurrent', ({ maxConcurrent: most }) => ({ maxConcurrent: most && most + 1 })],
      ['expires', ({ expiresAtMs: at }) => ({ expiresAtMs: at && at + 1000 })],
      ['delegation.max_depth', ({ delegationMaxDepth: depth }) => ({ delegationMaxDepth: depth })],
      ['delegation.to', ({ delegationTo: to }) => ({ delegationTo: to && [...to, 'zzz'] })],
    ];
    fc.assert(
      fc.property(accesses, fc.constantFrom(...widenings), (access, [member, widen]) => {
        const parent = { ...access, delegationMaxDepth: access.delegationMaxDepth + 1 };
        const change = widen(parent);
        fc.pre(Object.values(change).every((value) => value !== null || member === 'capabilities'));
        fc.pre(member !== 'delegation.to' || access.delegationMaxDepth > 0);
        fc.pre(member !== 'capabilities' || access.capabilities !== null);
        fc.pre(member !== 'expires' || access.expiresAtMs !== 0);
        expect(membersBeyond(checkWithin({ ...access, ...change }, parent))).toEqual([member]);
      }),
    );
  });
});

describe('checkNarrowed', () => {
  it('lets an owner keep what was asked, depth included', () => {
    fc.assert(
      fc.property(accesses, (asked) => {
        expect(checkNarrowed(asked, asked).ok).toBe(true);
      }),
    );
  });

  it('lets an owner narrow, and not widen, what was asked', () => {
    const asked = { ...unrestrictedAccess('openai'), models: ['a', 'b'], delegationMaxDepth: 1 };
    expect(membersBeyond(checkNarrowed({ ...asked, models: ['a'], delegationMaxDepth: 0 }, asked))).toEqual(
      [],
    );
    expect(membersBeyond(checkNarrowed({ ...asked, models: null, delegationMaxDepth: 2 }, asked))).toEqual([
      'models',
      'delegation.max_depth',
    ]);
  });
});
