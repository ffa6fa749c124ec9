// What an owner is offered for a request: what was asked, with a budget where none was, and the keys that could pay. Pure: the page shows
// an offer, the form is read against it, and its hash says that both were the same one.

import { formatAccess, type LimitPeriod, type ModelAccess, NANOS_PER_USD } from '@valetkey/core';
import { sha256 } from '../digest.ts';
import type { Grant } from '../grants/contract.ts';
import { HOUSE_MAX_NANOS } from '../grants/house-max.ts';
import type { PendingRequest } from '../grants/requests-contract.ts';
import type { OfferedDevice, PayingKey } from './contract.ts';

/** One amount of USD that the owner may lower. */
export interface BudgetOffer {
  readonly amountNanos: number;
  readonly per: LimitPeriod;
  /** True if the app asked for no budget: the amount is then a proposal, and the owner chooses the period, too. */
  readonly isProposed: boolean;
}

/** One provider's part. `access` is what would be granted if nothing was changed, but for the expiry. */
export interface PartOffer {
  readonly asked: ModelAccess;
  readonly access: ModelAccess;
  readonly budgets: readonly BudgetOffer[];
  readonly keys: readonly PayingKey[];
}

/** Everything the page shows that is decided on. */
export interface Offer {
  readonly parts: readonly PartOffer[];
  /** Live grants that the owner gave this app before; they go on beside the new one unless the owner ends them. */
  readonly present: readonly Grant[];
  /** The owner's devices, any of which the grant may be pinned to. */
  readonly devices: readonly OfferedDevice[];
  /** SHA-256 over the request and this offer: what is stored MUST have been shown under the same hash. */
  readonly hash: string;
}

/** Proposed where an app names no budget: little enough to try an app with. */
const PROPOSED_BUDGET: BudgetOffer = { amountNanos: 5 * NANOS_PER_USD, per: 'month', isProposed: true };

/** Makes the offer for one owner, who has `keys` and `devices` and gave out `grants`. */
export function makeOffer(
  pending: PendingRequest,
  ownerId: string,
  keys: readonly PayingKey[],
  grants: readonly Grant[],
  devices: readonly OfferedDevice[] = [],
): Offer {
  const present = grants.filter(
    ({ clientId, status }) =>
      clientId === pending.client.id && (status === 'active' || status === 'suspended'),
  );
  const parts = pending.asked.map((asked): PartOffer => {
    const asksFor = asked.limits.filter(({ unit }) => unit === 'usd');
    const budgets =
      asksFor.length === 0
        ? [PROPOSED_BUDGET]
        : asksFor.map(({ amount, per }) => ({
            amountNanos: Math.min(amount, HOUSE_MAX_NANOS),
            per,
            isProposed: false,
          }));
    return {
      asked,
      budgets,
      access: { ...withBudgets(asked, budgets), delegationMaxDepth: 0, delegationTo: null },
      keys: keys.filter(({ provider }) => provider === asked.provider),
    };
  });
  const shown = parts.map(({ asked, access, keys: paying }) => [
    formatAccess(asked),
    formatAccess(access),
    paying.map(({ id, label, lastFour }) => [id, label, lastFour]),
  ]);
  const named = devices.map(({ id, name }) => ({ id, name }));
  const hash = sha256(
    JSON.stringify([pending.fingerprint, ownerId, shown, present.map(({ id }) => id), named]),
  );
  return { parts, present, devices: named, hash };
}

/** The right with these amounts in place of its limits in USD. */
export function withBudgets(
  access: ModelAccess,
  budgets: readonly { readonly amountNanos: number; readonly per: LimitPeriod }[],
): ModelAccess {
  const usd = budgets.map(({ amountNanos, per }) => ({ unit: 'usd' as const, amount: amountNanos, per }));
  return { ...access, limits: [...usd, ...access.limits.filter(({ unit }) => unit !== 'usd')] };
}

/** Days after which a grant may end. */
const EXPIRY_DAYS = [1, 7, 30, 90] as const;

const DAY_MS = 24 * 60 * 60 * 1000;

/** One choice of when the grant ends. `value` is what the form sends. */
export interface ExpiryChoice {
  readonly value: string;
  readonly endsAtMs: number;
  /** Days from now; null for the end that the app asked for. */
  readonly days: number | null;
}

/** The choices that lie within what was asked, soonest first, and the one that is chosen at first. Never empty. */
export function expiryChoices(
  asked: readonly ModelAccess[],
  nowMs: number,
): { readonly choices: readonly ExpiryChoice[]; readonly initial: ExpiryChoice } {
  const latest = Math.max(...asked.map(({ expiresAtMs }) => expiresAtMs ?? Number.POSITIVE_INFINITY));
  const choices: ExpiryChoice[] = EXPIRY_DAYS.map((days) => ({
    value: String(days),
    endsAtMs: nowMs + days * DAY_MS,
    days,
  })).filter(({ endsAtMs }) => endsAtMs < latest);
  if (latest <= nowMs + 90 * DAY_MS) choices.push({ value: 'asked', endsAtMs: latest, days: null });
  const initial = choices.findLast(({ days }) => days === null || days <= 30) ?? choices[0]!;
  return { choices, initial };
}
