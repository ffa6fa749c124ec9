// The wire shapes of evidence: entries of the journal that are changes, the graph of one call, the result of a comparison.

import type { CallStatus, LimitPeriod, LimitUnit, TimeText, UsdText } from './types.ts';

/** What changes can be about. */
export type ChangeTopic =
  | 'access'
  | 'keys'
  | 'apps'
  | 'devices'
  | 'sign_in'
  | 'refusals'
  | 'money'
  | 'alerts'
  | 'broker';

/** Which changes. */
export interface ChangeFilter {
  readonly topic?: ChangeTopic | undefined;
  readonly grant_id?: string | undefined;
}

/** One entry of the journal that is not of a call. */
export interface Change {
  readonly seq: number;
  readonly at: TimeText;
  readonly kind: string;
  readonly grant_id: string | null;
  readonly grant_name: string | null;
  readonly call_id: string | null;
  readonly body: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

/** What a comparison of balances and hashes with the journal found. */
export interface LedgerReport {
  readonly entries: number;
  readonly calls: number;
  readonly faults: readonly { readonly entry_id: number | null; readonly problem: string }[];
}

/** A link of the chain as it stood when a call was admitted. */
export interface GraphNode {
  readonly link_id: string;
  readonly grant_id: string | null;
  readonly key_version: number | null;
  readonly client_id: string | null;
  readonly actor: string | null;
  readonly is_actor_authenticated: boolean | null;
  readonly key_thumbprint: string | null;
  readonly status: 'active' | 'suspended' | 'stopped' | 'revoked' | 'expired';
  readonly expires_at: TimeText | null;
  readonly created_seq: number;
  readonly changed_seq: number;
  readonly limits: readonly {
    readonly unit: LimitUnit;
    readonly per: LimitPeriod;
    readonly amount: string | number;
    /** Null here and below: old calls were removed, so it is not known any more. */
    readonly settled: string | number | null;
    readonly held: string | number | null;
  }[];
  readonly settled_usd: UsdText | null;
  readonly held_usd: UsdText | null;
  readonly is_on_path: boolean;
  readonly below: number;
  readonly children: readonly GraphNode[];
}

/** How one call was allowed, from the journal alone; names are those of today. */
export interface CallGraph {
  readonly call: {
    readonly id: string;
    readonly request_id: string | null;
    readonly operation: string | null;
    readonly model: string | null;
    readonly token_kind: string | null;
    readonly device_id: string | null;
    readonly key_thumbprint: string | null;
    readonly status: CallStatus;
    readonly refusal: string | null;
    readonly held_usd: UsdText | null;
    readonly cost_usd: UsdText | null;
    readonly price_version: string | null;
    readonly request_sha256: string | null;
    readonly response_sha256: string | null;
  };
  readonly entries: readonly {
    readonly seq: number;
    readonly at: TimeText;
    readonly kind: string;
    readonly hash: string;
  }[];
  readonly trees: readonly GraphNode[];
  readonly names: Readonly<Record<string, string>>;
}
