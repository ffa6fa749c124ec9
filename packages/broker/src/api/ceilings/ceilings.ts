// Ceilings of provider keys: what all apps together may spend of each, and what they have spent.

import { formatAccess, unrestrictedAccess, WINDOW_LIMIT_MEMBERS } from '@valetkey/core';
import { z } from 'zod';
import { HOUSE_MAX_NANOS } from '../../grants/house-max.ts';
import type { Ceiling, KeyCeiling } from '../../grants/key-ceilings.ts';
import { ApiError } from '../api-error.ts';
import type { App } from '../app.ts';
import { requireConfirmed } from '../confirmed.ts';
import type { ApiParts } from '../contract.ts';
import { limitState as presentLimit } from '../grants/present-grant.ts';
import { readDetails } from '../grants/read-details.ts';
import { limitState } from '../grants/schema.ts';
import { errorResponses, idParams, toUsd, usdText } from '../wire.ts';

const limitsText = z
  .partialRecord(z.enum(WINDOW_LIMIT_MEMBERS.map(({ name }) => name)), z.union([z.number(), z.string()]))
  .describe('As `limits` of authorization_details, such as `{"monthly_spend": "50"}`');

const ceiling = z
  .object({
    provider_key: z.object({
      id: z.string(),
      provider: z.string(),
      label: z.string(),
      last_four: z.string(),
    }),
    limits: limitsText,
    states: z.array(limitState),
    spent: z.object({ today_usd: usdText, month_usd: usdText, total_usd: usdText }),
  })
  .meta({ id: 'KeyCeiling' });

const ceilings = z
  .object({
    house_max_usd: usdText.describe('The most that a consent page gives for any one period'),
    own: z
      .array(limitState)
      .describe('What the operator lets you use in all, over all keys and apps; none: no maximum'),
    data: z.array(ceiling),
  })
  .meta({ id: 'KeyCeilings' });

const statesOf = ({ limits, usage }: Ceiling, nowMs: number) =>
  limits.map((limit) => presentLimit(limit, usage, nowMs));

const present = (key: KeyCeiling, nowMs: number): z.infer<typeof ceiling> => {
  const { id, provider, label, lastFour, limits, usage } = key;
  const settled = (per: 'day' | 'month' | 'total') => toUsd(usage?.windows.usd[per].settled ?? 0);
  const wire = formatAccess({ ...unrestrictedAccess(provider), limits });
  return {
    provider_key: { id, provider, label, last_four: lastFour },
    limits: (wire.limits ?? {}) as z.infer<typeof limitsText>,
    states: statesOf(key, nowMs),
    spent: { today_usd: settled('day'), month_usd: settled('month'), total_usd: settled('total') },
  };
};

const tags = ['provider keys'];

/** Registers the calls. */
export const registerCeilings = (app: App, parts: ApiParts): void => {
  const { keyCeilings, ambient } = parts;
  const list = {
    summary:
      'List what all apps together may spend of each provider key, and have spent; and what you may use in all',
    tags,
    response: { 200: ceilings, ...errorResponses },
  };
  app.get('/api/v1/ceilings', { schema: list }, async ({ owner }) => ({
    house_max_usd: toUsd(HOUSE_MAX_NANOS),
    own: statesOf(await keyCeilings.own(owner.ownerId), ambient.now()),
    data: (await keyCeilings.list(owner.ownerId)).map((each) => present(each, ambient.now())),
  }));

  const change = {
    summary: 'Set the ceiling of a provider key',
    description:
      'Replaces its limits; `{}` takes them away. The next call of every app that draws on it is held to them. A model without a price is ' +
      'refused while there is a limit in US dollars.',
    tags,
    params: idParams,
    body: z.strictObject({ limits: limitsText }),
    response: { 200: ceiling, ...errorResponses },
  };
  app.put('/api/v1/ceilings/:id', { schema: change }, async ({ owner: { ownerId }, owner, params, body }) => {
    const before = (await keyCeilings.list(ownerId)).find(({ id }) => id === params.id);
    if (!before) throw new ApiError('not_found', 'There is no such provider key.');
    const entry = { type: 'ai_model_access', provider: before.provider, limits: body.limits };
    const [access] = readDetails([entry], parts);
    await requireConfirmed(parts, owner);
    const set = await keyCeilings.set(ownerId, params.id, access!.limits);
    if (!set.ok) throw new ApiError(set.error.reason, set.error.detail);
    const after = (await keyCeilings.list(ownerId)).find(({ id }) => id === params.id);
    return present(after!, ambient.now());
  });
};
