// Reads what the owner sent against what was offered. A form is untrusted input: whatever it holds, the result lies within what the app
// asked for, or there is none.

import {
  CAPABILITIES,
  checkNarrowed,
  fail,
  LIMIT_PERIODS,
  type LimitPeriod,
  limitIndex,
  MAX_COUNT,
  type ModelAccess,
  parseUsd,
  type Result,
  succeed,
} from '@valetkey/core';
import type { NewGrant } from '../grants/contract.ts';
import { HOUSE_MAX_NANOS } from '../grants/house-max.ts';
import { readDelegation } from './delegation-fields.ts';
import { messages } from './messages.ts';
import { type BudgetOffer, expiryChoices, type Offer, type PartOffer, withBudgets } from './offer.ts';

/** Problems by the name of the field; `''` for the whole form. */
export type DecisionErrors = Readonly<Record<string, string>>;

/** Periods that a proposed budget can have. */
export const BUDGET_PERIODS: readonly LimitPeriod[] = LIMIT_PERIODS.filter((per) => per !== 'minute');

/** The names of a part's fields. */
export const partFields = (index: number) =>
  ({
    key: `p${index}-key`,
    budget: (per: LimitPeriod) => `p${index}-usd-${per}`,
    period: `p${index}-period`,
    model: `p${index}-model`,
    tokens: `p${index}-tokens`,
  }) as const;

/** The name of the box that ends what the app was given before. */
export const REPLACE_FIELD = 'replace';

/** The parts of the grant that the form describes, or what is wrong with it. */
export function readDecision(
  form: URLSearchParams,
  offer: Offer,
  nowMs: number,
): Result<NewGrant['parts'], DecisionErrors> {
  const errors: Record<string, string> = {};
  const asked = offer.parts.map((part) => part.asked);
  const ends = expiryChoices(asked, nowMs).choices.find(({ value }) => value === form.get('expires'));
  if (ends === undefined) errors.expires = messages.errors.expires;
  const parts = offer.parts.map((part, index) => {
    const endsAtMs = Math.min(ends?.endsAtMs ?? nowMs, part.asked.expiresAtMs ?? Number.POSITIVE_INFINITY);
    return readPart(form, part, index, endsAtMs, errors);
  });
  if (Object.keys(errors).length > 0) return fail(errors);
  for (const [index, { access }] of parts.entries()) {
    // The fields above can't say more than was asked; if they ever do, nothing is granted.
    const narrowed = checkNarrowed(access, asked[index]!);
    if (!narrowed.ok) return fail({ '': narrowed.error.map(({ message }) => message).join('; ') });
  }
  return succeed(parts);
}

function readPart(
  form: URLSearchParams,
  part: PartOffer,
  index: number,
  expiresAtMs: number,
  errors: Record<string, string>,
): { readonly providerKeyId: string; readonly access: ModelAccess } {
  const fields = partFields(index);
  const { asked } = part;
  const providerKeyId = form.get(fields.key) ?? '';
  if (!part.keys.some(({ id }) => id === providerKeyId)) errors[fields.key] = messages.errors.key;
  const budgets = part.budgets.map((budget) => readBudget(form, budget, index, errors));
  const access = withBudgets(asked, budgets);
  return {
    providerKeyId,
    access: {
      ...access,
      limits: [...access.limits].sort(
        (left, right) => limitIndex(left.unit, left.per) - limitIndex(right.unit, right.per),
      ),
      models: readModels(form, asked, index, errors),
      capabilities: asked.capabilities ?? CAPABILITIES,
      maxTokensPerRequest: readTokens(form, asked, index, errors),
      ...readDelegation(form, asked, index, errors),
      expiresAtMs,
    },
  };
}

function readBudget(
  form: URLSearchParams,
  offered: BudgetOffer,
  index: number,
  errors: Record<string, string>,
): { readonly amountNanos: number; readonly per: LimitPeriod } {
  const fields = partFields(index);
  const name = fields.budget(offered.per);
  const amount = parseUsd((form.get(name) ?? '').trim().replace(/^\$/, ''));
  const most = offered.isProposed ? HOUSE_MAX_NANOS : offered.amountNanos;
  if (!amount.ok || amount.value === 0) errors[name] = messages.errors.amount;
  else if (amount.value > most) errors[name] = messages.errors.amountAbove(most);
  const period = offered.isProposed
    ? BUDGET_PERIODS.find((per) => per === form.get(fields.period))
    : offered.per;
  if (period === undefined) errors[fields.period] = messages.errors.period;
  return { amountNanos: amount.ok ? amount.value : 0, per: period ?? offered.per };
}

function readModels(
  form: URLSearchParams,
  { models }: ModelAccess,
  index: number,
  errors: Record<string, string>,
): readonly string[] | null {
  if (models === null || models.length === 1) return models;
  const { model: name } = partFields(index);
  const chosen = models.filter((model) => form.getAll(name).includes(model));
  if (chosen.length === 0) errors[name] = messages.errors.models;
  return chosen;
}

function readTokens(
  form: URLSearchParams,
  { maxTokensPerRequest: asked }: ModelAccess,
  index: number,
  errors: Record<string, string>,
): number | null {
  const { tokens: name } = partFields(index);
  const text = (form.get(name) ?? '').trim();
  if (text === '') return asked;
  const count = /^\d{1,12}$/.test(text) ? Number(text) : 0;
  const most = asked ?? MAX_COUNT;
  if (count < 1 || count > most) errors[name] = messages.errors.tokens(most);
  return count;
}
