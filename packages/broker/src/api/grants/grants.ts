// Grants: made for own tools, read, tightened or widened, their limits reset, paused, revoked. Rights and limits are decided by core and the ledger; this
// file only carries them.

import type { ModelAccess, Result } from '@valetkey/core';
import { z } from 'zod';
import type { SignedIn } from '../../accounts/contract.ts';
import type { Grant, GrantRefusal } from '../../grants/contract.ts';
import { ApiError, found } from '../api-error.ts';
import type { App } from '../app.ts';
import { effectiveRights, requireConfirmedBudget } from '../confirmed.ts';
import type { ApiParts } from '../contract.ts';
import { baseUrlsOf } from '../providers/base-url.ts';
import { errorResponses, idParams, noBody, pageOf, toTime } from '../wire.ts';
import { registerDelegating } from './delegate.ts';
import { isLive } from './live-grants-by.ts';
import { presentGrants } from './present-grant.ts';
import { chooseKey, readDetails } from './read-details.ts';
import { createdGrant, grant, grantChange, grantFilter, limitReset, newGrant, revocation } from './schema.ts';

const CODES = {
  not_found: 'not_found',
  no_provider_key: 'conflict',
  no_device: 'invalid_request',
  provider_mismatch: 'invalid_request',
  not_active: 'conflict',
  changed: 'conflict',
  no_limit: 'invalid_request',
  not_narrower: 'invalid_request',
  unavailable: 'unavailable',
} as const satisfies Record<GrantRefusal['reason'], string>;

const unwrap = <Value>(result: Result<Value, GrantRefusal>): Value => {
  if (result.ok) return result.value;
  throw new ApiError(CODES[result.error.reason], result.error.detail);
};

const presentOne = async (parts: ApiParts, found: Grant) =>
  (await presentGrants(parts, found.ownerId, [found]))[0]!;

const tags = ['grants'];
const one = { 200: grant, ...errorResponses };

const registerReading = (app: App, parts: ApiParts): void => {
  const list = {
    summary: 'List grants, newest first',
    description:
      '`active` lists paused ones, too. Grants that were delegated stand beside those they come from.',
    tags,
    querystring: grantFilter,
    response: { 200: pageOf(grant), ...errorResponses },
  };
  app.get('/api/v1/grants', { schema: list }, async ({ owner, query: { status, before, limit } }) => {
    const which = { isLiveOnly: status === 'active', before, limit };
    const { grants, next } = await parts.grants.page(owner.ownerId, which);
    // The page leaves out what has ended by its own end; this, too, what has ended in any other way.
    const shown = status === 'active' ? grants.filter(isLive) : grants;
    return { data: await presentGrants(parts, owner.ownerId, shown), next };
  });

  const read = { summary: 'Read a grant', tags, params: idParams, response: one };
  app.get('/api/v1/grants/:id', { schema: read }, async ({ owner, params }) => {
    return presentOne(parts, found(await parts.grants.get(owner.ownerId, params.id), 'grant'));
  });
};

const create = async (parts: ApiParts, owner: SignedIn, body: z.infer<typeof newGrant>) => {
  const { ownerId } = owner;
  const details = readDetails(body.authorization_details, parts);
  await requireConfirmedBudget(parts, owner, details);
  const chosen = [];
  for (const access of details) {
    const providerKeyId = await chooseKey(
      parts,
      ownerId,
      access.provider,
      body.provider_key_ids?.[access.provider],
    );
    chosen.push({ providerKeyId, access });
  }
  const used = details.map(({ provider }) => parts.providers.find(({ name }) => name === provider)!);
  const name = body.name ?? used.map(({ label }) => label).join(', ');
  const input = {
    ownerId,
    clientId: null,
    name,
    parts: chosen,
    unknownFields: body.unknown_fields,
    deviceIds: [...new Set(body.device_ids)],
    via: 'api',
  };
  const made = unwrap(await parts.grants.create(input));
  const token = unwrap(await parts.grants.issueKeyToken(ownerId, made.id));
  const urls = baseUrlsOf(parts.issuer, used);
  const baseUrl = (urls.openai ?? urls.anthropic ?? urls.google)!;
  return {
    ...(await presentOne(parts, made)),
    has_key_token: true,
    token,
    base_url: baseUrl,
    base_urls: urls,
  };
};

/** Rights of a grant, with those of `edited` in place of its own. */
const rightsOf = ({ parts }: Grant, edited: readonly ModelAccess[] = []): ModelAccess[] =>
  parts.map(({ provider, access }) => edited.find((each) => each.provider === provider) ?? access);

/** Rights of a grant that have not ended. What has spends nothing any more: to bring it back is to give it. */
const runningRights = async ({ grants, ambient }: ApiParts, grant: Grant): Promise<ModelAccess[]> => {
  const live = (await grants.reread(grant.id))?.parts ?? [];
  const running = live.filter(({ endsAtMs }) => endsAtMs === null || endsAtMs > ambient.now());
  return rightsOf(grant).filter(({ provider }) => running.some((part) => part.provider === provider));
};

const edit = async (
  parts: ApiParts,
  owner: SignedIn,
  id: string,
  details: readonly ModelAccess[],
  version: z.infer<typeof grantChange>['version'],
): Promise<Result<Grant, GrantRefusal>> => {
  const before = found(await parts.grants.get(owner.ownerId, id), 'grant');
  await requireConfirmedBudget(parts, owner, rightsOf(before, details), await runningRights(parts, before));
  return parts.grants.edit(owner.ownerId, id, details, version);
};

const change = async (
  parts: ApiParts,
  owner: SignedIn,
  id: string,
  { authorization_details: details, device_ids: devices, status, version }: z.infer<typeof grantChange>,
): Promise<Result<Grant, GrantRefusal>> => {
  const { grants } = parts;
  const { ownerId } = owner;
  if (devices) return grants.pin(ownerId, id, [...new Set(devices)], version);
  if (details) return edit(parts, owner, id, readDetails(details, parts), version);
  return status === 'suspended' ? grants.suspend(ownerId, id) : grants.resume(ownerId, id);
};

const registerChanging = (app: App, parts: ApiParts): void => {
  const make = {
    summary: 'Make a grant for an own tool, with its key-shaped token',
    tags,
    body: newGrant,
    response: { 201: createdGrant, ...errorResponses },
  };
  app.post('/api/v1/grants', { schema: make }, async ({ owner, body }, reply) =>
    reply.status(201).send(await create(parts, owner, body)),
  );

  const patch = {
    summary: 'Change limits, pause or resume, pin to devices',
    description:
      'With the `version` that was read, limits and devices are changed only if nobody changed them since; else the answer is 409 `conflict`.',
    tags,
    params: idParams,
    body: grantChange,
    response: one,
  };
  app.patch('/api/v1/grants/:id', { schema: patch }, async ({ owner, params, body }) =>
    presentOne(parts, unwrap(await change(parts, owner, params.id, body))),
  );
};

const registerResetting = (app: App, parts: ApiParts): void => {
  const reset = {
    summary: 'Reset a limit',
    description:
      'What was spent in its window so far stops counting against this one limit, until the window ends or the limit is taken away. ' +
      'The record of it stays, other limits count it, and what is held for running calls is not reset.',
    tags,
    params: idParams,
    body: limitReset,
    response: one,
  };
  app.post('/api/v1/grants/:id/reset-limit', { schema: reset }, async ({ owner, params, body }) => {
    const before = found(await parts.grants.get(owner.ownerId, params.id), 'grant');
    // What is reset can be spent once more.
    await requireConfirmedBudget(parts, owner, rightsOf(before));
    return presentOne(parts, unwrap(await parts.grants.resetLimit(owner.ownerId, params.id, body)));
  });
};

const registerStopping = (app: App, { grants }: ApiParts): void => {
  const revoke = {
    summary: 'Stop a grant for ever, and all below it',
    tags,
    params: idParams,
    body: noBody,
    response: { 200: revocation, ...errorResponses },
  };
  app.post('/api/v1/grants/:id/revoke', { schema: revoke }, async ({ owner, params }) => {
    const done = unwrap(await grants.revoke(owner.ownerId, params.id, 'owner'));
    return {
      grant_id: done.grantId,
      revoked_at: toTime(done.revokedAtMs),
      grants_stopped: done.grantIds.length,
      streams_cut: done.callsCut,
    };
  });
};

const registerTokens = (app: App, parts: ApiParts): void => {
  const token = {
    summary: 'Make a new key-shaped token; the old one stops',
    tags,
    params: idParams,
    body: noBody,
    response: { 200: z.object({ token: z.string() }), ...errorResponses },
  };
  app.post('/api/v1/grants/:id/token', { schema: token }, async ({ owner, params }) => {
    const { id } = found(await parts.grants.get(owner.ownerId, params.id), 'grant');
    await requireConfirmedBudget(parts, owner, await effectiveRights(parts, id));
    return { token: unwrap(await parts.grants.issueKeyToken(owner.ownerId, id)) };
  });
};

/** Registers the calls. */
export const registerGrants = (app: App, parts: ApiParts): void => {
  registerReading(app, parts);
  registerChanging(app, parts);
  registerResetting(app, parts);
  registerStopping(app, parts);
  registerTokens(app, parts);
  registerDelegating(app, parts);
};
