// What a request for more would change, link by link: pure, so that the same is shown, hashed and written.

import {
  formatAccess,
  isSameAccess,
  type ModelAccess,
  moreAbove,
  type UsedOf,
  widenAccess,
} from '@valetkey/core';
import { sha256 } from '../digest.ts';
import type { DelegationHop } from '../grants/contract.ts';
import { HOUSE_MAX_NANOS } from '../grants/house-max.ts';
import type { Link } from '../ledger/contract.ts';
import type { Proposal, ProposedChange } from './contract.ts';
import type { UsedThen } from './request-rows.ts';

/** One provider's chain: the links of the path's grants, the owner's grant first. */
export interface ChainState {
  readonly provider: string;
  readonly links: readonly { readonly hop: DelegationHop; readonly link: Link }[];
}

/** What counted against the limits of a link when the request was made. */
const usedThenOf =
  (used: readonly UsedThen[], linkId: string): UsedOf =>
  ({ unit, per }) =>
    used.find((each) => each.linkId === linkId && each.unit === unit && each.per === per)?.amount ?? 0;

/** No page gives more than the house allows for a period, also not above the one that asks; what a grant has it keeps. */
const withinHouse = (more: ModelAccess): ModelAccess => ({
  ...more,
  limits: more.limits.map((limit) =>
    limit.unit === 'usd' ? { ...limit, amount: Math.min(limit.amount, HOUSE_MAX_NANOS) } : limit,
  ),
});

/** What of `more` changes something on the chain of its provider. */
export const proposeChain = (
  more: ModelAccess,
  { provider, links }: ChainState,
  usedThen: readonly UsedThen[],
  usedNow: (linkId: string) => UsedOf,
): readonly ProposedChange[] => {
  const asker = links.at(-1);
  return links.flatMap(({ hop, link }, at) => {
    const from = link.access;
    if (from === null || asker === undefined) return [];
    const levels = links.length - 1 - at;
    const [usedByAsker, usedAbove] = [usedThenOf(usedThen, asker.link.id), usedThenOf(usedThen, link.id)];
    const moreHere = levels === 0 ? more : withinHouse(moreAbove(more, levels, usedByAsker, usedAbove));
    const to = widenAccess(from, moreHere);
    if (isSameAccess(from, to)) return [];
    const used = from.limits.map(usedNow(link.id));
    return [{ hop, linkId: link.id, provider, isAsker: levels === 0, from, to, used }];
  });
};

/** Over everything that a decision rests on, but for what is used: that moves with every call. */
export const hashShown = ({ request, path, changes }: Omit<Proposal, 'shownHash' | 'rights'>): string => {
  const { id, asked, message } = request;
  const rows = changes.map(({ hop, from, to }) => [hop.grantId, formatAccess(from), formatAccess(to)]);
  const hops = path.map(({ grantId, name }) => [grantId, name]);
  return sha256(JSON.stringify([id, asked.map(formatAccess), message, hops, rows]));
};
