// Where a grant stands below the one that the owner gave. Parents never change, so it holds for every call that was ever made.

import type { DelegationHop, Grant } from '../../grants/contract.ts';

/** What is needed of a grant. */
export type Kin = Pick<Grant, 'id' | 'parentGrantId' | 'clientId' | 'name' | 'isActorAuthenticated'>;

/** The way from the grant that the owner gave down to the one of that id, itself included; of a grant not in `kin`, nothing. */
export const pathOf = (grantId: string, kin: ReadonlyMap<string, Kin>): readonly DelegationHop[] => {
  const path: DelegationHop[] = [];
  for (let grant = kin.get(grantId); grant; grant = kin.get(grant.parentGrantId ?? '')) {
    const { id, clientId, name, isActorAuthenticated } = grant;
    path.unshift({ grantId: id, clientId, name, isActorAuthenticated });
  }
  return path;
};
