// Who owns an account in this house: invited by the operator, held below what the operator allows, suspended and removed. The operator sees
// amounts and dates of other owners, never their calls, grants or keys.

import type { Limit, Result } from '@valetkey/core';
import type { Balance } from '../ledger/contract.ts';

/** `operator` runs the house: whoever set it up. */
export type OwnerRole = 'operator' | 'owner';

/** What the operator sees of an owner. */
export interface OwnerSummary {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: OwnerRole;
  readonly joinedAtMs: number;
  readonly suspendedAtMs: number | null;
  /** The house maxima of everything that the owner has; none for the operator. */
  readonly limits: readonly Limit[];
  /** Of the roots of all chains: their sums are what the owner has spent. */
  readonly balances: readonly Balance[];
}

/** An invitation that can still be taken. */
export interface Invitation {
  readonly id: string;
  /** The only address that may take it; null for any. */
  readonly email: string | null;
  /** The maxima of whoever takes it. */
  readonly limits: readonly Limit[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** Why something was not done. */
export interface OwnerRefusal {
  readonly reason: 'not_found' | 'conflict' | 'unavailable';
  readonly detail: string;
}

/** Whoever takes an invitation: `passwordHash` is null where a passkey follows. */
export interface NewMember {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | null;
}

/** Why an invitation was not taken. */
export type NotAccepted = 'used_up' | 'address_taken';

/** Owners and invitations. Whoever calls what changes others MUST have checked that it is the operator who asks. */
export interface Owners {
  /** Null for somebody who owns nothing here. */
  roleOf(ownerId: string): Promise<OwnerRole | null>;
  /** The maxima that the operator set for an owner, with what counts against them. */
  maximaOf(ownerId: string): Promise<Pick<OwnerSummary, 'limits' | 'balances'>>;
  list(): Promise<readonly OwnerSummary[]>;
  /** How many calls of an owner run now. */
  openCallsOf(ownerId: string): Promise<number>;
  /** A one-time invitation for 7 days; `token` is told once and stored hashed. */
  invite(
    operatorId: string,
    wanted: { readonly email: string | null; readonly limits: readonly Limit[] },
  ): Promise<Result<{ readonly invitation: Invitation; readonly token: string }, OwnerRefusal>>;
  /** Those that can still be taken, newest first. */
  invitations(): Promise<readonly Invitation[]>;
  /** Ends an invitation that nobody has taken. */
  withdraw(operatorId: string, invitationId: string): Promise<Result<void, OwnerRefusal>>;
  /** The invitation of a link; null if it is used up, too old, revoked or made up. */
  invitationOf(token: string): Promise<Invitation | null>;
  /** Makes the owner, and uses the invitation up: of any number at once exactly one succeeds. */
  accept(token: string, member: NewMember): Promise<Result<{ readonly ownerId: string }, NotAccepted>>;
  /** Stops everything of an owner and ends every session: once it has returned nothing is forwarded. Idempotent. */
  suspend(operatorId: string, ownerId: string): Promise<Result<void, OwnerRefusal>>;
  /** Takes a suspension back. What the owner stopped, paused or ended stays so; the owner signs in anew. */
  resume(operatorId: string, ownerId: string): Promise<Result<void, OwnerRefusal>>;
  /** Replaces the maxima of an owner; counts what was spent before, too. */
  setMaxima(
    operatorId: string,
    ownerId: string,
    limits: readonly Limit[],
  ): Promise<Result<void, OwnerRefusal>>;
  /** Ends everything of an owner and erases what is known of the person, for ever. `email` MUST be the owner's: a slip removes nobody. */
  remove(operatorId: string, ownerId: string, email: string): Promise<Result<void, OwnerRefusal>>;
}
