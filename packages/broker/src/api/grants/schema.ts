// A grant on the wire, and what may be asked of one.

import { LIMIT_PERIODS, LIMIT_UNITS } from '@valetkey/core';
import { z } from 'zod';
import { ACTOR_LABEL } from '../../grants/actors.ts';
import { THUMBPRINT } from '../../tokens/dpop-proof.ts';
import { pinnedDevice } from '../devices/schema.ts';
import { timeText, usdText } from '../wire.ts';

const amount = z
  .union([usdText, z.int()])
  .describe('US dollars as a decimal string, other units as an integer');

/** A limit with what counts against it now. */
export const limitState = z.object({
  unit: z.enum(LIMIT_UNITS),
  per: z.enum(LIMIT_PERIODS),
  amount,
  settled: amount.describe('What counts against it: spent in this window, since its reset if there was one'),
  held: amount.describe('Set aside for calls that are still running'),
  remaining: amount,
  window_ends_at: timeText.nullable().describe('Null for `total`'),
  reset: z
    .object({ at: timeText, amount: amount.describe('Spent in this window before, which does not count') })
    .nullable()
    .describe('The last reset in this window, or null'),
});

const part = z.object({
  provider: z.string(),
  provider_key: z.object({ id: z.string(), label: z.string(), last_four: z.string() }).nullable(),
  limits: z.array(limitState),
  lines: z.array(z.string()).describe('What it allows, in plain sentences'),
  recipients: z
    .record(z.string(), z.string())
    .describe('The apps of `delegation.to` in words, by id: with a name where somebody stands for it'),
});

/** Entries of `authorization_details`, checked by the rules of core, which say what is wrong better than a schema. */
const details = z
  .array(z.record(z.string(), z.unknown()))
  .min(1)
  .max(20)
  .describe('RFC 9396 objects of type `ai_model_access`, one for each provider');

const deviceIds = z
  .array(z.string().max(100))
  .max(100)
  .describe('Devices that it works from, and nowhere else; none: it works from anywhere');

/** How a grant stands. */
export const grantStatus = z.enum(['active', 'suspended', 'revoked', 'expired']);

/** Which grants, and which page of them. */
export const grantFilter = z.strictObject({
  status: z.enum(['active', 'all']).default('active'),
  before: z
    .string()
    .regex(/^\d{1,15}\.\w{1,100}$/, 'must be the `next` of a page before')
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
});

/** What was spent on a grant. */
const spent = z.object({ today_usd: usdText, month_usd: usdText, total_usd: usdText, calls: z.int() });

const grantShape = z.object({
  id: z.string(),
  name: z.string(),
  client: z
    .object({
      id: z.string(),
      name: z.string(),
      url: z.string().nullable(),
      origin: z.enum(['registered', 'self_registered', 'metadata_document']),
    })
    .nullable()
    .describe('Null for a grant that the owner made for an own tool'),
  parent_grant_id: z
    .string()
    .nullable()
    .describe('The grant that delegated it; null for what the owner gave'),
  depth: z.int().describe('How many delegations lead to it: 0 for what the owner gave'),
  actor: z.string().nullable().describe('Who acts on it, as `act.sub` of its tokens says; null at depth 0'),
  actor_authenticated: z
    .boolean()
    .nullable()
    .describe('Whether the actor proved who it is, or its parent only named it; null at depth 0'),
  barred_providers: z
    .array(z.string())
    .describe(
      'Providers that a grant above may not delegate to this one (any more): calls there are refused',
    ),
  status: grantStatus,
  stopped_by: z
    .enum(['everything', 'suspension', 'app', 'provider_key'])
    .nullable()
    .describe('The stop that keeps it from being used, whatever its own status; see /stops'),
  created_at: timeText,
  expires_at: timeText.nullable(),
  expires_if_unused_at: timeText
    .nullable()
    .describe('When it ends before `expires_at` because nobody used it; moves on with use'),
  last_used_at: timeText
    .nullable()
    .describe('Its own newest call; those of what was delegated from it stand there'),
  revoked_at: timeText.nullable(),
  unknown_fields: z.enum(['pass', 'refuse']),
  authorization_details: z.array(z.record(z.string(), z.unknown())),
  parts: z.array(part),
  spent,
  has_key_token: z.boolean(),
  devices: z.array(pinnedDevice).describe('What it is pinned to; those of the grants above it bind as well'),
  version: z.string().describe('Of what it may do and of its devices; send it with a change of them'),
});

/** A grant. */
export const grant = grantShape.meta({ id: 'Grant' });

const baseUrls = z.object({
  openai: z.string().optional(),
  anthropic: z.string().optional(),
  google: z.string().optional(),
});

/** A grant just made, with its token: the only answer that ever holds it. */
export const createdGrant = grantShape
  .extend({
    token: z.string().describe('Key-shaped, shown once'),
    base_url: z.string(),
    base_urls: baseUrls,
  })
  .meta({ id: 'CreatedGrant' });

/** What makes a grant for an own tool. */
export const newGrant = z
  .strictObject({
    name: z.string().trim().min(1).max(100).optional(),
    authorization_details: details,
    provider_key_ids: z
      .record(z.string(), z.string())
      .optional()
      .describe('Provider key by provider, where there are several'),
    unknown_fields: z.enum(['pass', 'refuse']).default('pass'),
    device_ids: deviceIds.optional(),
  })
  .meta({ id: 'NewGrant' });

/** What makes a child of a grant. */
export const newChild = z
  .strictObject({
    name: z.string().regex(ACTOR_LABEL.pattern, `must be ${ACTOR_LABEL.says}`),
    authorization_details: details,
    dpop_jkt: z
      .string()
      .regex(THUMBPRINT.pattern, `must be ${THUMBPRINT.says}`)
      .optional()
      .describe('Key that the token shall be bound to (RFC 9449)'),
  })
  .meta({ id: 'NewChildGrant' });

/** A child just made, with its token: the only answer that ever holds it. */
export const createdChild = z
  .object({
    grant_id: z.string(),
    parent_grant_id: z.string(),
    token: z.string().describe('Key-shaped, shown once'),
    token_type: z.enum(['Bearer', 'DPoP']),
    expires_at: timeText.nullable(),
    authorization_details: z
      .array(z.record(z.string(), z.unknown()))
      .describe('What it may do in the end, within every grant above it'),
    base_urls: baseUrls,
  })
  .meta({ id: 'CreatedChildGrant' });

/** What changes a grant: its limits, whether it is paused, or what it is pinned to. */
export const grantChange = z
  .strictObject({
    authorization_details: details.optional(),
    status: z.enum(['suspended', 'active']).optional(),
    device_ids: deviceIds.optional(),
    version: z
      .string()
      .max(100)
      .optional()
      .describe('As it was read: if limits or devices are others since, nothing is changed'),
  })
  .refine(
    ({ version: _seen, ...change }) =>
      Object.values(change).filter((member) => member !== undefined).length === 1,
    { error: 'Send one of authorization_details, status and device_ids.' },
  )
  .meta({ id: 'GrantChange' });

/** What names one limit of a grant. */
export const limitReset = z
  .strictObject({ provider: z.string(), unit: z.enum(LIMIT_UNITS), per: z.enum(LIMIT_PERIODS) })
  .meta({ id: 'LimitReset' });

/** What revoking stopped. */
export const revocation = z
  .object({ grant_id: z.string(), revoked_at: timeText, grants_stopped: z.int(), streams_cut: z.int() })
  .meta({ id: 'Revocation' });
