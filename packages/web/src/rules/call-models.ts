// The models that a list of calls can be narrowed to, by provider, each as a choice of one field. Pure.

import type { Call, Provider } from '../api/types.ts';

/** What is chosen: a model of a provider, all of a provider, or a model of whichever provider. */
export interface ModelChoice {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
}

/** The choice as the value of an option. */
export const choiceText = ({ provider = '', model = '' }: ModelChoice): string =>
  provider + model === '' ? '' : JSON.stringify([provider, model]);

/** The choice back from its text. */
export const parseChoice = (text: string): { readonly provider: string; readonly model: string } => {
  const [provider, model] = text === '' ? ['', ''] : JSON.parse(text);
  return { provider, model };
};

/** Of each provider that can be used or was, its models by name: those that it offers, those of the calls, and what is chosen. */
export function modelsByProvider(
  providers: readonly Provider[],
  calls: readonly Call[],
  chosen: ModelChoice,
): readonly { readonly name: string; readonly label: string; readonly models: readonly string[] }[] {
  const found = new Map<string, Set<string>>();
  const add = (provider: string, model: string | null | undefined) => {
    const models = found.get(provider) ?? new Set();
    if (model) models.add(model);
    found.set(provider, models);
  };
  for (const { name, models, has_key, key_required } of providers)
    if (has_key || !key_required) for (const { id } of models) add(name, id);
  for (const { provider, model } of calls) if (provider !== '') add(provider, model);
  if (chosen.provider !== undefined) add(chosen.provider, chosen.model);
  const labels = new Map(providers.map(({ name, label }) => [name, label]));
  return [...found].map(([name, models]) => ({
    name,
    label: labels.get(name) ?? name,
    models: [...models].sort(),
  }));
}
