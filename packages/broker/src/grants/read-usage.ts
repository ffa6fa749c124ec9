// What an owner sees spent of a grant: the balances of its links, and the limit that will stop it first.

import type { Kysely } from 'kysely';
import type { Ledger, LimitReset } from '../ledger/contract.ts';
import type { Schema } from '../store/schema.ts';
import type { GrantUsage } from './contract.ts';
import { usageOf } from './counted.ts';
import { tightestLimit } from './tightest-limit.ts';

/** The usage of a grant, with those resets of its limits that are of windows open now. */
export const readUsage = async (
  db: Kysely<Schema>,
  ledger: Pick<Ledger, 'balances'>,
  grantId: string,
  nowMs: number,
): Promise<GrantUsage> => {
  const links = await db
    .selectFrom('links')
    .select(['id', 'limits', 'resets'])
    .where('grant_id', '=', grantId)
    .orderBy('id')
    .execute();
  const resets = new Map(links.map((link) => [link.id, JSON.parse(link.resets) as LimitReset[]]));
  const balances = (await ledger.balances(links.map((link) => link.id))).map((balance) =>
    usageOf(balance, resets.get(balance.linkId)!, nowMs),
  );
  return { balances, tightest: tightestLimit(links, balances) };
};
