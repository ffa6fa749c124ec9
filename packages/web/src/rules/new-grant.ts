// From what a person chose on "Connect an app" to the grant that is asked for. Pure; the present comes in.

import { OWN_AGENTS, windowLimitName } from '@valetkey/core';
import type { AccessDetail, LimitPeriod, NewGrant, Provider } from '../api/types.ts';
import { typedUsd } from '../format/money.ts';
import { DAY_MS } from '../format/time.ts';
import type { LimitRow } from './limits.ts';

/** The windows a budget can be given for here, the usual one first. */
export const BUDGET_PERIODS = ['month', 'week', 'day', 'total'] as const satisfies readonly LimitPeriod[];

/** A window of a budget. */
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

/** What the form holds. `models` null is every model with a price. */
export interface GrantChoice {
  readonly name: string;
  readonly provider: string;
  readonly keyId: string | null;
  readonly models: readonly string[] | null;
  readonly amount: string;
  readonly per: BudgetPeriod;
  readonly days: number;
  /** How many levels of agents of its own it may share the budget with; a tool with a key-shaped token can name no others. */
  readonly sharedLevels: number;
}

/** What still keeps a choice from being a grant, as the field it is about. */
export type ChoiceProblem = 'amount' | 'models';

/** The first thing wrong with a choice, or null. */
export function choiceProblem(choice: GrantChoice): ChoiceProblem | null {
  if (choice.models?.length === 0) return 'models';
  return typedUsd(choice.amount) === null ? 'amount' : null;
}

/** The budget of a choice as the one line of a form of limits. */
export const budgetRows = ({ per, amount }: Pick<GrantChoice, 'per' | 'amount'>): readonly LimitRow[] => [
  { name: windowLimitName('usd', per), input: amount },
];

/** The body of `POST /grants` for a choice without problem; it expires `days` days after `nowMs`. */
export function newGrant(choice: GrantChoice, nowMs: number): NewGrant {
  const { sharedLevels } = choice;
  const detail: AccessDetail = {
    type: 'ai_model_access',
    provider: choice.provider,
    ...(choice.models && { models: choice.models }),
    limits: { [windowLimitName('usd', choice.per)]: typedUsd(choice.amount) ?? '0' },
    ...(sharedLevels > 0 && { delegation: { max_depth: sharedLevels, to: [OWN_AGENTS] } }),
    expires: new Date(nowMs + choice.days * DAY_MS).toISOString(),
  };
  const name = choice.name.trim();
  return {
    ...(name !== '' && { name }),
    authorization_details: [detail],
    ...(choice.keyId !== null && { provider_key_ids: { [choice.provider]: choice.keyId } }),
  };
}

/** The provider asked for if it is ready, else one that has a key, else the sandbox: it answers even where nobody serves the others. */
export function preferredProvider(providers: readonly Provider[], wanted?: string): Provider | undefined {
  const ready = providers.filter(isReady);
  return (
    ready.find(({ name }) => name === wanted) ??
    ready.find(({ key_required }) => key_required) ??
    ready.find(({ simulated }) => simulated) ??
    ready[0]
  );
}

/** The first model of the provider that the choice includes, as providers list those that can chat first; null if none is known. */
export const modelToTry = ({ models }: Provider, chosen: GrantChoice['models']): string | null =>
  models.find(({ id }) => chosen === null || chosen.includes(id))?.id ?? null;

/** Whether a grant can be made on a provider now: it has a key, or needs none. */
export const isReady = (provider: Provider): boolean => provider.has_key || !provider.key_required;
