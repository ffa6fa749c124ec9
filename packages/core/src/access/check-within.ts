// Whether one right lies within another, dimension by dimension: the rules by which a delegated right may only ever be
// narrower than the one it comes from. RFC 9396 leaves this comparison to the type; these are the rules of ours.

import { usdDecimal } from '../budget/money.ts';
import { fail, type Result, succeed } from '../result.ts';
import { formatExpires } from './expiry.ts';
import { isPatternCovered } from './match-model.ts';
import { quote } from './member-reader.ts';
import { CALLER_RUN_TOOLS, type ModelAccess } from './model-access.ts';
import { REQUEST_CAP_MEMBERS, WINDOW_LIMIT_MEMBERS } from './wire-members.ts';

/** One dimension in which a right goes beyond the one it should lie within. */
export interface WithinViolation {
  /** The member on the wire, such as `models` or `limits.daily_spend`. */
  readonly member: string;
  /** One sentence for the client's developer. */
  readonly message: string;
}

/**
 * Whether a child may be made from a parent, or every way in which it goes beyond it.
 *
 * - Provider: equal. Models: every pattern covered by one of the parent's. Capabilities, locations, tools: a subset.
 *   A child that names none asks for all, so it fails where the parent is restricted: silence must not look like
 *   consent to less. `tools` absent stands for the tools that the caller runs itself.
 * - Numbers and expiry: at most the parent's. Absent ones inherit, since every request also counts against the parent.
 *   Ceilings over time are compared only with the same window; the others hold on their own.
 * - Delegation: at least one level less than the parent's, so a parent with depth 0 has no children. A child that may
 *   delegate at all names to whom, as with models, where its parent may not delegate to anyone.
 *
 * Because numbers inherit, `parent` MUST be the parent's effective right, already narrowed by all of its ancestors.
 */
export const checkWithin = (
  child: ModelAccess,
  parent: ModelAccess,
): Result<void, readonly WithinViolation[]> => verdict(child, parent, parent.delegationMaxDepth - 1);

/**
 * Whether what an owner decided only narrows what a client asked for: the same rules, but the depth of delegation may
 * stay as it was, because no new level is made.
 */
export const checkNarrowed = (
  edited: ModelAccess,
  asked: ModelAccess,
): Result<void, readonly WithinViolation[]> => verdict(edited, asked, asked.delegationMaxDepth);

function verdict(
  child: ModelAccess,
  parent: ModelAccess,
  deepest: number,
): Result<void, readonly WithinViolation[]> {
  const violations = [
    ...compareProviders(child, parent),
    ...compareSets('models', child.models, parent.models, isPatternCovered),
    ...compareSets('capabilities', child.capabilities, parent.capabilities),
    ...compareSets('locations', child.locations, parent.locations),
    ...compareSets('tools', child.tools ?? CALLER_RUN_TOOLS, parent.tools ?? CALLER_RUN_TOOLS),
    ...compareNumbers(child, parent),
    ...compareDepths(child, deepest),
    ...(child.delegationMaxDepth > 0
      ? compareSets('delegation.to', child.delegationTo, parent.delegationTo)
      : []),
  ];
  return violations.length === 0 ? succeed(undefined) : fail(violations);
}

function compareProviders(child: ModelAccess, parent: ModelAccess): WithinViolation[] {
  if (child.provider === parent.provider) return [];
  return [{ member: 'provider', message: `provider must be ${parent.provider}` }];
}

function compareSets(
  member: string,
  child: readonly string[] | null,
  parent: readonly string[] | null,
  isCovered: (item: string, parent: readonly string[]) => boolean = (item, items) => items.includes(item),
): WithinViolation[] {
  if (parent == null) return [];
  if (child == null) return [{ member, message: `${member} must be named, because they are restricted` }];
  const beyond = child.filter((item) => !isCovered(item, parent));
  if (beyond.length === 0) return [];
  return [{ member, message: `${member} must not include ${beyond.map(quote).join(', ')}` }];
}

function compareNumbers(child: ModelAccess, parent: ModelAccess): WithinViolation[] {
  const windows = WINDOW_LIMIT_MEMBERS.flatMap(({ name, unit, per }) => {
    const [asked, most] = [child, parent].map(({ limits }) =>
      limits.find((l) => l.unit === unit && l.per === per),
    );
    return compareNumber(`limits.${name}`, asked?.amount, most?.amount, unit === 'usd' ? sayUsd : String);
  });
  const caps = REQUEST_CAP_MEMBERS.flatMap(({ name, field }) =>
    compareNumber(`limits.${name}`, child[field], parent[field], String),
  );
  return [
    ...windows,
    ...caps,
    ...compareNumber('expires', child.expiresAtMs, parent.expiresAtMs, formatExpires),
  ];
}

/** Exact, so that an excess below a cent can be seen. */
const sayUsd = (nanos: number): string => `${usdDecimal(nanos)} USD`;

function compareNumber(
  member: string,
  asked: number | null | undefined,
  most: number | null | undefined,
  say: (value: number) => string,
): WithinViolation[] {
  if (asked == null || most == null || asked <= most) return [];
  return [{ member, message: `${member} must be at most ${say(most)}, not ${say(asked)}` }];
}

function compareDepths(child: ModelAccess, deepest: number): WithinViolation[] {
  if (child.delegationMaxDepth <= deepest) return [];
  const message =
    deepest < 0 ? 'delegation is not permitted' : `delegation.max_depth must be at most ${deepest} here`;
  return [{ member: 'delegation.max_depth', message }];
}
