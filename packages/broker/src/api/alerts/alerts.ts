// The owner's alerts: listed, acknowledged, and at which shares of a limit they are raised.

import type { Result } from '@valetkey/core';
import { z } from 'zod';
import type { Alert, AlertRefusal } from '../../alerts/contract.ts';
import { detailsOf } from '../../alerts/message.ts';
import { ApiError } from '../api-error.ts';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { errorResponses, idParams, noBody, noContent, pageOf, toTime, toTimeOrNull } from '../wire.ts';
import { alert, alertSettings, alertSettingsChange } from './schema.ts';

const CODES = {
  not_found: 'not_found',
  invalid_url: 'invalid_request',
  no_mail: 'conflict',
  too_many: 'conflict',
  known: 'conflict',
  too_often: 'rate_limited',
  unavailable: 'unavailable',
} as const satisfies Record<AlertRefusal['reason'], string>;

/** The value, or what the API answers in its place. */
export const unwrapAlert = <Value>(result: Result<Value, AlertRefusal>): Value => {
  if (result.ok) return result.value;
  const { reason, detail } = result.error;
  if (reason !== 'invalid_url') throw new ApiError(CODES[reason], detail);
  throw new ApiError('invalid_request', `url ${detail}`, { url: detail });
};

const present = (found: Alert): z.infer<typeof alert> => ({
  id: found.id,
  kind: found.kind,
  grant: found.grant && { id: found.grant.id, name: found.grant.name },
  provider_key: found.providerKey,
  device_name: found.deviceName,
  times: found.times,
  details: { ...detailsOf(found) },
  raised_at: toTime(found.raisedAtMs),
  last_at: toTime(found.lastAtMs),
  acknowledged_at: toTimeOrNull(found.acknowledgedAtMs),
});

const tags = ['alerts'];

const listQuery = z.strictObject({
  status: z.enum(['open', 'all']).default('open'),
  before: z
    .string()
    .regex(/^al_\w{1,60}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const registerListing = (app: App, { alerts }: ApiParts): void => {
  const list = {
    summary: 'List alerts',
    description: 'Newest first: those that were not acknowledged, or all.',
    tags,
    querystring: listQuery,
    response: { 200: pageOf(alert), ...errorResponses },
  };
  app.get('/api/v1/alerts', { schema: list }, async ({ owner, query: { status, before, limit } }) => {
    const found = await alerts.list(owner.ownerId, { which: status, before, limit: limit + 1 });
    const page = found.slice(0, limit);
    return { data: page.map(present), next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
  });

  const done = { 204: noContent, ...errorResponses };
  const acknowledge = {
    summary: 'Acknowledge an alert',
    tags,
    params: idParams,
    body: noBody,
    response: done,
  };
  app.post('/api/v1/alerts/:id/acknowledge', { schema: acknowledge }, async ({ owner, params }, reply) => {
    unwrapAlert(await alerts.acknowledge(owner.ownerId, params.id));
    return reply.status(204).send(null);
  });

  const all = { summary: 'Acknowledge all alerts', tags, body: noBody, response: done };
  app.post('/api/v1/alerts/acknowledge', { schema: all }, async ({ owner }, reply) => {
    unwrapAlert(await alerts.acknowledge(owner.ownerId, 'all'));
    return reply.status(204).send(null);
  });
};

/** Registers the calls. */
export const registerAlerts = (app: App, parts: ApiParts): void => {
  const { alerts } = parts;
  registerListing(app, parts);
  const read = {
    summary: 'Read at which shares of a limit alerts are raised',
    tags,
    response: { 200: alertSettings, ...errorResponses },
  };
  const settingsOf = async ({ ownerId, email }: { readonly ownerId: string; readonly email: string }) => ({
    thresholds: [...(await alerts.thresholds(ownerId))],
    email: { address: email, available: alerts.canMail },
  });
  app.get('/api/v1/alert-settings', { schema: read }, ({ owner }) => settingsOf(owner));

  const change = { ...read, summary: 'Change that', body: alertSettingsChange };
  app.put('/api/v1/alert-settings', { schema: change }, async ({ owner, body }) => {
    unwrapAlert(await alerts.setThresholds(owner.ownerId, body.thresholds));
    return settingsOf(owner);
  });
};
