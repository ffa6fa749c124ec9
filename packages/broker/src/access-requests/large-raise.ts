// Whether allowing a request for more gives a grant of its path a large budget.

import { widenAccess } from '@valetkey/core';
import { isLargeBudget } from '../grants/large-budget.ts';
import type { Proposal, RequestDecision } from './contract.ts';

/** True if a grant that asks, or one above it that is raised with it, could then spend more than `aboveNanos` in a month. */
export const isLargeRaise = (
  aboveNanos: number,
  { request, changes }: Proposal,
  { given = request.asked, unchangedGrantIds = [] }: Omit<RequestDecision & { kind: 'allow' }, 'kind'>,
): boolean =>
  changes
    .filter(({ isAsker, hop }) => isAsker || !unchangedGrantIds.includes(hop.grantId))
    .some(({ isAsker, provider, from, to }) => {
      const more = isAsker ? given.find((part) => part.provider === provider) : undefined;
      return isLargeBudget(aboveNanos, [more ? widenAccess(from, more) : to], [from]);
    });
