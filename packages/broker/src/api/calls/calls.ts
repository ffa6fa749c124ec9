// Every call that an owner's grants made or tried to make, newest first.

import { found } from '../api-error.ts';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { errorResponses, idParams, pageOf } from '../wire.ts';
import { presentCall } from './present-call.ts';
import { readCalls } from './read-calls.ts';
import { type CallFilter, call, callFilter, callPage } from './schema.ts';

const readPage = async ({ db, grants }: ApiParts, ownerId: string, filter: CallFilter) => {
  const [entries, owned] = await Promise.all([readCalls(db, ownerId, filter), grants.list(ownerId)]);
  const names = new Map(owned.map(({ id, name }) => [id, name]));
  const shown = entries.slice(0, filter.limit);
  const hasMore = entries.length > filter.limit;
  return {
    data: shown.map((each) => presentCall(each, names.get(each.grantId) ?? '')),
    next: hasMore ? String(shown.at(-1)!.cursor) : null,
  };
};

const tags = ['calls'];
const response = { 200: pageOf(call), ...errorResponses };

/** Registers the calls. */
export const registerCalls = (app: App, parts: ApiParts): void => {
  const all = { summary: 'List calls, newest first', tags, querystring: callFilter, response };
  app.get('/api/v1/calls', { schema: all }, ({ owner, query }) => readPage(parts, owner.ownerId, query));

  const ofGrant = {
    summary: 'List the calls of a grant, newest first',
    tags,
    params: idParams,
    querystring: callPage,
    response,
  };
  app.get('/api/v1/grants/:id/calls', { schema: ofGrant }, async ({ owner, params, query }) => {
    const { id } = found(await parts.grants.get(owner.ownerId, params.id), 'grant');
    return readPage(parts, owner.ownerId, { ...query, grant_id: id });
  });
};
