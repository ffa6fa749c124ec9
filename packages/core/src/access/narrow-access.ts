// The right that is left where two meet: what a child may really do, whatever happened to its parent since. MUST NOT
// ever return more than either of the two in any dimension.

import type { Limit } from '../budget/limit.ts';
import { intersectPatterns } from './match-model.ts';
import { CALLER_RUN_TOOLS, type ModelAccess } from './model-access.ts';
import { REQUEST_CAP_MEMBERS, type RequestCap, WINDOW_LIMIT_MEMBERS } from './wire-members.ts';

/**
 * A child's effective right at use: the intersection with its parent's effective right in every dimension. Fold it
 * from the root of a chain downwards.
 *
 * Delegation below it goes one level less deep than below the parent, and never below 0, and to nobody that the parent may
 * not delegate to. Whether this child itself may still be there is another question: `chainAccess` answers it. Save for
 * a parent whose depth is 0, the result is within the parent by `checkWithin`. The result may cover nothing (an empty
 * list); such a value has no wire form that parses.
 * MUST be of one provider: a child of another is refused when it is made.
 */
export function narrowAccess(child: ModelAccess, parent: ModelAccess): ModelAccess {
  if (child.provider !== parent.provider) {
    throw new Error(`a right for ${child.provider} hangs below one for ${parent.provider}`);
  }
  return {
    provider: child.provider,
    models: intersectPatterns(child.models, parent.models),
    capabilities: intersect(child.capabilities, parent.capabilities),
    locations: intersect(child.locations, parent.locations),
    limits: narrowLimits(child.limits, parent.limits),
    ...narrowCaps(child, parent),
    tools: intersectTools(child.tools, parent.tools),
    ...narrowDelegation(child, parent),
    expiresAtMs: lesser(child.expiresAtMs, parent.expiresAtMs),
    reason: child.reason,
  };
}

function intersect<Item>(
  left: readonly Item[] | null,
  right: readonly Item[] | null,
): readonly Item[] | null {
  if (left === null || right === null) return left ?? right;
  return left.filter((item) => right.includes(item));
}

/** Unlike elsewhere, null is a list of its own here: it stays null only where both are. */
const intersectTools = (
  left: readonly string[] | null,
  right: readonly string[] | null,
): readonly string[] | null =>
  left === null && right === null ? null : intersect(left ?? CALLER_RUN_TOOLS, right ?? CALLER_RUN_TOOLS);

function narrowDelegation(child: ModelAccess, parent: ModelAccess) {
  const depth = Math.min(child.delegationMaxDepth, parent.delegationMaxDepth - 1);
  const to = intersect(child.delegationTo ?? null, parent.delegationTo ?? null);
  const isOpen = depth > 0 && to?.length !== 0;
  return { delegationMaxDepth: isOpen ? depth : 0, delegationTo: isOpen ? to : null };
}

function narrowLimits(left: readonly Limit[], right: readonly Limit[]): readonly Limit[] {
  return WINDOW_LIMIT_MEMBERS.flatMap(({ unit, per }) => {
    const amounts = [...left, ...right]
      .filter((l) => l.unit === unit && l.per === per)
      .map(({ amount }) => amount);
    return amounts.length === 0 ? [] : [{ unit, amount: Math.min(...amounts), per }];
  });
}

function narrowCaps(left: ModelAccess, right: ModelAccess): Record<RequestCap, number | null> {
  const caps = REQUEST_CAP_MEMBERS.map(({ field }) => [field, lesser(left[field], right[field])]);
  return Object.fromEntries(caps) as Record<RequestCap, number | null>;
}

const lesser = (left: number | null, right: number | null): number | null =>
  left === null || right === null ? (left ?? right) : Math.min(left, right);
