// Whether allowing a request for more lets a large budget be spent that could not be, or hands out one that is there.

import { widenAccess } from '@valetkey/core';
import { isLargeBudget } from '../grants/large-budget.ts';
import type { Proposal, RequestDecision } from './contract.ts';

/**
 * True if a grant that asks, or one above it that is raised with it, could then spend more than `aboveNanos` in a month. Also if the one that asks
 * can already, whatever it asks: where an app asks in a browser or at the backchannel it gets new tokens of the whole grant.
 */
export const isLargeRaise = (
  aboveNanos: number,
  { request, changes, rights }: Proposal,
  { given = request.asked, unchangedGrantIds = [] }: Omit<RequestDecision & { kind: 'allow' }, 'kind'>,
): boolean => {
  if (isLargeBudget(aboveNanos, rights.get(request.grantId) ?? [])) return true;
  const raised = changes.filter(({ isAsker, hop }) => isAsker || !unchangedGrantIds.includes(hop.grantId));
  return [...Map.groupBy(raised, ({ hop }) => hop.grantId)].some(([grantId, parts]) => {
    const others = (rights.get(grantId) ?? []).filter(
      (right) => !parts.some(({ provider }) => provider === right.provider),
    );
    const after = parts.map(({ isAsker, provider, from, to }) => {
      const more = isAsker ? given.find((part) => part.provider === provider) : undefined;
      return more ? widenAccess(from, more) : to;
    });
    return isLargeBudget(aboveNanos, [...after, ...others], [...parts.map(({ from }) => from), ...others]);
  });
};
