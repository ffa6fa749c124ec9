// The people of the house, for its operator alone: to any other owner these addresses are as if there were nothing.

import type { Result } from '@valetkey/core';
import type { z } from 'zod';
import type { SignedIn } from '../../accounts/contract.ts';
import type { Invitation, OwnerRefusal, OwnerSummary } from '../../owners/contract.ts';
import { ApiError } from '../api-error.ts';
import type { App } from '../app.ts';
import { requireConfirmed } from '../confirmed.ts';
import type { ApiParts } from '../contract.ts';
import { callsOf, settledOf } from '../grants/spent.ts';
import {
  errorResponses,
  idParams,
  noBody,
  noContent,
  onePage,
  pageOf,
  toTime,
  toTimeOrNull,
  toUsd,
} from '../wire.ts';
import {
  invitation,
  madeInvitation,
  newInvitation,
  newMaxima,
  ownerSummary,
  removal,
  toLimits,
  toMaxima,
} from './schema.ts';

const tags = ['owners'];

const unwrap = <Value>(result: Result<Value, OwnerRefusal>): Value => {
  if (result.ok) return result.value;
  throw new ApiError(result.error.reason, result.error.detail);
};

/** Lets the operator through. MUST come before anything else of a call. */
const requireOperator = async ({ owners }: ApiParts, { ownerId }: SignedIn): Promise<void> => {
  if ((await owners.roleOf(ownerId)) !== 'operator')
    throw new ApiError('not_found', 'There is nothing at this address.');
};

const presentInvitation = (found: Invitation): z.infer<typeof invitation> => ({
  id: found.id,
  email: found.email,
  maxima: toMaxima(found.limits),
  created_at: toTime(found.createdAtMs),
  expires_at: toTime(found.expiresAtMs),
});

const presentOwner = (found: OwnerSummary): z.infer<typeof ownerSummary> => ({
  id: found.id,
  email: found.email,
  name: found.name,
  role: found.role,
  status: found.suspendedAtMs === null ? 'active' : 'suspended',
  joined_at: toTime(found.joinedAtMs),
  suspended_at: toTimeOrNull(found.suspendedAtMs),
  maxima: toMaxima(found.limits),
  spent: {
    today_usd: toUsd(settledOf(found.balances, 'usd', 'day')),
    month_usd: toUsd(settledOf(found.balances, 'usd', 'month')),
    total_usd: toUsd(settledOf(found.balances, 'usd', 'total')),
    calls: callsOf(found.balances, 'total'),
  },
});

const registerInvitations = (app: App, parts: ApiParts): void => {
  const { owners, issuer } = parts;
  const path = '/api/v1/invitations';
  const list = {
    summary: 'List open invitations (operator)',
    tags,
    response: { 200: pageOf(invitation), ...errorResponses },
  };
  app.get(path, { schema: list }, async ({ owner }) => {
    await requireOperator(parts, owner);
    return onePage((await owners.invitations()).map(presentInvitation));
  });

  const invite = {
    summary: 'Invite an owner (operator)',
    description: 'The link works once and for 7 days. Nothing is sent to anyone.',
    tags,
    body: newInvitation,
    response: { 201: madeInvitation, ...errorResponses },
  };
  app.post(path, { schema: invite }, async ({ owner, body }, reply) => {
    await requireOperator(parts, owner);
    await requireConfirmed(parts, owner);
    const wanted = { email: body.email ?? null, limits: toLimits(body.maxima) };
    const made = unwrap(await owners.invite(owner.ownerId, wanted));
    const link = `${issuer}/invite?token=${made.token}`;
    return reply.status(201).send({ ...presentInvitation(made.invitation), link });
  });

  const withdraw = {
    summary: 'Revoke an open invitation (operator)',
    tags,
    params: idParams,
    response: { 204: noContent, ...errorResponses },
  };
  app.delete(`${path}/:id`, { schema: withdraw }, async ({ owner, params }, reply) => {
    await requireOperator(parts, owner);
    unwrap(await owners.withdraw(owner.ownerId, params.id));
    return reply.status(204).send(null);
  });
};

const registerSuspension = (app: App, parts: ApiParts): void => {
  const { owners } = parts;
  const suspend = {
    summary: 'Suspend an owner (operator)',
    description:
      'Once it has answered nothing is forwarded for anything of this owner, running streams are cut, every session has ended, and signing ' +
      'in is refused. Reversible.',
    tags,
    params: idParams,
    body: noBody,
    response: { 204: noContent, ...errorResponses },
  };
  app.post('/api/v1/owners/:id/suspend', { schema: suspend }, async ({ owner, params }, reply) => {
    await requireOperator(parts, owner);
    unwrap(await owners.suspend(owner.ownerId, params.id));
    return reply.status(204).send(null);
  });

  const resume = {
    summary: 'Take the suspension of an owner back (operator)',
    description: 'What the owner stopped, paused or ended stays so. The owner signs in anew.',
    tags,
    params: idParams,
    body: noBody,
    response: { 204: noContent, ...errorResponses },
  };
  app.post('/api/v1/owners/:id/resume', { schema: resume }, async ({ owner, params }, reply) => {
    await requireOperator(parts, owner);
    await requireConfirmed(parts, owner);
    unwrap(await owners.resume(owner.ownerId, params.id));
    return reply.status(204).send(null);
  });
};

/** Registers the calls. */
export const registerOwners = (app: App, parts: ApiParts): void => {
  const { owners } = parts;
  registerInvitations(app, parts);
  registerSuspension(app, parts);
  const list = {
    summary: 'List the owners of this house with what they spent (operator)',
    tags,
    response: { 200: pageOf(ownerSummary), ...errorResponses },
  };
  app.get('/api/v1/owners', { schema: list }, async ({ owner }) => {
    await requireOperator(parts, owner);
    return onePage((await owners.list()).map(presentOwner));
  });

  const limit = {
    summary: 'Set the house maxima of an owner (operator)',
    description:
      'Every call of the owner draws them down, whatever app and provider key it uses. They count what was spent before, too.',
    tags,
    params: idParams,
    body: newMaxima,
    response: { 204: noContent, ...errorResponses },
  };
  app.put('/api/v1/owners/:id/maxima', { schema: limit }, async ({ owner, params, body }, reply) => {
    await requireOperator(parts, owner);
    await requireConfirmed(parts, owner);
    unwrap(await owners.setMaxima(owner.ownerId, params.id, toLimits(body.maxima)));
    return reply.status(204).send(null);
  });

  const remove = {
    summary: 'Remove an owner, for ever (operator)',
    description:
      'Ends everything of this owner and erases what is known of the person. The journal keeps ids, amounts and hashes.',
    tags,
    params: idParams,
    body: removal,
    response: { 204: noContent, ...errorResponses },
  };
  app.post('/api/v1/owners/:id/remove', { schema: remove }, async ({ owner, params, body }, reply) => {
    await requireOperator(parts, owner);
    await requireConfirmed(parts, owner);
    unwrap(await owners.remove(owner.ownerId, params.id, body.email));
    return reply.status(204).send(null);
  });
};
