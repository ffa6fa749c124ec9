// Writes down that a delegation was refused, in the journal of whoever owns the grant: an app that keeps asking for more than it has is
// something to see. Holds the members that went too far, MUST NOT hold what was asked for in them or the name that the child was to have.

import type { RefusalTally } from '../audit/refusal-tally.ts';
import type { Ledger } from '../ledger/contract.ts';
import type { Delegation, DelegationRefusal, Grant } from './contract.ts';

/** Where it is written, and what counts a flood; without that each refusal is an entry. */
export interface RefusedDelegationDeps {
  readonly ledger: Pick<Ledger, 'record'>;
  readonly now: () => number;
  readonly refusals?: Pick<RefusalTally, 'isTold'> | undefined;
}

/** Resolves once it is durable, or counted. Rejects when nothing can be recorded: the refusal is then an outage. */
export const recordRefusedDelegation = async (
  { ledger, now, refusals }: RefusedDelegationDeps,
  { id: grantId, ownerId }: Pick<Grant, 'id' | 'ownerId'>,
  { asked, clientId, isActorAuthenticated, via }: Delegation,
  { reason: code, violations }: DelegationRefusal,
): Promise<void> => {
  if (code === 'unavailable') return;
  if (refusals?.isTold({ what: 'delegation', ownerId, grantId, code }, now()) === false) return;
  const body = {
    code,
    members: [...new Set(violations.map(({ member }) => member))],
    providers: asked.map(({ provider }) => provider),
    client_id: clientId,
    is_actor_authenticated: isActorAuthenticated,
    via,
  };
  await ledger.record([{ ownerId, kind: 'delegation.refused', grantId, body }]);
};
