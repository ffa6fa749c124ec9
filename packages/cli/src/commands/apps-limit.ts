// `valetkey apps limit`: sets one limit of an app and leaves the others. Having no limit any more MUST be said in so many words.

import {
  fail,
  LIMIT_PERIODS,
  LIMIT_UNITS,
  type Limit,
  type LimitPeriod,
  type LimitUnit,
  parseUsd,
  type Result,
  succeed,
} from '@valetkey/core';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import { editGrant } from '../edit-grant.ts';
import type { Failure } from '../failure.ts';
import { t } from '../messages/messages.ts';
import { grantEntries } from './apps-show.ts';

interface LimitOptions {
  readonly id: string;
  readonly provider: string | null;
  /** An amount of null takes the limit away. */
  readonly limit: Pick<Limit, 'unit' | 'per'> & { readonly amount: number | null };
}

/** `valetkey apps limit` */
export const appsLimit = defineCommand({
  name: 'apps limit',
  summary: t.appsLimit.summary,
  args: ['grant', 'limit'],
  flags: {
    ...SERVER_FLAGS,
    provider: { type: 'string', value: 'NAME', help: t.grantFlags.partProvider },
    unit: { type: 'string', value: 'UNIT', help: t.appsLimit.unit },
  },
  examples: [
    'valetkey apps limit gr_1 10/month',
    'valetkey apps limit gr_1 200/day --unit requests',
    'valetkey apps limit gr_1 none/day',
  ],
  read({ provider = null, unit = 'usd' }, [id, text]): Result<LimitOptions, string> {
    if (!LIMIT_UNITS.includes(unit as LimitUnit)) return fail(t.appsLimit.badUnit(LIMIT_UNITS.join(', ')));
    const limit = readLimit(text!, unit as LimitUnit);
    return limit.ok ? succeed({ id: id!, provider, limit: limit.value }) : limit;
  },
  run: runLimit,
});

function readLimit(text: string, unit: LimitUnit): Result<LimitOptions['limit'], string> {
  const [amount = '', period = 'total', ...rest] = text.split('/');
  if (rest.length > 0 || !LIMIT_PERIODS.includes(period as LimitPeriod))
    return fail(t.grantFlags.badPeriod('<limit>', text, LIMIT_PERIODS.join(', ')));
  const per = period as LimitPeriod;
  if (amount === 'none') return succeed({ unit, per, amount: null });
  if (unit !== 'usd')
    return /^\d{1,15}$/.test(amount)
      ? succeed({ unit, per, amount: Number(amount) })
      : fail(t.appsLimit.badCount(text, unit));
  const usd = parseUsd(amount);
  return usd.ok
    ? succeed({ unit, per, amount: usd.value })
    : fail(t.misuse.badAmount('<limit>', text, usd.error));
}

async function runLimit(
  { id, provider, limit: { unit, per, amount } }: LimitOptions,
  context: Context,
): Promise<Result<void, Failure>> {
  const edited = await editGrant(
    id,
    provider,
    (now) => {
      const others = now.limits.filter((limit) => limit.unit !== unit || limit.per !== per);
      if (amount === null && others.length === now.limits.length) return fail(t.appsLimit.noLimit(unit, per));
      return succeed({ ...now, limits: amount === null ? others : [...others, { unit, per, amount }] });
    },
    context,
  );
  if (!edited.ok) return edited;
  const isBare = edited.value.parts.some(({ limits }) => limits.every((limit) => limit.unit !== 'usd'));
  context.terminal.say(isBare ? t.appsLimit.doneBare : t.grantEdit.done);
  context.terminal.result(edited.value, grantEntries(edited.value));
  return succeed(undefined);
}
