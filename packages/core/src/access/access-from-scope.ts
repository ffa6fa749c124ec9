// Translates scope strings `ai:<provider>:<model>:<capability>` (draft-hemanth-oauth-ai-scopes) into rights, for clients
// that can send nothing else. A convenience at the authorization endpoint only: scopes carry no limits.

import { fail, type Result, succeed } from '../result.ts';
import { type AccessError, accessError, quote } from './member-reader.ts';
import { CAPABILITIES, type Capability, type ModelAccess, unrestrictedAccess } from './model-access.ts';
import { CAPABILITY_RULE, everyModelIsNull, MODEL_RULE, PROVIDER_RULE } from './text-rules.ts';

/** Provider, model and capability; only the model may itself contain colons. */
const AI_SCOPE = /^ai:([^:]*):(.*):([^:]*)$/;

/** Whether a scope is meant for `accessFromScope`. `ai:use` and other short names are not. */
export const isAiScope = (scope: string): boolean => AI_SCOPE.test(scope);

/**
 * The rights that a space-separated `scope` asks for; other scopes in it are passed over, so the result may be empty.
 *
 * Each scope is one model with one capability. Models of a provider share an entry only when they were asked for with
 * the same capabilities, so that no pair is added which no scope named. `*` is every model, or every capability.
 */
export function accessFromScope(scope: string): Result<readonly ModelAccess[], AccessError> {
  const capabilitiesOf = new Map<string, Map<string, Set<Capability>>>();
  for (const token of scope.split(' ').filter(isAiScope)) {
    const [, provider = '', model = '', capability = ''] = AI_SCOPE.exec(token) ?? [];
    const known = capability === '*' || CAPABILITY_RULE.pattern.test(capability);
    if (!PROVIDER_RULE.pattern.test(provider) || !MODEL_RULE.pattern.test(model) || !known) {
      return fail(
        accessError('scope', `must hold ai:provider:model:capability where ${quote(token)} stands`),
      );
    }
    const models = getOrAdd(capabilitiesOf, provider, () => new Map<string, Set<Capability>>());
    const capabilities = getOrAdd(models, model, () => new Set<Capability>());
    for (const one of capability === '*' ? CAPABILITIES : [capability as Capability]) capabilities.add(one);
  }
  return succeed([...capabilitiesOf].flatMap(([provider, models]) => entriesOf(provider, models)));
}

function entriesOf(provider: string, models: ReadonlyMap<string, ReadonlySet<Capability>>): ModelAccess[] {
  const groups = Map.groupBy(models, ([, asked]) => CAPABILITIES.filter((one) => asked.has(one)).join(' '));
  return [...groups].map(([key, group]) => ({
    ...unrestrictedAccess(provider),
    models: everyModelIsNull(group.map(([model]) => model)),
    capabilities: key === CAPABILITIES.join(' ') ? null : (key.split(' ') as Capability[]),
  }));
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
