// Who acts at the end of a chain of grants: one actor for each delegation. An agent that has no identity of its own is named by its
// parent, under a name that can not be mistaken for a client's.

import type { Actor, Recipient } from '@valetkey/core';
import type { DelegationHop } from './contract.ts';

/** What a child may be called. It is shown to the owner, so it is plain: letters, digits and a few signs between them. */
export const ACTOR_LABEL = {
  pattern: /^[\p{L}\p{N}](?:[\p{L}\p{N} ._:@-]{0,58}[\p{L}\p{N}])?$/u,
  says: 'a label of 1 to 60 letters, digits and . _ : @ -',
};

/** The actors behind the last grant of `path`, newest first; none for a grant that the owner gave. */
export const actorsOf = (path: readonly DelegationHop[], issuer: string): readonly Actor[] =>
  path
    .slice(1)
    .map((hop, at) => ({ sub: subjectOf(hop, path[at]!), iss: issuer }))
    .reverse();

/** Who a child is to the rules of delegation, seen from its parent. */
export const recipientOf = (
  child: Pick<DelegationHop, 'clientId' | 'isActorAuthenticated'>,
  parent: Pick<DelegationHop, 'clientId'>,
): Recipient => ({
  isOwnAgent: isOwnAgent(child, parent),
  provenClientId: child.isActorAuthenticated ? child.clientId : null,
});

const isOwnAgent = (
  child: Pick<DelegationHop, 'clientId'>,
  parent: Pick<DelegationHop, 'clientId'>,
): boolean => child.clientId === null || child.clientId === parent.clientId;

const subjectOf = (child: DelegationHop, parent: DelegationHop): string =>
  isOwnAgent(child, parent) ? `agent:${parent.grantId}/${child.name}` : child.clientId!;
