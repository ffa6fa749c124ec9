// Children of an owner's grants, made by the owner: the same as a holder of the grant makes, with the same rules.

import type { DelegationRefusal } from '../../grants/contract.ts';
import { isLargeBudget } from '../../grants/large-budget.ts';
import { makeChild, presentChild } from '../../grants/make-child.ts';
import { ApiError, found } from '../api-error.ts';
import type { App } from '../app.ts';
import { effectiveRights, requireConfirmedBudget } from '../confirmed.ts';
import type { ApiParts } from '../contract.ts';
import { baseUrlsOf } from '../providers/base-url.ts';
import { errorResponses, idParams } from '../wire.ts';
import { readDetails } from './read-details.ts';
import { createdChild, newChild } from './schema.ts';

const toApiError = ({ reason, detail, violations }: DelegationRefusal): ApiError => {
  if (reason === 'unavailable') return new ApiError('unavailable', detail);
  if (reason === 'not_active') return new ApiError('conflict', detail);
  const fields = Object.fromEntries(violations.map(({ member, message }) => [member, message]));
  return new ApiError(
    reason === 'not_permitted' ? 'delegation_not_permitted' : 'invalid_request',
    detail,
    fields,
  );
};

/** Registers the call. */
export const registerDelegating = (app: App, parts: ApiParts): void => {
  const schema = {
    summary: 'Delegate a grant: make a narrower child with a key-shaped token',
    description: 'What it spends counts against every grant above it, and it ends when one of them does.',
    tags: ['grants'],
    params: idParams,
    body: newChild,
    response: { 201: createdChild, ...errorResponses },
  };
  app.post('/api/v1/grants/:id/children', { schema }, async ({ owner, params, body }, reply) => {
    const parent = found(await parts.grants.get(owner.ownerId, params.id), 'grant');
    const asked = readDetails(body.authorization_details, parts);
    // The limits of those above bind it: it is as large as the smaller of the two.
    if (isLargeBudget(parts.largeBudgetNanos, asked))
      await requireConfirmedBudget(parts, owner, await effectiveRights(parts, parent.id));
    const child = { name: body.name, asked, keyThumbprint: body.dpop_jkt ?? null };
    const made = await makeChild(parts, parent, child);
    if (!made.ok) throw toApiError(made.error);
    const names = made.value.live.parts.map(({ provider }) => provider);
    const used = parts.providers.filter(({ name }) => names.includes(name));
    return reply.status(201).send(presentChild(made.value, baseUrlsOf(parts.issuer, used)));
  });
};
