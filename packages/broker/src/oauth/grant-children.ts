// What the holder of a grant does with its children: makes one, lists those that live, ends one. It MUST NOT reach any grant but the
// children of its own.

import type { IncomingMessage } from 'node:http';
import { type ErrorCode, fail, MemberReader, type Result, succeed } from '@valetkey/core';
import type { Ambient } from '../clock.ts';
import { ACTOR_LABEL } from '../grants/actors.ts';
import type { DelegationRefusal, Grant, Grants } from '../grants/contract.ts';
import { makeChild, type NewChild, presentChild } from '../grants/make-child.ts';
import { refusedFault } from '../store/outage.ts';
import { THUMBPRINT } from '../tokens/dpop-proof.ts';
import { readDetailEntries } from './details.ts';
import type { Holder } from './grant-holder.ts';
import { readJsonBody } from './read-json-body.ts';

/** Status and JSON body; `null` for none. */
export type Answer = readonly [status: number, body: object | null, headers?: Record<string, string>];

/** What the children need. */
export interface GrantChildrenDeps {
  readonly grants: Grants;
  readonly ambient: Ambient;
  /** Where a program points its SDK to use these providers, by dialect. */
  readonly baseUrlsOf: (providers: readonly string[]) => object;
}

const DELEGATION_NOT_PERMITTED = 'delegation_not_permitted' satisfies ErrorCode;

/** An answer in OAuth's words. */
export const refuse = (
  status: number,
  error: string,
  error_description: string,
  more: object = {},
): Answer => [status, { error, error_description, ...more }];

/** There is nothing here for this holder. */
export const NOT_FOUND = refuse(404, 'not_found', 'There is no such grant at this address for this token.');

/** Makes a child of the holder's grant, bound to the holder's key unless another is named. */
export async function createChild(
  request: IncomingMessage,
  holder: Holder,
  deps: GrantChildrenDeps,
): Promise<Answer> {
  const child = await readNewChild(request, holder);
  if (!child.ok) return child.error;
  const made = await makeChild(deps, holder.live.grant, { ...child.value, holds: holder.holds });
  if (!made.ok) return refusalOf(made.error);
  const providers = made.value.live.parts.map(({ provider }) => provider);
  return [201, presentChild(made.value, deps.baseUrlsOf(providers))];
}

async function readNewChild(request: IncomingMessage, holder: Holder): Promise<Result<NewChild, Answer>> {
  const body = await readJsonBody(request);
  if (!body.ok) return fail(refuse(body.error.status, 'invalid_request', body.error.detail));
  const input = body.value;
  const members = new MemberReader(input, 'body', ['name', 'authorization_details', 'dpop_jkt']);
  members.require('name', 'authorization_details');
  const name = members.text('name', ACTOR_LABEL);
  const keyThumbprint = members.text('dpop_jkt', THUMBPRINT) ?? holder.keyThumbprint;
  const [problem] = members.problems;
  if (problem || name === null) return fail(refuse(400, 'invalid_request', problem?.message ?? ''));
  const asked = readDetailEntries((input as { authorization_details: unknown }).authorization_details);
  if (!asked.ok) return fail(refuse(400, asked.error.code, asked.error.description));
  return succeed({ name, asked: asked.value, keyThumbprint });
}

function refusalOf({ reason, detail, violations }: DelegationRefusal): Answer {
  if (reason === 'unavailable') throw refusedFault({ reason, detail });
  if (reason === 'not_active') return refuse(401, 'invalid_token', detail);
  if (reason === 'not_permitted') return notPermitted(detail, violations);
  return refuse(400, 'invalid_authorization_details', detail, { violations });
}

const notPermitted = (detail: string, violations: DelegationRefusal['violations']): Answer =>
  refuse(
    403,
    DELEGATION_NOT_PERMITTED,
    `${detail}. Its owner decides how deep a grant may be delegated (delegation.max_depth), and to whom (delegation.to).`,
    { code: DELEGATION_NOT_PERMITTED, violations },
  );

/** The newest of the holder's children that have not ended. */
export async function listChildren({ live }: Holder, { grants }: GrantChildrenDeps): Promise<Answer> {
  const children = await grants.liveChildren(live.grant.id);
  return [200, { children: children.map(presentListed) }];
}

const presentListed = ({ id, name, status, expiresAtMs }: Grant) => ({
  grant_id: id,
  name,
  status,
  expires_at: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
});

/** Ends a child of the holder's and all below it; ended before is ended. */
export async function endChild(
  { live: { grant } }: Holder,
  childId: string,
  { grants }: GrantChildrenDeps,
): Promise<Answer> {
  const child = await grants.live(childId);
  if (child?.grant.parentGrantId !== grant.id) return NOT_FOUND;
  const revoked = await grants.revoke(grant.ownerId, childId, 'parent');
  if (!revoked.ok) throw refusedFault(revoked.error);
  return [204, null];
}
