// Requests for more: the holder of a grant asks, its owner sees old and new and decides once. MUST NOT change anything without the owner:
// a request is words and numbers until it is allowed.

import type { ModelAccess, Result, WithinViolation } from '@valetkey/core';
import type { DelegationHop, LiveGrant } from '../grants/contract.ts';

/** `pending` may still be decided; the others are final. `expired` comes by time alone. */
export type RequestStatus = 'pending' | 'allowed' | 'denied' | 'withdrawn' | 'expired';

/** How a request came: at the grant's own address, at the authorization endpoint, at the backchannel endpoint. */
export type RequestWay = 'api' | 'authorization' | 'backchannel';

/** A request for more. */
export interface AccessRequest {
  readonly id: string;
  readonly ownerId: string;
  readonly grantId: string;
  readonly via: RequestWay;
  /** What should change, one entry for each provider; what an entry does not name stays (see core's `widenAccess`). */
  readonly asked: readonly ModelAccess[];
  /** The asker's words: shown as its own, escaped, never interpreted. */
  readonly message: string | null;
  readonly status: RequestStatus;
  /** What was given of it; null unless it was allowed. */
  readonly given: readonly ModelAccess[] | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly decidedAtMs: number | null;
}

/** What is asked for, and by whom. */
export interface NewAccessRequest {
  readonly grantId: string;
  readonly asked: readonly ModelAccess[];
  readonly message: string | null;
  readonly via: RequestWay;
  /** Whether whoever asks still holds the grant: asked of the grant as it is read for the request. */
  readonly holds?: (grant: LiveGrant) => boolean;
}

/** One limit or name list that would change, on one grant of the path. */
export interface ProposedChange {
  readonly hop: DelegationHop;
  readonly linkId: string;
  readonly provider: string;
  /** Whether this is the grant that asks; else one above it whose own limits bind it. */
  readonly isAsker: boolean;
  readonly from: ModelAccess;
  readonly to: ModelAccess;
  /** What counts against each limit of `from`, in its order: nanos or a count. */
  readonly used: readonly number[];
}

/** A request as its owner decides on it. */
export interface Proposal {
  readonly request: AccessRequest;
  /** From the grant that the owner gave down to the one that asks. */
  readonly path: readonly DelegationHop[];
  /** In the order of the path. */
  readonly changes: readonly ProposedChange[];
  /** What the grant that asks and each one that would change can do now, by grant: for all providers, by itself and all above it. */
  readonly rights: ReadonlyMap<string, readonly ModelAccess[]>;
  /** SHA-256 over the request and everything above: a decision that carries it is refused when something has changed since. */
  readonly shownHash: string;
}

/** What the owner decides. */
export type RequestDecision =
  | { readonly kind: 'deny'; readonly shownHash?: string }
  | {
      readonly kind: 'allow';
      /** Less than what was asked; all of it if left out. */
      readonly given?: readonly ModelAccess[];
      /** Grants above the asker that stay as they are. */
      readonly unchangedGrantIds?: readonly string[];
      readonly shownHash?: string;
    };

/** Why a request could not be made, or decided. */
export interface RequestRefusal {
  readonly reason:
    | 'not_found'
    | 'not_active'
    | 'provider_mismatch'
    | 'nothing_more'
    | 'too_much'
    | 'too_many'
    | 'not_pending'
    | 'changed'
    | 'beyond_asked'
    | 'unavailable';
  readonly detail: string;
  readonly violations?: readonly WithinViolation[];
}

/** Makes requests, shows them and decides them. Every step is one ledger change: durable, in order with everything about the grant. */
export interface AccessRequests {
  /** The new request, or the one that asks the same already: pending, or denied not long ago. */
  make(input: NewAccessRequest): Promise<Result<AccessRequest, RequestRefusal>>;
  /** For whoever holds the grant. */
  ofGrant(grantId: string, id: string): Promise<AccessRequest | null>;
  /** Withdraws a pending request; withdrawn before is withdrawn. */
  withdraw(grantId: string, id: string): Promise<Result<AccessRequest, RequestRefusal>>;
  get(ownerId: string, id: string): Promise<AccessRequest | null>;
  /** The owner's, newest first, the newest 200: all, or those that wait for a decision. */
  list(ownerId: string, which: 'pending' | 'all'): Promise<readonly AccessRequest[]>;
  /** What allowing it would change, as everything stands now; null if there is no such request, or nothing is left of its grant. */
  proposal(ownerId: string, id: string): Promise<Proposal | null>;
  /** Decides once. Of any number of decisions one wins; a grant that has ended is never raised. */
  decide(
    ownerId: string,
    id: string,
    decision: RequestDecision,
  ): Promise<Result<AccessRequest, RequestRefusal>>;
  /** Writes down which requests nobody decided in time, once, and forgets those that were made long ago. */
  purge(): Promise<void>;
}
