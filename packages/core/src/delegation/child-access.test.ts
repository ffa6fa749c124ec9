import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accesses } from '../access/access.arbitrary.ts';
import { checkWithin } from '../access/check-within.ts';
import { unrestrictedAccess } from '../access/model-access.ts';
import { childAccess } from './child-access.ts';

const parent = { ...unrestrictedAccess('openai'), models: ['a*'], delegationMaxDepth: 2, expiresAtMs: 1000 };

const anyAgent = { isOwnAgent: true, provenClientId: null };

describe('childAccess', () => {
  it('fills in what the child inherits', () => {
    const asked = { ...unrestrictedAccess('openai'), models: ['ab'], delegationMaxDepth: 1 };
    expect(childAccess(asked, { access: parent, depth: 0 }, anyAgent, 3)).toEqual({
      ok: true,
      value: { ...asked, expiresAtMs: 1000 },
    });
  });

  it('refuses a child that asks for more', () => {
    const verdict = childAccess({ ...parent, models: ['b'] }, { access: parent, depth: 0 }, anyAgent, 3);
    expect(verdict.ok ? [] : verdict.error.map(({ member }) => member)).toEqual([
      'models',
      'delegation.max_depth',
    ]);
  });

  it('refuses any child at the greatest depth of the broker', () => {
    const asked = { ...parent, delegationMaxDepth: 0 };
    expect(childAccess(asked, { access: parent, depth: 2 }, anyAgent, 3).ok).toBe(true);
    expect(childAccess(asked, { access: parent, depth: 3 }, anyAgent, 3)).toMatchObject({
      ok: false,
      error: [{ member: 'delegation.max_depth' }],
    });
  });

  it('refuses a recipient that the parent may not delegate to, whatever it asks for', () => {
    const access = { ...parent, delegationTo: ['client-a'] };
    const asked = { ...parent, models: ['b'], delegationMaxDepth: 0 };
    const proven = { isOwnAgent: false, provenClientId: 'client-a' };
    expect(childAccess(asked, { access, depth: 0 }, anyAgent, 3)).toMatchObject({
      ok: false,
      error: [{ member: 'models' }, { member: 'delegation.to' }],
    });
    expect(childAccess({ ...asked, models: ['ab'] }, { access, depth: 0 }, proven, 3).ok).toBe(true);
  });

  it('says of a parent that may not delegate that alone', () => {
    const access = { ...parent, delegationMaxDepth: 0 };
    const asked = { ...parent, models: ['ab'], delegationMaxDepth: 0 };
    expect(childAccess(asked, { access, depth: 0 }, anyAgent, 3)).toEqual({
      ok: false,
      error: [{ member: 'delegation.max_depth', message: 'delegation is not permitted' }],
    });
  });

  it('gives only rights that are within the parent', () => {
    fc.assert(
      fc.property(accesses, accesses, (asked, access) => {
        const child = childAccess(asked, { access, depth: 0 }, anyAgent, 3);
        if (child.ok) expect(checkWithin(child.value, access).ok).toBe(true);
        else expect(child.error.length).toBeGreaterThan(0);
      }),
    );
  });
});
