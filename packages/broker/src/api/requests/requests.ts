// Requests for more: what apps and agents ask of their owner, and what the owner decides. The rules are those of the page; this file only
// carries them.

import { formatAccess, type Result } from '@valetkey/core';
import { z } from 'zod';
import type {
  AccessRequest,
  Proposal,
  RequestDecision,
  RequestRefusal,
} from '../../access-requests/contract.ts';
import { describeChange } from '../../access-requests/describe-change.ts';
import { isLargeRaise } from '../../access-requests/large-raise.ts';
import { readMore } from '../../access-requests/read-more.ts';
import { namesOfRecipients } from '../../grants/client-names.ts';
import { ApiError, found } from '../api-error.ts';
import type { App } from '../app.ts';
import { requireConfirmed } from '../confirmed.ts';
import type { ApiParts } from '../contract.ts';
import { errorResponses, idParams, onePage, pageOf, toTime, toTimeOrNull } from '../wire.ts';
import { accessRequest, allowance, denial } from './schema.ts';

const CODES = {
  not_found: 'not_found',
  not_active: 'conflict',
  provider_mismatch: 'invalid_request',
  nothing_more: 'invalid_request',
  too_much: 'invalid_request',
  too_many: 'conflict',
  not_pending: 'conflict',
  changed: 'conflict',
  beyond_asked: 'invalid_request',
  unavailable: 'unavailable',
} as const satisfies Record<RequestRefusal['reason'], string>;

const unwrap = <Value>(result: Result<Value, RequestRefusal>): Value => {
  if (result.ok) return result.value;
  const { reason, detail, violations = [] } = result.error;
  throw new ApiError(
    CODES[reason],
    detail,
    violations.length === 0
      ? undefined
      : Object.fromEntries(violations.map(({ member, message }) => [member, message])),
  );
};

const presentChanges = async ({ changes }: Proposal, { providers, modelsOf, clients }: ApiParts) => {
  const rights = changes.map(({ to }) => to);
  const client = await namesOfRecipients(rights, (id) => clients.find(id));
  return changes.map((change) => {
    const models = modelsOf(change.provider);
    const names = {
      provider: (name: string) => providers.find((each) => each.name === name)?.label ?? name,
      model: (id: string) => models.find((model) => model.id === id)?.name ?? id,
      client,
    };
    return {
      grant_id: change.hop.grantId,
      name: change.hop.name,
      provider: change.provider,
      is_asker: change.isAsker,
      members: [...describeChange(change, names)],
    };
  });
};

const present = async (request: AccessRequest, proposal: Proposal | null, parts: ApiParts) => ({
  id: request.id,
  grant_id: request.grantId,
  via: request.via,
  status: request.status,
  url: `${parts.issuer}/consent/requests/${request.id}`,
  message: request.message,
  asked: request.asked.map((access) => ({ ...formatAccess(access) })),
  given: request.given?.map((access) => ({ ...formatAccess(access) })) ?? null,
  path: proposal?.path.map(({ grantId, name }) => ({ grant_id: grantId, name })) ?? [],
  changes: proposal ? await presentChanges(proposal, parts) : [],
  shown_hash: proposal?.shownHash ?? null,
  created_at: toTime(request.createdAtMs),
  expires_at: toTime(request.expiresAtMs),
  decided_at: toTimeOrNull(request.decidedAtMs),
});

const tags = ['requests'];
const one = { 200: accessRequest, ...errorResponses };

const registerReading = (app: App, parts: ApiParts): void => {
  const { accessRequests } = parts;
  const proposalOf = ({ ownerId, id, status }: AccessRequest) =>
    status === 'pending' ? accessRequests.proposal(ownerId, id) : null;

  const querystring = z.strictObject({ status: z.enum(['pending', 'all']).default('pending') });
  const list = {
    summary: 'List requests for more',
    description: 'The newest 200: those that can be decided, or all.',
    tags,
    querystring,
    response: { 200: pageOf(accessRequest), ...errorResponses },
  };
  app.get('/api/v1/requests', { schema: list }, async ({ owner, query }) => {
    const requests = await accessRequests.list(owner.ownerId, query.status);
    const rows = await Promise.all(
      requests.map(async (request) => ({ request, proposal: await proposalOf(request) })),
    );
    // Where the grant has ended there is nothing left to decide.
    const shown = query.status === 'all' ? rows : rows.filter(({ proposal }) => proposal !== null);
    const presented = shown.map(({ request, proposal }) => present(request, proposal, parts));
    return onePage(await Promise.all(presented));
  });

  const read = { summary: 'Read a request for more', tags, params: idParams, response: one };
  app.get('/api/v1/requests/:id', { schema: read }, async ({ owner, params }) => {
    const request = found(await accessRequests.get(owner.ownerId, params.id), 'request');
    return present(request, await proposalOf(request), parts);
  });
};

const readGiven = (input: NonNullable<z.infer<typeof allowance>>['authorization_details']) => {
  if (input === undefined) return {};
  const given = readMore(input);
  if (given.ok) return { given: given.value };
  throw new ApiError('invalid_request', given.error.message, { [given.error.member]: given.error.message });
};

const registerDeciding = (app: App, parts: ApiParts): void => {
  const decide = async (ownerId: string, id: string, decision: RequestDecision) =>
    present(unwrap(await parts.accessRequests.decide(ownerId, id, decision)), null, parts);

  const allow = {
    summary: 'Allow a request for more, or less of it',
    description:
      'Raises the grant that asks and, unless told otherwise, the grants above it whose own limits bind it. Decided once.',
    tags,
    params: idParams,
    body: allowance,
    response: one,
  };
  app.post('/api/v1/requests/:id/allow', { schema: allow }, async ({ owner, params, body }) => {
    const decision = {
      ...readGiven(body?.authorization_details),
      ...(body?.unchanged_grant_ids && { unchangedGrantIds: body.unchanged_grant_ids }),
      ...(body?.shown_hash !== undefined && { shownHash: body.shown_hash }),
    };
    const proposal = await parts.accessRequests.proposal(owner.ownerId, params.id);
    if (proposal && isLargeRaise(parts.largeBudgetNanos, proposal, decision))
      await requireConfirmed(parts, owner);
    // What was judged is what is done: if it has changed since, nothing is.
    const judged = proposal && { shownHash: proposal.shownHash };
    return decide(owner.ownerId, params.id, { kind: 'allow', ...judged, ...decision });
  });

  const deny = {
    summary: 'Deny a request for more',
    description: 'The same is not asked again for a day.',
    tags,
    params: idParams,
    body: denial,
    response: one,
  };
  app.post('/api/v1/requests/:id/deny', { schema: deny }, async ({ owner, params, body }) =>
    decide(owner.ownerId, params.id, {
      kind: 'deny',
      ...(body?.shown_hash !== undefined && { shownHash: body.shown_hash }),
    }),
  );
};

/** Registers the calls. */
export const registerRequests = (app: App, parts: ApiParts): void => {
  registerReading(app, parts);
  registerDeciding(app, parts);
};
