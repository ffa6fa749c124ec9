// Makes a child of a grant: the rules are core's, asked of the parent as it stands when the child is written. MUST NOT need the owner:
// everything a child may do was allowed before, to its parent.

import {
  childAccess,
  fail,
  type ModelAccess,
  type Result,
  succeed,
  type WithinViolation,
} from '@valetkey/core';
import type { Kysely } from 'kysely';
import { type Ambient, randomId } from '../clock.ts';
import type { Change, ChangeRefusal, Ledger } from '../ledger/contract.ts';
import type { Schema } from '../store/schema.ts';
import { recipientOf } from './actors.ts';
import type { Delegation, DelegationRefusal, LiveGrant, LivePart } from './contract.ts';
import { earlier } from './expiry.ts';
import { linkIdOf, openLink } from './grant-links.ts';
import { compiled, wireParts } from './grant-rows.ts';
import { readStops, whyStopped } from './stops.ts';

/** Children of one grant that live at the same time: an agent that forgets to end its own MUST NOT fill the database. */
const MOST_CHILDREN = 500;

/** How often a parent that changes meanwhile is read anew. */
const MOST_TRIES = 4;

/** What the step needs. `reread` reads the parent as it is committed. */
export interface DelegateDeps {
  readonly db: Kysely<Schema>;
  readonly ledger: Pick<Ledger, 'change'>;
  readonly ambient: Ambient;
  readonly reread: (grantId: string) => Promise<LiveGrant | null>;
  /** How many delegations may lead to a grant, whatever the grants above it allow. */
  readonly maxDepth: number;
  /** When a link with these terms ends that is made now. */
  readonly endOf: (access: ModelAccess) => number | null;
}

/** One provider's part of the child. */
interface ChildPart {
  readonly parent: LivePart;
  /** As it is stored: what it inherits binds by its parent's own link, save for the end, which is told to its holder. */
  readonly access: ModelAccess;
}

const refuse = (
  reason: DelegationRefusal['reason'],
  detail: string,
  violations: readonly WithinViolation[] = [],
) => fail<DelegationRefusal>({ reason, detail, violations });

const beyond = (member: string, message: string) => refuse('not_narrower', message, [{ member, message }]);

/** The id of the child that was made, or why it could not be. */
export const delegate = async (
  input: Delegation,
  deps: DelegateDeps,
): Promise<Result<string, DelegationRefusal>> => {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const parent = await deps.reread(input.parentGrantId);
    if (parent?.grant.status !== 'active' || input.holds?.(parent) === false)
      return refuse('not_active', 'The grant that should be delegated has ended.');
    // Read after the parent: a stop that is not seen here has made the parent's versions stale.
    const stopped = whyStopped(await readStops(deps.db, parent.grant.ownerId), input.clientId);
    if (stopped) return refuse('not_active', stopped);
    const parts = partsOf(parent, input, deps);
    if (!parts.ok) return parts;
    if ((await countChildren(parent, deps)) >= MOST_CHILDREN)
      return refuse('too_many', `The grant has ${MOST_CHILDREN} children. End some of them first.`);
    const id = randomId(deps.ambient, 'gr_');
    const changed = await deps.ledger.change(changeOf(id, parent, parts.value, input, deps));
    if (changed.ok) return succeed(id);
    if (changed.error.reason !== 'stale') return refusedChange(changed.error);
  }
  return refuse('unavailable', 'The grant keeps changing. Try again shortly.');
};

const refusedChange = ({ detail }: ChangeRefusal) => refuse('unavailable', detail);

const countChildren = async ({ grant }: LiveGrant, { db, ambient }: DelegateDeps): Promise<number> => {
  const { children } = await db
    .selectFrom('links')
    .select((links) => links.fn.count<number>('grant_id').distinct().as('children'))
    .where(
      'parent_id',
      'in',
      grant.parts.map(({ provider }) => linkIdOf(grant.id, provider)),
    )
    .where('status', '=', 'active')
    .where((links) => links.or([links('expires_at', 'is', null), links('expires_at', '>', ambient.now())]))
    .executeTakeFirstOrThrow();
  return Number(children);
};

const partsOf = (
  parent: LiveGrant,
  input: Delegation,
  { ambient, maxDepth }: DelegateDeps,
): Result<readonly ChildPart[], DelegationRefusal> => {
  const parts: ChildPart[] = [];
  const recipient = recipientOf(input, parent.grant);
  for (const access of input.asked) {
    const above = parent.parts.find(({ provider }) => provider === access.provider);
    if (!above && parent.barredProviders.includes(access.provider))
      return refuse('not_permitted', 'a grant above may not be delegated to this one any more');
    if (!above) return beyond('provider', `provider ${access.provider} is not part of the grant`);
    // Also by an end that its terms do not name: nobody used it.
    const hasEnded = above.endsAtMs !== null && above.endsAtMs <= ambient.now();
    if (above.status !== 'active' || hasEnded)
      return refuse(
        'not_active',
        'The grant that should be delegated, or one above it, is paused or has ended.',
      );
    const depth = parent.path.length - 1;
    const child = childAccess(access, { access: above.access, depth }, recipient, maxDepth);
    if (!child.ok) {
      const said = child.error.map(({ message }) => message).join('; ');
      const isClosed = above.access.delegationMaxDepth === 0;
      const isNotPermitted = isClosed || child.error.every(({ member }) => member.startsWith('delegation.'));
      const reason = isNotPermitted ? 'not_permitted' : 'not_narrower';
      return refuse(reason, `${access.provider}: ${said}`, child.error);
    }
    const { expiresAtMs } = child.value;
    if (expiresAtMs !== null && expiresAtMs <= ambient.now())
      return beyond('expires', 'expires must lie ahead');
    parts.push({ parent: above, access: { ...access, expiresAtMs } });
  }
  return succeed(parts);
};

const changeOf = (
  id: string,
  { grant }: LiveGrant,
  parts: readonly ChildPart[],
  input: Delegation,
  { db, ambient, endOf }: DelegateDeps,
): Change => {
  const links = parts.map(({ parent, access }) => {
    const { ownerId } = grant;
    const parentId = linkIdOf(grant.id, access.provider);
    // Unused, it ends no later than what it comes from.
    return openLink({ grantId: id, ownerId, parentId }, access, earlier(endOf(access), parent.endsAtMs));
  });
  const row = {
    id,
    owner_id: grant.ownerId,
    client_id: input.clientId,
    name: input.name,
    parent_grant_id: grant.id,
    status: 'active',
    unknown_fields: grant.unknownFields,
    via: input.via,
    shown_hash: null,
    key_token_hash: input.keyTokenHash ?? null,
    key_thumbprint: input.keyThumbprint,
    is_actor_authenticated: input.isActorAuthenticated ? 1 : 0,
    created_at: ambient.now(),
    revoked_at: null,
  };
  const body = {
    parent_grant_id: grant.id,
    client_id: input.clientId,
    is_actor_authenticated: input.isActorAuthenticated,
    key_thumbprint: input.keyThumbprint,
    via: input.via,
    authorization_details: wireParts(parts),
  };
  return {
    expects: parts.flatMap(({ parent }) => parent.chain),
    links,
    rows: [compiled(db.insertInto('grants').values(row))],
    entries: [{ ownerId: grant.ownerId, kind: 'grant.delegated', grantId: id, body }],
  };
};
