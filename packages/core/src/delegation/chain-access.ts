// What the last grant of a chain may do, and whether the chain may be there at all: who received each part of it is checked at
// every use, as everything else is. MUST be asked with the chain as it is committed.

import { type ModelAccess, OWN_AGENTS } from '../access/model-access.ts';
import { narrowAccess } from '../access/narrow-access.ts';

/** Who received a child, as its parent sees it. */
export interface Recipient {
  /** It has no identity of its own: it is of its parent's app (or of none, as its parent), under a name that its parent gave it. */
  readonly isOwnAgent: boolean;
  /** The `client_id` that it proved; null if nobody proved anything, also where its parent named a client. */
  readonly provenClientId: string | null;
}

/** One link below the first. */
export interface ChildLink {
  readonly access: ModelAccess;
  readonly recipient: Recipient;
}

/** The last link of a chain. */
export interface ChainEnd {
  /** Its right, narrowed by all of its ancestors. */
  readonly access: ModelAccess;
  /** Whether every link of the chain may be delegated to the one below it, now. If not, `access` MUST NOT be used. */
  readonly isPermitted: boolean;
}

/**
 * Whether a right may be delegated to `recipient`. A client counts as itself only where it proved who it is: one that was
 * merely named could be anybody that the parent gives the token to, and counts as neither a client nor an own agent.
 */
export function mayReceive(
  { delegationMaxDepth: depth, delegationTo: to }: ModelAccess,
  { isOwnAgent, provenClientId }: Recipient,
): boolean {
  if (depth === 0) return false;
  if (to == null) return true;
  return (isOwnAgent && to.includes(OWN_AGENTS)) || (provenClientId !== null && to.includes(provenClientId));
}

/** Walks a chain from the right that an owner gave down to its last link. */
export const chainAccess = (top: ModelAccess, below: readonly ChildLink[]): ChainEnd =>
  below.reduce<ChainEnd>(
    ({ access: parent, isPermitted }, { access, recipient }) => ({
      access: narrowAccess(access, parent),
      isPermitted: isPermitted && mayReceive(parent, recipient),
    }),
    { access: top, isPermitted: true },
  );
