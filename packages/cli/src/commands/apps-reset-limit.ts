// `valetkey apps reset-limit`: what was spent of one limit so far stops counting against it. MUST NOT guess which one where there are several.

import { type Result, succeed } from '@valetkey/core';
import type { Grant, GrantLimit } from '../api-types.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import { type Failure, failWith, usageError } from '../failure.ts';
import { remaining, words } from '../format.ts';
import { t } from '../messages/messages.ts';
import type { Entry } from '../terminal.ts';

interface ResetOptions {
  readonly id: string;
  /** What the limit's provider, unit and period have to be; what is not said may be anything. */
  readonly wanted: { readonly provider?: string; readonly unit?: string; readonly per?: string };
}

/** `valetkey apps reset-limit` */
export const appsResetLimit = defineCommand({
  name: 'apps reset-limit',
  summary: t.appsResetLimit.summary,
  args: ['grant'],
  flags: {
    ...SERVER_FLAGS,
    provider: { type: 'string', value: 'NAME', help: t.appsResetLimit.provider },
    unit: { type: 'string', value: 'UNIT', help: t.appsResetLimit.unit },
    per: { type: 'string', value: 'PERIOD', help: t.appsResetLimit.per },
  },
  examples: ['valetkey apps reset-limit gr_1', 'valetkey apps reset-limit gr_1 --unit usd --per month'],
  read({ provider, unit, per }, [id]): Result<ResetOptions, string> {
    const wanted = { ...(provider && { provider }), ...(unit && { unit }), ...(per && { per }) };
    return succeed({ id: id!, wanted });
  },
  run: runReset,
});

async function runReset(
  { id, wanted }: ResetOptions,
  { api, terminal }: Context,
): Promise<Result<void, Failure>> {
  const path = `/grants/${encodeURIComponent(id)}`;
  const grant = await api.call<Grant>('GET', path);
  if (!grant.ok) return grant;
  const chosen = chooseLimit(grant.value, wanted);
  if (!chosen.ok) return chosen;
  const { provider, unit, per } = chosen.value;
  const reset = await api.call<Grant>('POST', `${path}/reset-limit`, { provider, unit, per });
  if (!reset.ok) return reset;
  terminal.say(t.appsResetLimit.done);
  const limits = limitsOf(reset.value).filter((limit) => isWanted(limit, chosen.value));
  terminal.result(reset.value, [
    ['Grant', words(reset.value.id)],
    ['Provider', words(provider)],
    ...limits.map((limit): Entry => ['Left', remaining(limit)]),
  ]);
  return succeed(undefined);
}

type NamedLimit = GrantLimit & { readonly provider: string };

const limitsOf = ({ parts }: Grant): readonly NamedLimit[] =>
  parts.flatMap(({ provider, limits }) => limits.map((limit) => ({ ...limit, provider })));

const isWanted = (limit: NamedLimit, { provider, unit, per }: ResetOptions['wanted']): boolean =>
  limit.provider === (provider ?? limit.provider) &&
  limit.unit === (unit ?? limit.unit) &&
  limit.per === (per ?? limit.per);

function chooseLimit(grant: Grant, wanted: ResetOptions['wanted']): Result<NamedLimit, Failure> {
  const all = limitsOf(grant);
  const found = all.filter((limit) => isWanted(limit, wanted));
  const [only] = found;
  if (only && found.length === 1) return succeed(only);
  const names = (only ? found : all)
    .map(({ provider, unit, per }) => `${provider} ${unit}/${per}`)
    .join(', ');
  if (only) return usageError(t.appsResetLimit.whichLimit(names));
  return failWith(names === '' ? t.appsResetLimit.noLimit : t.appsResetLimit.noSuchLimit(names));
}
