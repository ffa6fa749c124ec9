// Stops of everything, of an app or of a provider key: begun, listed, ended. What a stop holds is decided by the grants; this file only
// carries it.

import type { Result } from '@valetkey/core';
import { z } from 'zod';
import type { GrantRefusal, Stop, StopTarget } from '../../grants/contract.ts';
import { ApiError } from '../api-error.ts';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { errorResponses, idParams, noContent, onePage, pageOf, timeText, toTime } from '../wire.ts';

const id = z.string().min(1).max(500);
const newStop = z
  .discriminatedUnion('scope', [
    z.strictObject({ scope: z.literal('everything') }),
    z.strictObject({ scope: z.literal('app'), client_id: id }),
    z.strictObject({ scope: z.literal('provider_key'), provider_key_id: id }),
  ])
  .meta({ id: 'NewStop' });

const stop = z
  .object({
    id: z.string(),
    scope: z
      .enum(['everything', 'suspension', 'app', 'provider_key'])
      .describe('`suspension`: everything, by the operator, who alone ends it'),
    client: z.object({ id: z.string(), name: z.string() }).nullable(),
    provider_key: z
      .object({ id: z.string(), provider: z.string(), label: z.string(), last_four: z.string() })
      .nullable()
      .describe('Null for another scope, and for a key that was removed since'),
    began_at: timeText,
  })
  .meta({ id: 'Stop' });

const stopped = z
  .object({
    stop,
    grants_stopped: z.int().describe('Grants that could be used before; 0 if it was in force already'),
    streams_cut: z.int(),
  })
  .meta({ id: 'Stopped' });

const unwrap = <Value>(result: Result<Value, GrantRefusal>): Value => {
  if (result.ok) return result.value;
  const { reason, detail } = result.error;
  throw new ApiError(reason === 'not_found' ? 'not_found' : 'unavailable', detail);
};

const toTarget = (body: z.infer<typeof newStop>): StopTarget => {
  if (body.scope === 'app') return { scope: 'app', clientId: body.client_id };
  if (body.scope === 'everything') return body;
  return { scope: 'provider_key', providerKeyId: body.provider_key_id };
};

const present = async (
  { clients, vault }: ApiParts,
  ownerId: string,
  { id, what, beganAtMs }: Stop,
): Promise<z.infer<typeof stop>> => {
  const client = what.scope === 'app' ? await clients.find(what.clientId) : null;
  const keys = what.scope === 'provider_key' ? await vault.list(ownerId) : [];
  const key = keys.find((each) => what.scope === 'provider_key' && each.id === what.providerKeyId);
  return {
    id,
    scope: what.scope,
    client:
      what.scope === 'app'
        ? { id: what.clientId, name: client?.metadata.client_name ?? what.clientId }
        : null,
    provider_key: key
      ? { id: key.id, provider: key.provider, label: key.label, last_four: key.lastFour }
      : null,
    began_at: toTime(beganAtMs),
  };
};

/** Registers the calls. */
export const registerStops = (app: App, parts: ApiParts): void => {
  const { grants } = parts;
  const tags = ['stops'];
  const list = {
    summary: 'List what is stopped as a whole',
    tags,
    response: { 200: pageOf(stop), ...errorResponses },
  };
  app.get('/api/v1/stops', { schema: list }, async ({ owner: { ownerId } }) => {
    const inForce = await grants.stops(ownerId);
    return onePage(await Promise.all(inForce.map((each) => present(parts, ownerId, each))));
  });

  const begin = {
    summary: 'Stop everything, an app or a provider key',
    description:
      'Once it has answered nothing is forwarded for what is stopped, and its streams are cut. Reversible; nothing new is given to what is ' +
      'stopped. Repeating it answers with the stop that is in force.',
    tags,
    body: newStop,
    response: { 200: stopped, ...errorResponses },
  };
  app.post('/api/v1/stops', { schema: begin }, async ({ owner: { ownerId }, body }) => {
    const effect = unwrap(await grants.stop(ownerId, toTarget(body)));
    return {
      stop: await present(parts, ownerId, effect.stop),
      grants_stopped: effect.grants,
      streams_cut: effect.callsCut,
    };
  });

  const end = {
    summary: 'Resume what a stop stopped',
    description:
      'Exactly that: what was paused by itself, has ended, or is held by another stop stays as it is.',
    tags,
    params: idParams,
    response: { 204: noContent, ...errorResponses },
  };
  app.delete('/api/v1/stops/:id', { schema: end }, async ({ owner, params }, reply) => {
    unwrap(await grants.resumeStopped(owner.ownerId, params.id));
    return reply.status(204).send(null);
  });
};
