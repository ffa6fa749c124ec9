// A child of a grant with a key-shaped token of its own, for people and programs that are no OAuth client. The token is returned once and
// stored as a hash.

import { formatAccess, type ModelAccess, type Result, succeed } from '@valetkey/core';
import type { Ambient } from '../clock.ts';
import type { DelegationRefusal, Grant, Grants, LiveGrant } from './contract.ts';
import { hashKeyToken, newKeyToken } from './key-token.ts';

/** What is asked for. */
export interface NewChild {
  /** The label that tells it from its siblings; `isActorLabel` MUST have held. */
  readonly name: string;
  readonly asked: readonly ModelAccess[];
  /** Thumbprint of the key that its token is bound to; null for none. */
  readonly keyThumbprint: string | null;
  /** See `Delegation`; left out where the owner asks. */
  readonly holds?: (parent: LiveGrant) => boolean;
}

/** The child, and its token, which is nowhere else. */
export interface MadeChild {
  readonly live: LiveGrant;
  readonly token: string;
}

/** Makes the child. It belongs to its parent's client, if that has one. */
export const makeChild = async (
  { grants, ambient }: { readonly grants: Pick<Grants, 'delegate' | 'live'>; readonly ambient: Ambient },
  parent: Pick<Grant, 'id' | 'clientId'>,
  child: NewChild,
): Promise<Result<MadeChild, DelegationRefusal>> => {
  const token = newKeyToken(ambient);
  const made = await grants.delegate({
    ...child,
    parentGrantId: parent.id,
    clientId: parent.clientId,
    isActorAuthenticated: false,
    keyTokenHash: hashKeyToken(token)!,
    // The journal tells an owner who delegates from an app that does.
    via: child.holds ? 'api' : 'owner',
  });
  if (!made.ok) return made;
  const live = await grants.live(made.value.id);
  if (!live) throw new Error(`grant ${made.value.id} was made and is not there`);
  return succeed({ live, token });
};

/** The child on the wire, with what it may do in the end: its own right within that of every grant above it. */
export const presentChild = <Urls extends object>({ live, token }: MadeChild, baseUrls: Urls) => ({
  grant_id: live.grant.id,
  parent_grant_id: live.grant.parentGrantId!,
  token,
  token_type: live.keyTokenThumbprint === null ? ('Bearer' as const) : ('DPoP' as const),
  expires_at: live.grant.expiresAtMs === null ? null : new Date(live.grant.expiresAtMs).toISOString(),
  authorization_details: live.parts.map(({ access }) => ({ ...formatAccess(access) })),
  base_urls: baseUrls,
});
