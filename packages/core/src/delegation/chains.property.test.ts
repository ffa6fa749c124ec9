// Whole chains of delegation, made and changed at random, judged by concrete uses: whatever a link lets through in the end, each grant above
// it lets through by itself. The oracle asks one use after the other and MUST NOT know the rules by which rights are compared.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accesses, modelNames, recipientNames } from '../access/access.arbitrary.ts';
import type { WithinViolation } from '../access/check-within.ts';
import { CAPABILITIES, type ModelAccess } from '../access/model-access.ts';
import { narrowAccess } from '../access/narrow-access.ts';
import { LIMIT_PERIODS, LIMIT_UNITS } from '../budget/limit.ts';
import type { Recipient } from './chain-access.ts';
import { childAccess } from './child-access.ts';

const MAX_DEPTH = 4;
/** Each name, and one beyond each name that only a prefix covers. */
const MODELS = [...modelNames, ...modelNames.map((name) => `${name}~`), '~'];
const TOOLS = ['function', 'custom', 'web_search', 'code_interpreter'];
const COUNTS = [0, 1, 2, 3, 4, 5, 6];
const CAPS = {
  tokens_per_request: 'maxTokensPerRequest',
  max_input_tokens: 'maxInputTokens',
  max_output_tokens: 'maxOutputTokens',
  max_concurrent: 'maxConcurrent',
} as const;

/** One thing that a right can be asked about: its uses, and whether a right lets one of them through. */
interface Dimension {
  readonly member: string;
  readonly uses: readonly unknown[];
  readonly lets: (access: ModelAccess, use: never) => boolean;
  /** What a use of a link is to the grant so many levels above it: the same, unless it counts levels. */
  readonly seenFrom: (use: never, levels: number) => unknown;
}

const dimension = <Use>(
  member: string,
  uses: readonly Use[],
  lets: (access: ModelAccess, use: Use) => boolean,
  seenFrom: (use: Use, levels: number) => Use = (use) => use,
): Dimension => ({ member, uses, lets, seenFrom });

const matches = (pattern: string, name: string): boolean => {
  const whole = pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\\\*$/, '.*');
  return new RegExp(`^${whole}$`, 's').test(name);
};

const WINDOWS: Record<string, string[]> = {
  usd: ['total_spend', 'monthly_spend', 'weekly_spend', 'daily_spend', 'spend_per_minute'],
  requests: [
    'max_requests',
    'requests_per_month',
    'requests_per_week',
    'requests_per_day',
    'requests_per_minute',
  ],
  tokens: ['total_tokens', 'tokens_per_month', 'tokens_per_week', 'tokens_per_day', 'tokens_per_minute'],
};

const RECIPIENTS = [...recipientNames, 'stranger'];
const mayGoTo = ({ delegationTo }: ModelAccess, to: string): boolean =>
  !delegationTo || new Set(delegationTo).has(to);

const DIMENSIONS: readonly Dimension[] = [
  dimension('provider', ['openai', 'google'], (access, use) => access.provider === use),
  dimension(
    'models',
    MODELS,
    ({ models }, use) => !models || models.some((pattern) => matches(pattern, use)),
  ),
  dimension(
    'capabilities',
    [...CAPABILITIES, 'none that is known'],
    ({ capabilities }, use) => !capabilities || new Set<string>(capabilities).has(use),
  ),
  dimension(
    'locations',
    ['https://a.example', 'https://b.example', 'https://c.example'],
    ({ locations }, use) => !locations || new Set(locations).has(use),
  ),
  dimension('tools', TOOLS, ({ tools }, use) =>
    tools ? new Set(tools).has(use) : use === 'function' || use === 'custom',
  ),
  dimension(
    'expires',
    COUNTS.flatMap((seconds) => [seconds * 1000 - 1, seconds * 1000]),
    (access, atMs) => {
      const { expiresAtMs } = access;
      return expiresAtMs === null || atMs < expiresAtMs;
    },
  ),
  // What hangs below a link hangs one level deeper below the one above it.
  dimension(
    'delegation',
    [1, 2, 3, 4, 5].flatMap((levels) => RECIPIENTS.map((to) => ({ levels, to }))),
    (access, { levels, to }) => access.delegationMaxDepth >= levels && mayGoTo(access, to),
    ({ levels, to }, more) => ({ levels: levels + more, to }),
  ),
  ...Object.entries(CAPS).map(([name, field]) =>
    dimension(
      `limits.${name}`,
      COUNTS,
      (access, use) => !(use > (access[field] ?? Number.POSITIVE_INFINITY)),
    ),
  ),
  ...LIMIT_UNITS.flatMap((unit) =>
    LIMIT_PERIODS.map((per, at) =>
      dimension(`limits.${WINDOWS[unit]![at]}`, COUNTS, ({ limits }, use) =>
        limits.every((limit) => {
          if (limit.unit !== unit || limit.per !== per) return true;
          return (unit === 'usd' ? use * 1000 : use) <= limit.amount;
        }),
      ),
    ),
  ),
];

/** The rights at the links of a chain, from the owner's grant down. */
const effectiveRights = (own: readonly ModelAccess[]): ModelAccess[] =>
  own.reduce<ModelAccess[]>((above, access) => {
    const parent = above.at(-1);
    above.push(parent ? narrowAccess(access, parent) : access);
    return above;
  }, []);

/** They end at whole seconds, so that the moments asked about tell any two of them apart. */
const rights = accesses.map((access) => ({
  ...access,
  expiresAtMs: access.expiresAtMs && Math.ceil(access.expiresAtMs / 1000) * 1000,
}));

const RECEIVERS: readonly Recipient[] = [
  { isOwnAgent: true, provenClientId: null },
  { isOwnAgent: false, provenClientId: 'client-a' },
  { isOwnAgent: false, provenClientId: null },
];

/** How an agent asks for a child: for something within what it may, or for anything. */
const asks = fc.record({
  wish: rights,
  isWithin: fc.boolean(),
  provider: fc.constantFrom('openai', 'openai', 'openai', 'google'),
  recipient: fc.constantFrom(...RECEIVERS),
});
type Ask = typeof asks extends fc.Arbitrary<infer Value> ? Value : never;

/** A child that was refused. */
interface Refusal {
  readonly asked: ModelAccess;
  readonly recipient: Recipient;
  readonly parent: ModelAccess;
  readonly depth: number;
  readonly violations: readonly WithinViolation[];
}

const wishes = fc.record({
  root: rights,
  asks: fc.array(asks, { minLength: 1, maxLength: 8 }),
  edits: fc.array(fc.record({ at: fc.nat({ max: 9 }), access: rights }), { maxLength: 5 }),
});

/** The chain that comes of asking again and again: what is granted goes one deeper. */
const chainOf = (root: ModelAccess, all: readonly Ask[]) => {
  const own = [root];
  const refusals: Refusal[] = [];
  for (const { wish, isWithin, provider, recipient } of all) {
    const [parent, depth] = [effectiveRights(own).at(-1)!, own.length - 1];
    const asked = isWithin ? narrowAccess(wish, parent) : { ...wish, provider };
    const child = childAccess(asked, { access: parent, depth }, recipient, MAX_DEPTH);
    if (child.ok) own.push(asked);
    else refusals.push({ asked, recipient, parent, depth, violations: child.error });
  }
  return { own, refusals };
};

const lets = ({ lets }: Dimension, access: ModelAccess, use: unknown): boolean => lets(access, use as never);

/** Uses of a link that the grant so many levels above it does not let through. */
const beyond = (dimension: Dimension, access: ModelAccess, above: ModelAccess, levels: number) =>
  dimension.uses.filter(
    (use) =>
      lets(dimension, access, use) && !lets(dimension, above, dimension.seenFrom(use as never, levels)),
  );

const isNamedTo = ({ delegationTo: to }: ModelAccess, { isOwnAgent, provenClientId }: Recipient): boolean =>
  to === null || to.some((name) => (isOwnAgent && name === 'own_agents') || name === provenClientId);

/** What a refusal MUST tell of, by concrete uses. */
const membersBeyond = ({ asked, recipient, parent }: Refusal): string[] => {
  const members = DIMENSIONS.filter(({ member, uses, lets }) => {
    if (member === 'delegation') return false;
    // Numbers that are not named are inherited: only those that are named can go beyond.
    const isNumber = member === 'expires' || member.startsWith('limits.');
    const isInherited = isNumber && uses.every((use) => lets(asked, use as never));
    return !isInherited && uses.some((use) => lets(asked, use as never) && !lets(parent, use as never));
  }).map(({ member }) => member);
  if (asked.delegationMaxDepth >= parent.delegationMaxDepth) members.push('delegation.max_depth');
  const goesToMore =
    asked.delegationMaxDepth > 0 && RECIPIENTS.some((to) => mayGoTo(asked, to) && !mayGoTo(parent, to));
  const isNotForIt = parent.delegationMaxDepth > 0 && !isNamedTo(parent, recipient);
  return goesToMore || isNotForIt ? [...members, 'delegation.to'] : members;
};

describe('a random chain of delegation', () => {
  it('lets through at each link exactly what each grant from there to the top does, whatever they become', () => {
    fc.assert(
      fc.property(wishes, ({ root, asks, edits }) => {
        const { own } = chainOf(root, asks);
        for (const { at, access } of edits) own[at % own.length] = access;
        for (const [level, effective] of effectiveRights(own).entries()) {
          for (const each of DIMENSIONS) {
            for (const use of each.uses) {
              const allDo = own
                .slice(0, level + 1)
                .every((grant, at) => lets(each, grant, each.seenFrom(use as never, level - at)));
              expect([each.member, use, lets(each, effective, use)]).toEqual([each.member, use, allDo]);
            }
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is made of children none of which goes beyond the one above it, in any dimension', () => {
    fc.assert(
      fc.property(wishes, ({ root, asks }) => {
        const { own } = chainOf(root, asks);
        const effective = effectiveRights(own);
        for (const [at, child] of effective.slice(1).entries()) {
          for (const each of DIMENSIONS)
            expect([each.member, beyond(each, child, effective[at]!, 1)]).toEqual([each.member, []]);
        }
        expect(own.length - 1).toBeLessThanOrEqual(Math.min(root.delegationMaxDepth, MAX_DEPTH));
      }),
      { numRuns: 200 },
    );
  });

  it('is refused only what really goes beyond, and told of each member that does', () => {
    fc.assert(
      fc.property(wishes, ({ root, asks }) => {
        for (const refusal of chainOf(root, asks).refusals) {
          const told = new Set(refusal.violations.map(({ member }) => member));
          const isDeepest = refusal.depth >= MAX_DEPTH;
          expect(told).toEqual(new Set(isDeepest ? ['delegation.max_depth'] : membersBeyond(refusal)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('shrinks at every link below when a grant in it shrinks', () => {
    fc.assert(
      fc.property(wishes, ({ root, asks, edits }) => {
        const { own } = chainOf(root, asks);
        for (const { at, access } of edits) {
          const before = effectiveRights(own);
          const place = at % own.length;
          own[place] = narrowAccess(access, own[place]!);
          for (const [level, now] of effectiveRights(own).entries()) {
            for (const each of DIMENSIONS)
              expect([each.member, beyond(each, now, before[level]!, 0)]).toEqual([each.member, []]);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
