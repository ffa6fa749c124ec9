// Owners, their maxima and invitations on the wire.

import { LIMIT_PERIODS, LIMIT_UNITS, type Limit, parseUsd } from '@valetkey/core';
import { z } from 'zod';
import { isStorableText } from '../../store/storable-text.ts';
import { timeText, toUsd, usdText } from '../wire.ts';

/** A count below what a sum of several stays exact with. */
const MOST_COUNTED = 1_000_000_000_000;

const usdLimit = z.strictObject({
  unit: z.literal('usd'),
  per: z.enum(LIMIT_PERIODS),
  amount: z.string().superRefine((text, check) => {
    const parsed = parseUsd(text);
    if (!parsed.ok) check.addIssue({ code: 'custom', message: parsed.error });
  }),
});
const countLimit = z.strictObject({
  unit: z.enum(['requests', 'tokens']),
  per: z.enum(LIMIT_PERIODS),
  amount: z.int().min(0).max(MOST_COUNTED),
});

/** The house maxima of an owner: at most one for each unit and period. */
export const maxima = z
  .array(z.union([usdLimit, countLimit]))
  .max(LIMIT_UNITS.length * LIMIT_PERIODS.length)
  .refine((all) => new Set(all.map(({ unit, per }) => `${unit} ${per}`)).size === all.length, {
    error: 'must have one limit at most for each unit and period',
  })
  .describe('What an owner may use in all, over all apps and provider keys; none: no maximum');

/** As the ledger holds them. */
export const toLimits = (wire: z.infer<typeof maxima>): readonly Limit[] =>
  wire.map(({ unit, per, amount }) => {
    const nanos = unit === 'usd' ? parseUsd(amount) : null;
    if (nanos && !nanos.ok) throw new Error(nanos.error);
    return { unit, per, amount: nanos ? nanos.value : Number(amount) };
  });

/** As they stand on the wire. */
export const toMaxima = (limits: readonly Limit[]): z.infer<typeof maxima> =>
  limits.map(({ unit, per, amount }) =>
    unit === 'usd' ? { unit, per, amount: toUsd(amount) } : { unit, per, amount },
  );

const email = z.string().max(320).refine(isStorableText, 'must not hold a NUL').pipe(z.email());

/** What an invitation is made of. */
export const newInvitation = z
  .strictObject({
    email: email.nullish().describe('The only address that may take it; left out: whoever has the link'),
    maxima: maxima.default([]),
  })
  .meta({ id: 'NewInvitation' });

/** An invitation that can still be taken. */
export const invitation = z
  .object({
    id: z.string(),
    email: z.string().nullable(),
    maxima,
    created_at: timeText,
    expires_at: timeText,
  })
  .meta({ id: 'Invitation' });

/** An invitation with its link, which is told once. */
export const madeInvitation = invitation
  .extend({ link: z.string().describe('Told once: send it to whom you invite. It works once') })
  .meta({ id: 'MadeInvitation' });

/** An owner as the operator sees one: amounts, no calls, apps or keys. */
export const ownerSummary = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum(['operator', 'owner']),
    status: z.enum(['active', 'suspended']),
    joined_at: timeText,
    suspended_at: timeText.nullable(),
    maxima,
    spent: z.object({ today_usd: usdText, month_usd: usdText, total_usd: usdText, calls: z.int() }),
  })
  .meta({ id: 'Owner' });

/** Which maxima an owner is given. */
export const newMaxima = z.strictObject({ maxima }).meta({ id: 'NewMaxima' });

/** Whom to remove, so that a slip removes nobody. */
export const removal = z
  .strictObject({ email: z.string().max(320).describe('The address of the owner who is removed') })
  .meta({ id: 'OwnerRemoval' });
