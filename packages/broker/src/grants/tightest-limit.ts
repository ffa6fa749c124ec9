// Which limit of a grant will stop it first: what people and clients are told as "what is left".

import type { Limit } from '@valetkey/core';
import type { GrantUsage, LinkUsage } from './contract.ts';
import { countedOf } from './counted.ts';

/** The limit with the largest share used (settled and held), over all links given; null if there is no limit at all. */
export const tightestLimit = (
  links: readonly { readonly id: string; readonly limits: string }[],
  balances: readonly LinkUsage[],
): GrantUsage['tightest'] => {
  const byLink = new Map(balances.map((balance) => [balance.linkId, balance]));
  const all = links.flatMap((link) =>
    (JSON.parse(link.limits) as Limit[]).map((limit) => {
      const { settled, held } = countedOf(byLink.get(link.id), limit);
      return { unit: limit.unit, per: limit.per, limit: limit.amount, used: settled + held };
    }),
  );
  const share = (limit: { limit: number; used: number }) =>
    limit.limit === 0 ? Number.POSITIVE_INFINITY : limit.used / limit.limit;
  return all.reduce<GrantUsage['tightest']>(
    (tightest, limit) => (tightest && share(tightest) >= share(limit) ? tightest : limit),
    null,
  );
};
