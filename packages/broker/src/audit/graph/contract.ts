// What can be shown of how one call was allowed, from journal entries alone. The members stand as they go over the wire and into
// `--json`: amounts of money are exact decimal strings of US dollars, times RFC 3339.

import type { LimitPeriod, LimitUnit } from '@valetkey/core';

/**
 * One limit as it stood. What counts against it is `settled + held`; what a reset has let go of is not in it. Null is not known any more:
 * old calls of that window were removed.
 */
export interface LimitAsStood {
  readonly unit: LimitUnit;
  readonly per: LimitPeriod;
  /** US dollars as a decimal string, other units as an integer. */
  readonly amount: string | number;
  readonly settled: string | number | null;
  readonly held: string | number | null;
}

/** A link as it stood: the provider key at the root of the tree, or one provider's part of a grant. */
export interface GraphNode {
  readonly link_id: string;
  /** Null for the provider key. */
  readonly grant_id: string | null;
  /** Of the provider key: which of the keys that were put under this id, from 1. */
  readonly key_version: number | null;
  readonly client_id: string | null;
  /** Who acts here, as `act.sub` names it: a client, or an agent that its parent named; null for what the owner gave. */
  readonly actor: string | null;
  readonly is_actor_authenticated: boolean | null;
  readonly via: string | null;
  /** Thumbprint of the key that its token is bound to. */
  readonly key_thumbprint: string | null;
  /** Devices that it is pinned to; empty for any. */
  readonly device_ids: string[];
  /** Its own: what is above it may have been stopped although it was not. */
  readonly status: 'active' | 'suspended' | 'stopped' | 'revoked' | 'expired';
  readonly expires_at: string | null;
  /** The entries that made it and that changed it last. */
  readonly created_seq: number;
  readonly changed_seq: number;
  readonly limits: LimitAsStood[];
  /** Over its whole life, everything below it included. Null is not known any more: calls of it that are as old were removed. */
  readonly settled_usd: string | null;
  readonly held_usd: string | null;
  readonly settled_requests: number | null;
  readonly open_calls: number | null;
  /** Whether the call drew on it. */
  readonly is_on_path: boolean;
  /** How many grants were below it. Of those on the path each child is told; of the others only this. */
  readonly below: number;
  readonly children: GraphNode[];
}

/** An entry of the journal that says so. */
export interface EntryNote {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly hash: string;
}

/** One call: who was allowed to make it by whom, as everything stood right after it was admitted (or refused). */
export interface CallGraph {
  readonly owner_id: string;
  readonly call: {
    readonly id: string;
    readonly request_id: string | null;
    readonly grant_id: string | null;
    readonly provider: string | null;
    readonly operation: string | null;
    readonly model: string | null;
    readonly token_kind: string | null;
    readonly token_id: string | null;
    readonly key_thumbprint: string | null;
    readonly device_id: string | null;
    readonly status: 'admitted' | 'settled' | 'ceiling' | 'released' | 'refused';
    readonly http_status: number | null;
    readonly refusal: string | null;
    /** Set aside on every link of the path; null for a refused call. */
    readonly held_usd: string | null;
    /** Posted, less what was corrected; null while there is no outcome. */
    readonly cost_usd: string | null;
    readonly price_version: string | null;
    readonly rate_card_sha256: string | null;
    readonly request_sha256: string | null;
    readonly response_sha256: string | null;
  };
  /** The entries of the call itself: its admission or refusal, its outcome, its correction. */
  readonly entries: EntryNote[];
  /** From the provider key down, one tree for each that could be drawn on; empty if no link is known of it. */
  readonly trees: GraphNode[];
}
