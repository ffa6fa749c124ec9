import { type ModelAccess, unrestrictedAccess } from '@valetkey/core';
import { describe, expect, it } from 'vitest';
import type { Proposal } from './contract.ts';
import { isLargeRaise } from './large-raise.ts';

const USD = 1_000_000_000;
const right = (provider: string, dollars: number, models: string[] = ['m']): ModelAccess => ({
  ...unrestrictedAccess(provider),
  models,
  limits: [{ unit: 'usd', amount: dollars * USD, per: 'month' }],
});

/** A request of a grant with `rights`, which has `to` of these afterwards. */
const proposal = (rights: ModelAccess[], ...to: ModelAccess[]): Proposal =>
  ({
    request: { asked: to, grantId: 'grt_asker' },
    rights: new Map([['grt_asker', rights]]),
    changes: to.map((access) => ({
      hop: { grantId: 'grt_asker' },
      provider: access.provider,
      isAsker: true,
      from: rights.find(({ provider }) => provider === access.provider)!,
      to: access,
    })),
  }) as unknown as Proposal;

describe('whether a request for more gives a large budget, above $100 a month', () => {
  const [a90, b90] = [right('a', 90), right('b', 90)];
  it.each<[string, ModelAccess[], ModelAccess[], boolean]>([
    ['a small one that grows within it', [right('a', 10)], [right('a', 90)], false],
    ['a small one that grows beyond it', [right('a', 10)], [right('a', 110)], true],
    ['two parts that grow beyond it together', [right('a', 10), right('b', 10)], [a90, b90], true],
    ['a part that grows beside another', [a90, right('b', 5)], [b90], true],
    // Who allows it may be handing out tokens of the whole grant: the app that asked comes back for them.
    ['a model more for a large one', [right('a', 900)], [right('a', 900, ['m', 'n'])], true],
    ['a cent more beside a large one', [right('a', 900), right('b', 1)], [right('b', 1.01)], true],
  ])('%s', (_name, rights, to, expected) => {
    expect(isLargeRaise(100 * USD, proposal(rights, ...to), {})).toBe(expected);
  });

  it('counts all that a grant above can spend when one part of it is raised, unless it stays as it is', () => {
    const asked = proposal([right('a', 10)], right('a', 40));
    const [change] = asked.changes;
    const above = { ...change!, hop: { grantId: 'grt_above', name: 'planner' }, isAsker: false };
    const withAbove = (...rights: ModelAccess[]) => ({
      ...asked,
      changes: [above as Proposal['changes'][number], change!],
      rights: new Map([...asked.rights, ['grt_above', rights]]),
    });
    const large = withAbove(right('a', 10), right('b', 70));
    expect(isLargeRaise(100 * USD, withAbove(right('a', 10), right('b', 50)), {})).toBe(false);
    expect(isLargeRaise(100 * USD, large, {})).toBe(true);
    expect(isLargeRaise(100 * USD, large, { unchangedGrantIds: ['grt_above'] })).toBe(false);
  });
});
