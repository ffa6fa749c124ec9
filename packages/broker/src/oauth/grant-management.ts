// What the holder of a token may do with its own grant (FAPI grant management, draft): look at it, end it, delegate it, and ask for more of
// it. `self` in an address is the grant of the token. It MUST NOT see another grant but its own children, nor who the owner is.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Grants } from '../grants/contract.ts';
import { pathOf } from '../request-path.ts';
import { refusedFault } from '../store/outage.ts';
import type { Artifacts } from './artifacts.ts';
import { grantedDetails } from './details.ts';
import {
  type Answer,
  createChild,
  endChild,
  type GrantChildrenDeps,
  listChildren,
  NOT_FOUND,
} from './grant-children.ts';
import { findHolder, type Holder, type HolderDeps, type HolderRefusal } from './grant-holder.ts';
import { type GrantReceiptsDeps, showReceipt } from './grant-receipts.ts';
import { createRequest, type GrantRequestsDeps, showRequest, withdrawRequest } from './grant-requests.ts';
import { OAUTH_PATHS } from './paths.ts';
import { sendJson } from './send-json.ts';
import { budgetOf } from './structured-tokens.ts';

/** What grant management needs. */
export interface GrantManagementDeps
  extends GrantChildrenDeps,
    GrantReceiptsDeps,
    Omit<GrantRequestsDeps, 'grants'>,
    Omit<HolderDeps, 'grants' | 'ambient'> {
  readonly grants: Grants;
  readonly artifacts: Artifacts;
}

/** Answers everything below `/grants/`. Any page may ask, as at the gate: what counts is the token. */
export const createGrantManagement =
  (deps: GrantManagementDeps) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [status, body, headers] = await answer(request, deps);
    sendJson(response, status, body, { 'access-control-allow-origin': '*', ...headers });
  };

type Act = (
  holder: Holder,
  request: IncomingMessage,
  deps: GrantManagementDeps,
  /** Of the child, the call or the request. */
  belowId: string,
) => Promise<Answer>;

/** By what follows the grant's id, without the id below it, then by method. */
const ACTS: Readonly<Record<string, Readonly<Record<string, Act>>>> = {
  '': {
    GET: (holder, _request, deps) => show(holder, deps),
    DELETE: (holder, _request, deps) => end(holder, deps),
  },
  // As AIPassport has it; `DELETE` says the same.
  revoke: { POST: (holder, _request, deps) => end(holder, deps) },
  children: {
    GET: (holder, _request, deps) => listChildren(holder, deps),
    POST: (holder, request, deps) => createChild(request, holder, deps),
  },
  'children/': { DELETE: (holder, _request, deps, childId) => endChild(holder, childId, deps) },
  'calls//receipt': { GET: (holder, _request, deps, callId) => showReceipt(holder, callId, deps) },
  requests: { POST: (holder, request, deps) => createRequest(request, holder, deps) },
  'requests/': {
    GET: (holder, _request, deps, requestId) => showRequest(holder, requestId, deps),
    DELETE: (holder, _request, deps, requestId) => withdrawRequest(holder, requestId, deps),
  },
};

async function answer(request: IncomingMessage, deps: GrantManagementDeps): Promise<Answer> {
  const path = pathOf(request);
  const [id, branch, belowId, ...more] = path.slice(OAUTH_PATHS.grants.length).split('/');
  const kind = belowId === undefined ? (branch ?? '') : [branch, '', ...more].join('/');
  // An empty part is what is left of `children/..`: it MUST NOT be taken for the grant itself, whose end would be asked for.
  if (branch === '' || !Object.hasOwn(ACTS, kind)) return NOT_FOUND;
  const acts = ACTS[kind]!;
  const act = Object.hasOwn(acts, request.method ?? '') ? acts[request.method!] : undefined;
  if (!act) {
    const allow = Object.keys(acts).join(', ');
    return [405, { error: 'invalid_request', error_description: `Here you may ${allow}.` }, { allow }];
  }
  const holder = await findHolder(request, path, deps);
  if (!holder.ok) return challenge(holder.error, deps.issuer, request.headers.authorization !== undefined);
  if (id !== 'self' && id !== holder.value.live.grant.id) return NOT_FOUND;
  return act(holder.value, request, deps, belowId ?? '');
}

function challenge({ error, description }: HolderRefusal, issuer: string, hasCredential: boolean): Answer {
  const scheme = error === 'invalid_token' ? 'Bearer' : 'DPoP algs="ES256 Ed25519 EdDSA",';
  // Where no token came there is nothing wrong with it (RFC 6750 section 3).
  const fault = hasCredential ? ` error="${error}",` : '';
  const metadata = `resource_metadata="${issuer}${OAUTH_PATHS.resourceMetadata}"`;
  return [
    error === 'device_not_permitted' ? 403 : 401,
    { error, error_description: description },
    { 'www-authenticate': `${scheme}${fault} ${metadata}` },
  ];
}

async function end({ live: { grant } }: Holder, { grants, artifacts }: GrantManagementDeps): Promise<Answer> {
  const revoked = await grants.revoke(grant.ownerId, grant.id, 'client');
  if (!revoked.ok) throw refusedFault(revoked.error);
  await artifacts.removeByGrant(grant.id);
  return [204, null];
}

async function show({ live }: Holder, { grants, baseUrlsOf }: GrantManagementDeps): Promise<Answer> {
  const { grant, parts, path } = live;
  return [
    200,
    {
      grant_id: grant.id,
      parent_grant_id: grant.parentGrantId,
      delegation_depth: path.length - 1,
      status: grant.status,
      client_id: grant.clientId,
      created_at: Math.floor(grant.createdAtMs / 1000),
      authorization_details: grantedDetails(parts),
      base_urls: baseUrlsOf(parts.map(({ provider }) => provider)),
      ...(await budgetOf(live, grants)),
    },
  ];
}
