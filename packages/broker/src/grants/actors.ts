// Who acts at the end of a chain of grants: one actor for each delegation. An agent that has no identity of its own is named by its
// parent, under a name that can not be mistaken for a client's.

import type { Actor } from '@valetkey/core';
import type { DelegationHop } from './contract.ts';

/** The actors behind the last grant of `path`, newest first; none for a grant that the owner gave. */
export const actorsOf = (path: readonly DelegationHop[], issuer: string): readonly Actor[] =>
  path
    .slice(1)
    .map((hop, at) => ({ sub: subjectOf(hop, path[at]!), iss: issuer }))
    .reverse();

const subjectOf = ({ clientId, name }: DelegationHop, parent: DelegationHop): string =>
  clientId !== null && clientId !== parent.clientId ? clientId : `agent:${parent.grantId}/${name}`;
