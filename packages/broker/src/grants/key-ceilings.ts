// Ceilings above grants: the limits of provider keys, which all apps and tools that draw on a key share, and above those what the operator lets
// an owner use in all. The ledger holds them like any other limit.

import { fail, type Limit, type Result, succeed } from '@valetkey/core';
import type { Kysely } from 'kysely';
import { ceilingIdOf } from '../ledger/ceiling.ts';
import type { Ledger, LimitReset } from '../ledger/contract.ts';
import type { Schema } from '../store/schema.ts';
import type { Grants, LinkUsage } from './contract.ts';
import { countedOf, usageOf } from './counted.ts';

/** Limits and what is used of them in the windows open now. */
export interface Ceiling {
  readonly limits: readonly Limit[];
  readonly usage: LinkUsage | undefined;
}

/** The ceiling of a provider key. */
export interface KeyCeiling extends Ceiling {
  readonly id: string;
  readonly provider: string;
  readonly label: string;
  readonly lastFour: string;
}

/** What is left of each limit of a ceiling in the window open now: neither used nor set aside. */
export const leftOf = ({ limits, usage }: Ceiling): readonly Limit[] =>
  limits.map((limit) => {
    const { settled, held } = countedOf(usage, limit);
    return { ...limit, amount: Math.max(0, limit.amount - settled - held) };
  });

/** What the ceilings are read and changed with. */
export interface CeilingDeps {
  readonly db: Kysely<Schema>;
  readonly ledger: Pick<Ledger, 'balances' | 'change' | 'link'>;
  readonly grants: Pick<Grants, 'forgetOwner'>;
  readonly now: () => number;
}

/** The ceilings of an owner and of the owner's provider keys. */
export interface KeyCeilings {
  /** What the operator lets the owner use in all, over all keys; no limits for the operator. */
  own(ownerId: string): Promise<Ceiling>;
  list(ownerId: string): Promise<readonly KeyCeiling[]>;
  /** Replaces the limits of a key. What is admitted afterwards is held to them, on every replica. */
  set(
    ownerId: string,
    keyId: string,
    limits: readonly Limit[],
  ): Promise<Result<void, { readonly reason: 'not_found' | 'unavailable'; readonly detail: string }>>;
}

/** The ceilings over the ledger of this house. */
export const createKeyCeilings = ({ db, ledger, grants, now }: CeilingDeps): KeyCeilings => ({
  async own(ownerId) {
    const id = ceilingIdOf(ownerId);
    const [link, [balance]] = await Promise.all([ledger.link(id), ledger.balances([id])]);
    return { limits: link?.limits ?? [], usage: balance && usageOf(balance, link?.resets ?? [], now()) };
  },

  async list(ownerId) {
    const rows = await db
      .selectFrom('provider_keys')
      .innerJoin('links', 'links.id', 'provider_keys.id')
      .select(['provider_keys.id', 'provider_keys.provider', 'label', 'last_four', 'limits', 'resets'])
      .where('provider_keys.owner_id', '=', ownerId)
      .where('removed_at', 'is', null)
      .orderBy('created_at')
      .orderBy('provider_keys.id')
      .execute();
    const balances = new Map(
      (await ledger.balances(rows.map(({ id }) => id))).map((balance) => [balance.linkId, balance]),
    );
    return rows.map(({ id, provider, label, last_four: lastFour, limits, resets }) => {
      const balance = balances.get(id);
      const usage = balance && usageOf(balance, JSON.parse(resets) as LimitReset[], now());
      return { id, provider, label, lastFour, limits: JSON.parse(limits) as Limit[], usage };
    });
  },

  async set(ownerId, keyId, limits) {
    const key = (await this.list(ownerId)).find(({ id }) => id === keyId);
    if (!key) return fail({ reason: 'not_found', detail: 'There is no such provider key.' });
    const changed = await ledger.change({
      links: [{ kind: 'update', linkId: keyId, set: { limits } }],
      rows: [],
      entries: [
        {
          ownerId,
          kind: 'provider_key.limits_changed',
          body: { provider_key_id: keyId, provider: key.provider, before: key.limits, after: limits },
        },
      ],
    });
    grants.forgetOwner(ownerId);
    if (!changed.ok) return fail({ reason: 'unavailable', detail: changed.error.detail });
    return succeed(undefined);
  },
});
