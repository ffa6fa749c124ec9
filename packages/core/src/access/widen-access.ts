// What a request for more asks for and what an owner gives of it. Here a right is read as what should change: what it does not name stays as
// it is. MUST NOT ever make a right narrower, nor give what was not named.

import type { Limit } from '../budget/limit.ts';
import { fail, type Result, succeed } from '../result.ts';
import type { WithinViolation } from './check-within.ts';
import { formatExpires } from './expiry.ts';
import { formatAccess } from './format-access.ts';
import { isPatternCovered } from './match-model.ts';
import { quote } from './member-reader.ts';
import { CALLER_RUN_TOOLS, CAPABILITIES, type ModelAccess } from './model-access.ts';
import { REQUEST_CAP_MEMBERS, type RequestCap, windowLimitName } from './wire-members.ts';

/**
 * The right after a request for more: every number that is named rises to what is named and never falls, names are added, the end moves
 * later. What has no limit gets none. `models: ['*']` in `more` stands for every model.
 */
export function widenAccess(present: ModelAccess, more: ModelAccess): ModelAccess {
  return {
    ...present,
    models: widenModels(present.models, more.models),
    capabilities: added(present.capabilities, more.capabilities, CAPABILITIES),
    locations: added(present.locations, more.locations),
    limits: present.limits.map((limit) => ({
      ...limit,
      amount: Math.max(limit.amount, amountOf(more.limits, limit) ?? 0),
    })),
    ...widenCaps(present, more),
    tools: more.tools === null ? present.tools : widenTools(present.tools, more.tools),
    ...widenDelegation(present, more),
    expiresAtMs: later(present.expiresAtMs, more.expiresAtMs),
  };
}

/** Whether two rights of one provider say the same, but for the reason. */
export const isSameAccess = (left: ModelAccess, right: ModelAccess): boolean =>
  JSON.stringify(formatAccess({ ...left, reason: null })) ===
  JSON.stringify(formatAccess({ ...right, reason: null }));

/**
 * Whether what an owner gives of a request lies within what was asked, or every way in which it does not: nothing that was not named, no
 * number above the one named.
 */
export function checkGiven(given: ModelAccess, asked: ModelAccess): Result<void, readonly WithinViolation[]> {
  const violations = [
    ...beyondNames('provider', [given.provider], [asked.provider]),
    ...beyondNames('models', given.models, asked.models, isPatternCovered),
    ...beyondNames('capabilities', given.capabilities, asked.capabilities),
    ...beyondNames('locations', given.locations, asked.locations),
    ...beyondNames('tools', given.tools, asked.tools),
    ...given.limits.flatMap((limit) =>
      beyondNumber(
        `limits.${windowLimitName(limit.unit, limit.per)}`,
        limit.amount,
        amountOf(asked.limits, limit),
      ),
    ),
    ...REQUEST_CAP_MEMBERS.flatMap(({ name, field }) =>
      beyondNumber(`limits.${name}`, given[field], asked[field]),
    ),
    ...beyondNumber('delegation.max_depth', given.delegationMaxDepth, asked.delegationMaxDepth),
    ...beyondReceivers(given, asked),
    ...beyondNumber('expires', given.expiresAtMs, asked.expiresAtMs, formatExpires),
  ];
  return violations.length === 0 ? succeed(undefined) : fail(violations);
}

/** How much counts against a kind of limit on one link, in the window open now: nanos or a count. */
export type UsedOf = (limit: Pick<Limit, 'unit' | 'per'>) => number;

/** A step of a spending limit on the wire: six decimals of a US dollar. */
const WIRE_NANOS = 1000;

/**
 * What a link above the asker's needs for the asker to get what it asks for: as much room as the asker would have, on top of what is used
 * there already. `levels` is how many delegations lie between the two.
 */
export function moreAbove(
  more: ModelAccess,
  levels: number,
  usedByAsker: UsedOf,
  usedAbove: UsedOf,
): ModelAccess {
  const limits = more.limits.map((limit) => {
    const room = Math.max(0, limit.amount - usedByAsker(limit));
    const amount = usedAbove(limit) + room;
    return {
      ...limit,
      amount: limit.unit === 'usd' ? Math.ceil(amount / WIRE_NANOS) * WIRE_NANOS : amount,
    };
  });
  const depth = more.delegationMaxDepth;
  return { ...more, limits, delegationMaxDepth: depth === 0 ? 0 : depth + levels };
}

const amountOf = (limits: readonly Limit[], { unit, per }: Pick<Limit, 'unit' | 'per'>): number | undefined =>
  limits.find((limit) => limit.unit === unit && limit.per === per)?.amount;

function widenModels(present: ModelAccess['models'], more: ModelAccess['models']): ModelAccess['models'] {
  if (present === null || more === null) return present;
  if (more.includes('*')) return null;
  return [...present, ...more.filter((pattern) => !isPatternCovered(pattern, present))];
}

/** Both lists together, in the order of `order` where there is one; a list that restricts nothing stays so. */
function added<Item>(
  present: readonly Item[] | null,
  more: readonly Item[] | null,
  order?: readonly Item[],
): readonly Item[] | null {
  if (present === null || more === null) return present;
  const all = [...present, ...more.filter((item) => !present.includes(item))];
  return order ? order.filter((item) => all.includes(item)) : all;
}

/** Unlike elsewhere, null is a list of its own here: it stays null while nothing is added to it. */
function widenTools(present: ModelAccess['tools'], more: readonly string[]): ModelAccess['tools'] {
  const known = present ?? CALLER_RUN_TOOLS;
  return more.every((tool) => known.includes(tool)) ? present : added(known, more);
}

function widenCaps(present: ModelAccess, more: ModelAccess): Record<RequestCap, number | null> {
  const caps = REQUEST_CAP_MEMBERS.map(({ field }) => [field, later(present[field], more[field])]);
  return Object.fromEntries(caps) as Record<RequestCap, number | null>;
}

/** Where nothing could be delegated, the levels come with whom they are asked for. */
function widenDelegation(
  present: ModelAccess,
  more: ModelAccess,
): Pick<ModelAccess, 'delegationMaxDepth' | 'delegationTo'> {
  const [to, moreTo] = [present.delegationTo ?? null, more.delegationTo ?? null];
  return {
    delegationMaxDepth: Math.max(present.delegationMaxDepth, more.delegationMaxDepth),
    delegationTo: present.delegationMaxDepth === 0 ? moreTo : added(to, moreTo),
  };
}

/** The greater of two; what is not restricted stays so, and what is not named changes nothing. */
const later = (present: number | null, more: number | null): number | null =>
  present === null || more === null ? present : Math.max(present, more);

function beyondNames(
  member: string,
  given: readonly string[] | null,
  asked: readonly string[] | null,
  isCovered: (item: string, asked: readonly string[]) => boolean = (item, items) => items.includes(item),
): WithinViolation[] {
  const beyond = given?.filter((item) => !isCovered(item, asked ?? [])) ?? [];
  if (beyond.length === 0) return [];
  return [{ member, message: `${member}: ${beyond.map(quote).join(', ')} was not asked for` }];
}

/** Whom to delegate to is asked for with how deep: named by neither it is anyone, so that an answer without it must not say more. */
function beyondReceivers(given: ModelAccess, asked: ModelAccess): WithinViolation[] {
  const [to, askedTo] = [given.delegationTo ?? null, asked.delegationTo ?? null];
  if (askedTo === null || given.delegationMaxDepth === 0) return [];
  if (to === null)
    return [{ member: 'delegation.to', message: 'delegation.to must be named, as it was asked' }];
  return beyondNames('delegation.to', to, askedTo);
}

function beyondNumber(
  member: string,
  given: number | null,
  asked: number | null | undefined,
  say: (value: number) => string = String,
): WithinViolation[] {
  if (given === null || (asked != null && given <= asked)) return [];
  const message =
    asked == null ? `${member} was not asked for` : `${member} must be at most the ${say(asked)} asked for`;
  return [{ member, message }];
}
