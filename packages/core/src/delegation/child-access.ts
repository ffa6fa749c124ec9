// What a child grant may be: the one rule between a request to delegate and a new grant. MUST be asked inside the
// transaction that makes the child, against the parent as it is then.

import { checkWithin, type WithinViolation } from '../access/check-within.ts';
import { quote } from '../access/member-reader.ts';
import type { ModelAccess } from '../access/model-access.ts';
import { narrowAccess } from '../access/narrow-access.ts';
import { fail, type Result, succeed } from '../result.ts';
import { mayReceive, type Recipient } from './chain-access.ts';

/** Where the parent stands in its chain. */
export interface ParentLink {
  /** Its effective right: its own, narrowed by all of its ancestors. */
  readonly access: ModelAccess;
  /** How many delegations lead to it; 0 for a grant that an owner gave. */
  readonly depth: number;
}

/**
 * The effective right of a child that asks for `asked`, with what it inherits filled in, or every way in which it asks
 * for too much. `maxDepth` is the broker's own bound on the length of any chain, whatever its grants allow.
 */
export function childAccess(
  asked: ModelAccess,
  parent: ParentLink,
  recipient: Recipient,
  maxDepth: number,
): Result<ModelAccess, readonly WithinViolation[]> {
  if (parent.depth >= maxDepth) {
    const message = `delegation is at its deepest here, ${maxDepth} levels`;
    return fail([{ member: 'delegation.max_depth', message }]);
  }
  const within = checkWithin(asked, parent.access);
  const beyond = within.ok ? [] : within.error;
  if (parent.access.delegationMaxDepth > 0 && !mayReceive(parent.access, recipient))
    return fail([...beyond, notToIt(parent.access)]);
  return within.ok ? succeed(narrowAccess(asked, parent.access)) : within;
}

const notToIt = ({ delegationTo }: ModelAccess): WithinViolation => ({
  member: 'delegation.to',
  message: `delegation is permitted only to ${delegationTo?.map(quote).join(', ')}; a client counts only if it proves itself with an actor_token`,
});
