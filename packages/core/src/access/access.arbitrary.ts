// Random rights for property tests, drawn from few names so that they often meet. For tests only.

import fc from 'fast-check';
import { LIMIT_UNITS } from '../budget/limit.ts';
import { CAPABILITIES, type ModelAccess, OWN_AGENTS } from './model-access.ts';
import { REQUEST_CAP_MEMBERS, WINDOW_LIMIT_MEMBERS } from './wire-members.ts';

/** Model names that prefixes of `patterns` cover, and others. */
export const modelNames = ['a', 'ab', 'abc', 'abd', 'b', 'ba', 'A', 'c'];

/** Whom a right may be delegated to. */
export const recipientNames = [OWN_AGENTS, 'client-a', 'client-b'];

const setOf = <Item>(items: readonly Item[], minLength = 1) =>
  fc.option(
    fc
      .subarray([...items], { minLength })
      .chain((some) => fc.shuffledSubarray(some, { minLength: some.length })),
  );

const optionalCount = fc.option(fc.integer({ min: 1, max: 5 }));

const limits = fc.tuple(...WINDOW_LIMIT_MEMBERS.map(() => optionalCount)).map((counts) =>
  WINDOW_LIMIT_MEMBERS.flatMap(({ unit, per }, index) => {
    const count = counts[index];
    return typeof count === 'number'
      ? [{ unit, per, amount: unit === LIMIT_UNITS[0] ? count * 1000 : count }]
      : [];
  }),
);

const caps = fc.record(
  Object.fromEntries(REQUEST_CAP_MEMBERS.map(({ field }) => [field, optionalCount])) as Record<
    (typeof REQUEST_CAP_MEMBERS)[number]['field'],
    typeof optionalCount
  >,
);

/** Rights to one provider that a parser could have made. */
export const accesses: fc.Arbitrary<ModelAccess> = fc
  .record({
    provider: fc.constant('openai'),
    models: setOf([...modelNames.slice(0, 6), 'a*', 'ab*', 'b*']),
    capabilities: setOf(CAPABILITIES),
    locations: setOf(['https://a.example', 'https://b.example']),
    limits,
    tools: setOf(['function', 'custom', 'web_search'], 0),
    delegationMaxDepth: fc.integer({ min: 0, max: 4 }),
    delegationTo: setOf(recipientNames),
    expiresAtMs: fc.option(fc.integer({ min: 0, max: 5000 })),
    reason: fc.option(fc.constantFrom('one', 'two')),
  })
  .chain((access) => caps.map((some) => ({ ...access, ...some })))
  .map((access) => (access.delegationMaxDepth > 0 ? access : { ...access, delegationTo: null }));
