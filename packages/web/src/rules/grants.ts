// What a grant is called and whether it can be used. Pure.

import type { Grant } from '../api/types.ts';

/** Whether only its parent says who holds it, under a label; the client on record is then its parent's. Every other actor is a client. */
export const isNamedByParent = ({ actor }: Pick<Grant, 'actor'>): boolean =>
  actor?.startsWith('agent:') ?? false;

/** How sure it is who holds a delegated grant. */
type Identity = 'namedByParent' | 'namedApp' | 'proved';

/** Whether its holder is a label, a client that its parent named, or one that proved itself. */
export const identityOf = (grant: Pick<Grant, 'actor' | 'actor_authenticated'>): Identity => {
  if (isNamedByParent(grant)) return 'namedByParent';
  return grant.actor_authenticated ? 'proved' : 'namedApp';
};

/** What a grant is called: the app's name, what the owner named the tool, or the label that its parent gave it. */
export const grantName = (grant: Pick<Grant, 'client' | 'name' | 'actor'>): string =>
  isNamedByParent(grant) ? grant.name : (grant.client?.name ?? grant.name);

/** Whether its holder may delegate any of it. */
export const mayDelegate = ({
  authorization_details: details,
}: Pick<Grant, 'authorization_details'>): boolean =>
  details.some(({ delegation }) => (delegation?.max_depth ?? 0) > 0);

/** Whether it can be used, now or once it is resumed. */
export const isLive = ({ status }: Pick<Grant, 'status'>): boolean =>
  status === 'active' || status === 'suspended';
