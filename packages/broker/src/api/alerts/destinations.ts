// Where the owner has alerts sent: added, tried, removed; and what is on its way there.

import type { z } from 'zod';
import type { Delivery, Destination } from '../../alerts/contract.ts';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import {
  errorResponses,
  idParams,
  noBody,
  noContent,
  onePage,
  pageOf,
  toTime,
  toTimeOrNull,
} from '../wire.ts';
import { unwrapAlert } from './alerts.ts';
import {
  addedAlertDestination,
  alertDelivery,
  alertDestination,
  alertTest,
  newAlertDestination,
} from './schema.ts';

const PATH = '/api/v1/alert-destinations';

const present = ({ id, kind, url, createdAtMs }: Destination): z.infer<typeof alertDestination> => ({
  id,
  kind,
  url,
  created_at: toTime(createdAtMs),
});

const presentDelivery = (delivery: Delivery): z.infer<typeof alertDelivery> => ({
  id: delivery.id,
  alert_id: delivery.alertId,
  destination_id: delivery.destinationId,
  status: delivery.status,
  attempts: delivery.attempts,
  next_at: toTimeOrNull(delivery.nextAtMs),
  problem: delivery.problem,
  created_at: toTime(delivery.createdAtMs),
  ended_at: toTimeOrNull(delivery.endedAtMs),
});

const tags = ['alerts'];

const registerDeliveries = (app: App, { alerts }: ApiParts): void => {
  const list = {
    summary: 'List alerts on their way',
    description: 'The newest 100, also those that were delivered within a month, or given up.',
    tags,
    response: { 200: pageOf(alertDelivery), ...errorResponses },
  };
  app.get('/api/v1/alert-deliveries', { schema: list }, async ({ owner }) =>
    onePage((await alerts.deliveries(owner.ownerId)).map(presentDelivery)),
  );

  const retry = {
    summary: 'Try one anew that was given up',
    tags,
    params: idParams,
    body: noBody,
    response: { 204: noContent, ...errorResponses },
  };
  app.post('/api/v1/alert-deliveries/:id/retry', { schema: retry }, async ({ owner, params }, reply) => {
    unwrapAlert(await alerts.retry(owner.ownerId, params.id));
    return reply.status(204).send(null);
  });
};

/** Registers the calls. */
export const registerAlertDestinations = (app: App, parts: ApiParts): void => {
  const { alerts } = parts;
  registerDeliveries(app, parts);
  const list = {
    summary: 'List where alerts are sent',
    tags,
    response: { 200: pageOf(alertDestination), ...errorResponses },
  };
  app.get(PATH, { schema: list }, async ({ owner }) =>
    onePage((await alerts.destinations(owner.ownerId)).map(present)),
  );

  const add = {
    summary: 'Have alerts sent somewhere',
    description:
      'To a webhook, signed as [Standard Webhooks](https://www.standardwebhooks.com) says, or by e-mail to the address you sign in with.',
    tags,
    body: newAlertDestination,
    response: { 201: addedAlertDestination, ...errorResponses },
  };
  app.post(PATH, { schema: add }, async ({ owner, body }, reply) => {
    const { destination, secret } = unwrapAlert(await alerts.addDestination(owner.ownerId, body));
    return reply.status(201).send({ ...present(destination), secret });
  });

  const test = {
    summary: 'Send a test message',
    description: 'Once, now. The answer says whether it was taken.',
    tags,
    params: idParams,
    body: noBody,
    response: { 200: alertTest, ...errorResponses },
  };
  app.post(`${PATH}/:id/test`, { schema: test }, async ({ owner, params }) =>
    unwrapAlert(await alerts.testDestination(owner.ownerId, params.id)),
  );

  const remove = {
    summary: 'Send alerts there no more',
    tags,
    params: idParams,
    response: { 204: noContent, ...errorResponses },
  };
  app.delete(`${PATH}/:id`, { schema: remove }, async ({ owner, params }, reply) => {
    unwrapAlert(await alerts.removeDestination(owner.ownerId, params.id));
    return reply.status(204).send(null);
  });
};
