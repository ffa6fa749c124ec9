// Alerts on the wire, where they are sent, and what is on its way.

import { z } from 'zod';
import { THRESHOLDS } from '../../alerts/contract.ts';
import { timeText } from '../wire.ts';

const named = z.object({ id: z.string(), name: z.string() });

/** An alert. */
export const alert = z
  .object({
    id: z.string(),
    kind: z.enum(['limit', 'refusals', 'device', 'sign_in', 'idle', 'anomaly', 'request']),
    grant: named.nullable(),
    provider_key: z
      .object({ id: z.string(), provider: z.string(), label: z.string() })
      .nullable()
      .describe('Of a limit of a provider key'),
    device_name: z.string().nullable(),
    times: z.int().describe('How often it happened within the hour, where that is counted'),
    details: z
      .record(z.string(), z.unknown())
      .describe('By kind: ids, codes and amounts; USD as exact decimals'),
    raised_at: timeText,
    last_at: timeText,
    acknowledged_at: timeText.nullable(),
  })
  .meta({ id: 'Alert' });

const threshold = z.union(THRESHOLDS.map((share) => z.literal(share)));

/** What an owner wants to hear of. */
export const alertSettings = z
  .object({
    thresholds: z.array(threshold).describe('Percent of a limit at which an alert is raised'),
    email: z
      .object({ address: z.string(), available: z.boolean() })
      .describe('Where e-mail goes, and whether the operator has set up a mail server'),
  })
  .meta({ id: 'AlertSettings' });

/** A change of that. */
export const alertSettingsChange = z
  .strictObject({ thresholds: z.array(threshold).max(THRESHOLDS.length) })
  .meta({ id: 'AlertSettingsChange' });

/** Where alerts are sent. */
export const alertDestination = z
  .object({
    id: z.string(),
    kind: z.enum(['webhook', 'email']),
    url: z.string().nullable().describe('Null for e-mail, which goes to the address you sign in with'),
    created_at: timeText,
  })
  .meta({ id: 'AlertDestination' });

/** A new one. */
export const newAlertDestination = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('webhook'), url: z.string().min(1).max(2000) }),
    z.strictObject({ kind: z.literal('email') }),
  ])
  .meta({ id: 'NewAlertDestination' });

/** What making one answers. */
export const addedAlertDestination = alertDestination
  .extend({
    secret: z
      .string()
      .nullable()
      .describe('`whsec_...`: what messages to a webhook are signed with; shown once'),
  })
  .meta({ id: 'AddedAlertDestination' });

/** What became of a test message. */
export const alertTest = z.object({ ok: z.boolean(), message: z.string() }).meta({ id: 'AlertTest' });

/** An alert on its way. */
export const alertDelivery = z
  .object({
    id: z.string(),
    alert_id: z.string(),
    destination_id: z.string(),
    status: z.enum(['pending', 'delivered', 'dead']).describe('`dead`: given up'),
    attempts: z.int(),
    next_at: timeText.nullable(),
    problem: z.string().nullable(),
    created_at: timeText,
    ended_at: timeText.nullable(),
  })
  .meta({ id: 'AlertDelivery' });
