// The owner's provider keys, without the keys: last four only, whatever is asked.

import type { Result } from '@valetkey/core';
import { z } from 'zod';
import type { KeyRefusal, ProviderKeySummary } from '../../vault/contract.ts';
import { ApiError, found } from '../api-error.ts';
import type { App } from '../app.ts';
import { requireConfirmed } from '../confirmed.ts';
import type { ApiParts } from '../contract.ts';
import { liveGrantsByKey } from '../grants/live-grants-by.ts';
import {
  errorResponses,
  idParams,
  noBody,
  noContent,
  onePage,
  pageOf,
  timeText,
  toTime,
  toTimeOrNull,
} from '../wire.ts';

const providerKey = z
  .object({
    id: z.string(),
    provider: z.string(),
    label: z.string(),
    last_four: z.string().describe('Empty for very short keys'),
    created_at: timeText,
    replaced_at: timeText.nullable(),
    last_used_at: timeText.nullable(),
    grants: z.int().describe('Live and paused grants that draw on it'),
  })
  .meta({ id: 'ProviderKey' });

const keyText = z.string().max(16_384).describe('The provider’s API key; stored sealed, never shown again');
const newKey = z.strictObject({
  provider: z.string().max(100),
  key: keyText,
  label: z.string().trim().min(1).max(100).optional(),
});
const keyTest = z
  .object({ ok: z.boolean(), status: z.int().nullable(), message: z.string() })
  .meta({ id: 'KeyTest' });
const removal = z.strictObject({ revoke_grants: z.enum(['true', 'false']).optional() });

const toWire = (key: ProviderKeySummary, grants: number): z.infer<typeof providerKey> => ({
  id: key.id,
  provider: key.provider,
  label: key.label,
  last_four: key.lastFour,
  created_at: toTime(key.createdAtMs),
  replaced_at: toTimeOrNull(key.replacedAtMs),
  last_used_at: toTimeOrNull(key.lastUsedAtMs),
  grants,
});

const CODES = {
  invalid_provider_key: 'invalid_request',
  unknown_provider: 'invalid_request',
  consumer_subscription: 'invalid_request',
  in_use: 'conflict',
  not_found: 'not_found',
  unavailable: 'unavailable',
} as const satisfies Record<KeyRefusal['reason'], string>;

const unwrap = <Value>(result: Result<Value, KeyRefusal>): Value => {
  if (result.ok) return result.value;
  const { reason, detail } = result.error;
  const field = reason === 'unknown_provider' ? 'provider' : 'key';
  throw new ApiError(
    CODES[reason],
    detail,
    CODES[reason] === 'invalid_request' ? { [field]: detail } : undefined,
  );
};

const tags = ['provider keys'];

const registerReading = (app: App, { vault, grants, testKey }: ApiParts): void => {
  const list = {
    summary: 'List provider keys',
    tags,
    response: { 200: pageOf(providerKey), ...errorResponses },
  };
  app.get('/api/v1/provider-keys', { schema: list }, async ({ owner }) => {
    const [keys, used] = await Promise.all([
      vault.list(owner.ownerId),
      liveGrantsByKey(grants, owner.ownerId),
    ]);
    return onePage(keys.map((key) => toWire(key, used.get(key.id) ?? 0)));
  });

  const test = {
    summary: 'Ask the provider whether it takes the key',
    tags,
    params: idParams,
    body: noBody,
    response: { 200: keyTest, ...errorResponses },
  };
  app.post('/api/v1/provider-keys/:id/test', { schema: test }, async ({ owner, params }) => {
    const keys = await vault.list(owner.ownerId);
    const { id } = found(
      keys.find((key) => key.id === params.id),
      'provider key',
    );
    return testKey(owner.ownerId, id);
  });
};

const registerChanging = (app: App, parts: ApiParts): void => {
  const { vault, grants } = parts;
  const add = {
    summary: 'Put a provider key into the vault',
    tags,
    body: newKey,
    response: { 201: providerKey, ...errorResponses },
  };
  app.post('/api/v1/provider-keys', { schema: add }, async ({ owner, body }, reply) => {
    await requireConfirmed(parts, owner);
    const { provider, key, label } = body;
    const added = unwrap(await vault.add({ ownerId: owner.ownerId, provider, key, ...(label && { label }) }));
    return reply.status(201).send(toWire(added, 0));
  });

  const replace = {
    summary: 'Replace the key; grants go on with the new one',
    tags,
    params: idParams,
    body: z.strictObject({ key: keyText }),
    response: { 200: providerKey, ...errorResponses },
  };
  app.put('/api/v1/provider-keys/:id', { schema: replace }, async ({ owner, params, body }) => {
    await requireConfirmed(parts, owner);
    const replaced = unwrap(await vault.replace(owner.ownerId, params.id, body.key));
    return toWire(replaced, (await liveGrantsByKey(grants, owner.ownerId)).get(params.id) ?? 0);
  });

  const remove = {
    summary: 'Remove the key for ever',
    description: '409 with `fields.grants` while grants draw on it, unless `revoke_grants=true`.',
    tags,
    params: idParams,
    querystring: removal,
    response: { 204: noContent, ...errorResponses },
  };
  app.delete('/api/v1/provider-keys/:id', { schema: remove }, async ({ owner, params, query }, reply) => {
    const count = (await liveGrantsByKey(grants, owner.ownerId)).get(params.id) ?? 0;
    if (count > 0 && query.revoke_grants !== 'true') {
      const message = `${count} ${count === 1 ? 'grant draws' : 'grants draw'} on this key. Removing it revokes ${count === 1 ? 'it' : 'them'}: confirm with revoke_grants=true.`;
      throw new ApiError('conflict', message, { grants: count });
    }
    await requireConfirmed(parts, owner);
    unwrap(await vault.remove(owner.ownerId, params.id));
    return reply.status(204).send(null);
  });
};

/** Registers the calls. */
export const registerProviderKeys = (app: App, parts: ApiParts): void => {
  registerReading(app, parts);
  registerChanging(app, parts);
};
