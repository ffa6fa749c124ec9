// Reads the `llm-inference` entry of TPX v0.2 and normalises it: a lifetime budget in credits of USD 0.000001, and
// models without a provider. Unknown members are refused, as TPX asks.

import { MAX_USD_NANOS } from '../budget/money.ts';
import { fail, type Result, succeed } from '../result.ts';
import { type AccessError, accessError, MemberReader } from './member-reader.ts';
import { type ModelAccess, unrestrictedAccess } from './model-access.ts';
import { everyModelIsNull, exactly, MAX_MODELS, MODEL_RULE } from './text-rules.ts';

/** The `type` of a TPX v0.2 entry of `authorization_details`. */
export const TPX_TYPE = 'llm-inference';

const NANOS_PER_CREDIT = 1000;

/** Names the provider that serves a model (or a pattern); for null the one to use when no model is named; null if none. */
export type ProviderOf = (model: string | null) => string | null;

/**
 * Reads one `llm-inference` entry. A model may be written `provider/model`; the prefix goes if it names the provider
 * that was found. Models of several providers are refused: the budget is one, a right names one provider.
 */
export function parseTpxAccess(
  input: unknown,
  providerOf: ProviderOf,
  path = 'authorization_details',
): Result<ModelAccess, AccessError> {
  const entry = new MemberReader(input, path, ['type', 'budget', 'models']);
  entry.require('type', 'budget');
  entry.text('type', exactly(TPX_TYPE));
  const credits = entry.count('budget', 1, MAX_USD_NANOS / NANOS_PER_CREDIT);
  const models = entry.texts('models', MODEL_RULE, MAX_MODELS);
  const [problem] = entry.problems;
  if (problem !== undefined) return fail(problem);

  const asked = models ?? [null];
  const provider = providerOf(asked[0] ?? null);
  if (provider === null || asked.some((model) => providerOf(model) !== provider)) {
    return fail(accessError(`${path}.models`, 'must all be served by one provider that is connected here'));
  }
  return succeed({
    ...unrestrictedAccess(provider),
    models: everyModelIsNull(models?.map((model) => withoutPrefix(model, `${provider}/`)) ?? null),
    limits: [{ unit: 'usd', amount: (credits ?? 0) * NANOS_PER_CREDIT, per: 'total' }],
  });
}

const withoutPrefix = (model: string, prefix: string): string =>
  model.startsWith(prefix) && model !== prefix ? model.slice(prefix.length) : model;
