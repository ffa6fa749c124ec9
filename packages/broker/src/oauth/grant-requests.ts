// What the holder of a grant does to get more of it: asks, looks what became of it, takes it back. It MUST NOT get anything by asking, nor
// see a request of another grant.

import type { IncomingMessage } from 'node:http';
import { fail, formatAccess, MemberReader, REASON_RULE, type Result, succeed } from '@valetkey/core';
import type {
  AccessRequest,
  AccessRequests,
  NewAccessRequest,
  RequestRefusal,
} from '../access-requests/contract.ts';
import { POLL_INTERVAL_SECONDS, type PollPace } from '../access-requests/poll-pace.ts';
import { readMore } from '../access-requests/read-more.ts';
import type { Ambient } from '../clock.ts';
import type { Grants } from '../grants/contract.ts';
import { refusedFault } from '../store/outage.ts';
import { grantedDetails } from './details.ts';
import { type Answer, refuse } from './grant-children.ts';
import type { Holder } from './grant-holder.ts';
import { requestPath } from './paths.ts';
import { readJsonBody } from './read-json-body.ts';

/** What requests at the grant's own address need. */
export interface GrantRequestsDeps {
  readonly issuer: string;
  readonly requests: AccessRequests;
  readonly grants: Pick<Grants, 'reread'>;
  readonly pace: PollPace;
  readonly ambient: Ambient;
}

const NO_REQUEST = refuse(404, 'not_found', 'There is no such request of this grant.');

/** Asks the owner for more than the holder's grant allows; asking the same again answers with the request there is. */
export async function createRequest(
  request: IncomingMessage,
  holder: Holder,
  deps: GrantRequestsDeps,
): Promise<Answer> {
  const asked = await readRequest(request);
  if (!asked.ok) return asked.error;
  const grantId = holder.live.grant.id;
  const made = await deps.requests.make({ ...asked.value, grantId, via: 'api', holds: holder.holds });
  return made.ok ? [201, await present(made.value, deps)] : refusalOf(made.error);
}

async function readRequest(
  request: IncomingMessage,
): Promise<Result<Pick<NewAccessRequest, 'asked' | 'message'>, Answer>> {
  const body = await readJsonBody(request);
  if (!body.ok) return fail(refuse(body.error.status, 'invalid_request', body.error.detail));
  const members = new MemberReader(body.value, 'body', ['authorization_details', 'message']);
  members.require('authorization_details');
  const message = members.text('message', REASON_RULE);
  const [problem] = members.problems;
  if (problem) return fail(refuse(400, 'invalid_request', problem.message));
  const { authorization_details } = body.value as { readonly authorization_details: unknown };
  const asked = readMore(authorization_details);
  if (!asked.ok) return fail(refuse(400, 'invalid_authorization_details', asked.error.message));
  return succeed({ asked: asked.value, message: message ?? asked.value[0]?.reason ?? null });
}

function refusalOf({ reason, detail }: RequestRefusal): Answer {
  switch (reason) {
    case 'unavailable':
      throw refusedFault({ reason, detail });
    case 'not_active':
      return refuse(401, 'invalid_token', detail);
    case 'too_many':
      return refuse(429, 'too_many_requests', detail);
    case 'not_found':
      return NO_REQUEST;
    case 'not_pending':
    case 'changed':
      return refuse(409, 'not_pending', detail);
    case 'provider_mismatch':
    case 'nothing_more':
    case 'too_much':
    case 'beyond_asked':
      return refuse(400, 'invalid_authorization_details', detail);
  }
}

/** What became of a request. Whoever looks too often while it is pending is told to slow down. */
export async function showRequest({ live }: Holder, id: string, deps: GrantRequestsDeps): Promise<Answer> {
  const found = await deps.requests.ofGrant(live.grant.id, id);
  if (!found) return NO_REQUEST;
  if (found.status === 'pending' && deps.pace.isTooFast(id, deps.ambient.now())) {
    const detail = `Look again in ${POLL_INTERVAL_SECONDS} seconds.`;
    const more = { interval: POLL_INTERVAL_SECONDS };
    const headers = { 'retry-after': String(POLL_INTERVAL_SECONDS) };
    return [429, { error: 'slow_down', error_description: detail, ...more }, headers];
  }
  return [200, await present(found, deps)];
}

/** Takes a request back before it is decided. */
export async function withdrawRequest(
  { live }: Holder,
  id: string,
  deps: GrantRequestsDeps,
): Promise<Answer> {
  const withdrawn = await deps.requests.withdraw(live.grant.id, id);
  return withdrawn.ok ? [204, null] : refusalOf(withdrawn.error);
}

async function present(
  { id, grantId, status, createdAtMs, expiresAtMs, asked, given, message }: AccessRequest,
  { issuer, grants }: GrantRequestsDeps,
): Promise<object> {
  const isDone = status === 'allowed';
  const live = isDone ? await grants.reread(grantId) : null;
  return {
    request_id: id,
    grant_id: grantId,
    status,
    url: `${issuer}${requestPath(id)}`,
    created_at: new Date(createdAtMs).toISOString(),
    expires_at: new Date(expiresAtMs).toISOString(),
    interval: POLL_INTERVAL_SECONDS,
    message,
    asked: asked.map(formatAccess),
    // What was given of it, and what the grant may do with it in the end, within every grant above it.
    given: given?.map(formatAccess) ?? null,
    ...(live && { authorization_details: grantedDetails(live.parts) }),
  };
}
