// What a receipt says of a call. It is made from the very bodies that the journal holds of the admission and the outcome, so that receipt
// and journal can be compared. MUST NOT say who the owner is, nor anything of what was asked or answered but hashes.

import { type ActClaim, formatActClaim, type Usage } from '@valetkey/core';
import { actorsOf } from '../grants/actors.ts';
import type { DelegationHop } from '../grants/contract.ts';
import type { Outcome } from '../ledger/contract.ts';

/** The payload of a receipt. Described for others in `docs/reference/receipts.md`. */
export interface ReceiptClaims {
  /** The broker. */
  readonly iss: string;
  /** When it was signed, epoch seconds (RFC 7519). */
  readonly iat: number;
  /** The call's id. */
  readonly jti: string;
  /** Epoch milliseconds, UTC. */
  readonly admitted_at: number;
  readonly settled_at: number;
  /** From the grant that the owner gave to the one that called. */
  readonly grant_path: readonly string[];
  /** The OAuth client of the grant that called; without one the owner made the grant for a tool of their own. */
  readonly client_id?: string;
  /** Who acts, newest outermost (RFC 8693); only below a delegation. */
  readonly act?: ActClaim;
  readonly provider: string;
  readonly operation: string;
  readonly model?: string;
  /** SHA-256, base64url: of the body that the provider got, and of the body that the caller got. */
  readonly request_sha256: string;
  readonly response_sha256?: string;
  /** `unconfirmed`: the usage is unknown and the ceiling was posted. `corrected`: the owner said afterwards what it cost. */
  readonly status: 'settled' | 'unconfirmed' | 'released' | 'corrected';
  /** 1e-9 USD. */
  readonly cost_nanos: number;
  readonly usage?: Usage;
  /** Of the caller's `traceparent`. */
  readonly trace_id?: string;
}

/** A call that was forwarded and has its outcome. */
export interface SettledCall {
  readonly callId: string;
  /** From the grant that the owner gave to the one that called. */
  readonly path: readonly DelegationHop[];
  readonly admittedAtMs: number;
  /** The body of its admission's entry, and of its outcome's. */
  readonly intent: Readonly<Record<string, unknown>>;
  readonly outcome: Readonly<Record<string, unknown>>;
  readonly status: ReceiptClaims['status'];
  readonly settledAtMs: number;
  readonly costNanos: number;
}

/** How a call that was forwarded ended, in the words of receipts. */
export const RECEIPT_STATUS: Readonly<Record<Outcome['kind'], ReceiptClaims['status']>> = {
  settled: 'settled',
  ceiling: 'unconfirmed',
  released: 'released',
};

type Written = Partial<Pick<ReceiptClaims, 'response_sha256' | 'usage' | 'trace_id'>> &
  Pick<ReceiptClaims, 'provider' | 'operation' | 'request_sha256'> & {
    readonly client_id: string | null;
    readonly model: string | null;
  };

/** The claims of a call, signed at `signedAtMs`. What is undefined is left out of their JSON. */
export const claimsOf = (call: SettledCall, iss: string, signedAtMs: number) => {
  // What the gate wrote into the entries; the hash of an outcome counts before that of the intent, where the cap was fitted in between.
  const written = { ...call.intent, ...call.outcome } as Written & { usage: Usage | null };
  return {
    iss,
    iat: Math.floor(signedAtMs / 1000),
    jti: call.callId,
    admitted_at: call.admittedAtMs,
    settled_at: call.settledAtMs,
    grant_path: call.path.map(({ grantId }) => grantId),
    client_id: written.client_id ?? undefined,
    act: formatActClaim(actorsOf(call.path, iss)),
    provider: written.provider,
    operation: written.operation,
    model: written.model ?? undefined,
    request_sha256: written.request_sha256,
    response_sha256: written.response_sha256,
    status: call.status,
    cost_nanos: call.costNanos,
    usage: written.usage ?? undefined,
    trace_id: written.trace_id,
  } satisfies { readonly [Claim in keyof ReceiptClaims]: ReceiptClaims[Claim] | undefined };
};
