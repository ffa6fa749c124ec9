// Requests for more on the wire, and what may be decided on one.

import { z } from 'zod';
import { timeText } from '../wire.ts';

const details = z.array(z.record(z.string(), z.unknown()));

const change = z.object({
  grant_id: z.string(),
  name: z.string(),
  provider: z.string(),
  is_asker: z.boolean().describe('False for a grant above the one that asks'),
  members: z.array(
    z.object({
      member: z.string().describe('On the wire, e.g. `limits.daily_spend`'),
      label: z.string(),
      from: z.string().nullable().describe('Null where names are only added'),
      to: z.string(),
      used: z.string().nullable().describe('In the window open now'),
    }),
  ),
});

/** A request for more. */
export const accessRequest = z
  .object({
    id: z.string(),
    grant_id: z.string(),
    via: z.enum(['api', 'authorization', 'backchannel']),
    status: z.enum(['pending', 'allowed', 'denied', 'withdrawn', 'expired']),
    url: z.string().describe('The page on which its owner decides'),
    message: z.string().nullable().describe('The asker’s own words: show them as such'),
    asked: details.describe('What should change; what an entry does not name stays'),
    given: details.nullable().describe('What was given of it; null unless it was allowed'),
    path: z
      .array(z.object({ grant_id: z.string(), name: z.string() }))
      .describe('From the grant that the owner gave to the one that asks; empty once it is decided'),
    changes: z
      .array(change)
      .describe('What allowing it would change, on every grant of the path; empty once it is decided'),
    shown_hash: z
      .string()
      .nullable()
      .describe('Sent back with a decision it is refused if something has changed; null once it is decided'),
    created_at: timeText,
    expires_at: timeText,
    decided_at: timeText.nullable(),
  })
  .meta({ id: 'AccessRequest' });

/** Allows a request, or less of it. */
export const allowance = z
  .strictObject({
    authorization_details: details
      .min(1)
      .max(5)
      .optional()
      .describe('Less than what was asked; all of it if left out'),
    unchanged_grant_ids: z
      .array(z.string())
      .max(20)
      .optional()
      .describe('Grants above the one that asks which stay as they are'),
    shown_hash: z.string().optional(),
  })
  .nullish()
  .meta({ id: 'RequestAllowance' });

/** Denies a request. */
export const denial = z.strictObject({ shown_hash: z.string().optional() }).nullish();
