// Every call that an owner's grants made or tried to make, newest first.

import { usdNanos } from '@valetkey/core';
import { ApiError, found } from '../api-error.ts';
import type { App } from '../app.ts';
import { requireConfirmed } from '../confirmed.ts';
import type { ApiParts } from '../contract.ts';
import { removedCalls } from '../removed.ts';
import { errorResponses, idParams, pageOf, toUsd } from '../wire.ts';
import { readPage } from './read-page.ts';
import { call, callFilter, callReceipt, correctedCall, correctionBody, grantCallFilter } from './schema.ts';

const correct = async ({ correctCall }: ApiParts, ownerId: string, id: string, costUsd: string) => {
  const corrected = await correctCall(ownerId, id, usdNanos(costUsd));
  if (corrected.ok) {
    const { nanos, wasNanos } = corrected.value;
    return { id, cost_usd: toUsd(nanos), was_usd: toUsd(wasNanos) };
  }
  const { error } = corrected;
  switch (error.reason) {
    case 'unknown_call':
      throw new ApiError('not_found', 'There is no such call.');
    case 'not_unconfirmed':
      throw new ApiError('conflict', 'Only a call that was posted at its ceiling can be corrected.');
    case 'already_corrected':
      throw new ApiError('conflict', 'This call was corrected before, which can be done once.');
    case 'too_old':
      throw new ApiError('conflict', 'This call is too old: it is about to leave the journal.');
    case 'above_ceiling': {
      const ceiling = toUsd(error.ceilingNanos);
      const message = `cost_usd: the call cannot have cost more than its ceiling of ${ceiling}`;
      throw new ApiError('invalid_request', message, { cost_usd: message });
    }
    case 'unavailable':
      throw new ApiError('unavailable', 'The correction could not be recorded. Try again shortly.');
  }
};

const receipt = async ({ receiptOf }: ApiParts, ownerId: string, id: string) => {
  const made = await receiptOf(ownerId, id);
  if (made.ok) return { receipt: made.value };
  if (made.error === 'running')
    throw new ApiError('conflict', 'The call has not ended yet, so there is no receipt of it.');
  throw new ApiError(
    'not_found',
    'There is no receipt: no such call of yours was forwarded to a provider, or it has left the journal.',
  );
};

const tags = ['calls'];
const response = { 200: pageOf(call).extend({ removed: removedCalls }), ...errorResponses };

/** Registers the calls. */
export const registerCalls = (app: App, parts: ApiParts): void => {
  const all = { summary: 'List calls, newest first', tags, querystring: callFilter, response };
  app.get('/api/v1/calls', { schema: all }, ({ owner, query }) => readPage(parts, owner.ownerId, query));

  const correction = {
    summary: 'Correct the cost of an unconfirmed call',
    tags,
    params: idParams,
    body: correctionBody,
    response: { 200: correctedCall, ...errorResponses },
  };
  app.post('/api/v1/calls/:id/correct', { schema: correction }, async ({ owner, params, body }) => {
    // What a call did not cost can be spent again, and who uses a grant can make calls that end at their ceiling.
    await requireConfirmed(parts, owner);
    return correct(parts, owner.ownerId, params.id, body.cost_usd);
  });

  const proof = {
    summary: 'Make the signed receipt of a call again',
    tags,
    params: idParams,
    response: { 200: callReceipt, ...errorResponses },
  };
  app.get('/api/v1/calls/:id/receipt', { schema: proof }, ({ owner, params }) =>
    receipt(parts, owner.ownerId, params.id),
  );

  const ofGrant = {
    summary: 'List the calls of a grant, newest first',
    tags,
    params: idParams,
    querystring: grantCallFilter,
    response,
  };
  app.get('/api/v1/grants/:id/calls', { schema: ofGrant }, async ({ owner, params, query }) => {
    const { id } = found(await parts.grants.get(owner.ownerId, params.id), 'grant');
    return readPage(parts, owner.ownerId, { ...query, grant_id: id });
  });
};
