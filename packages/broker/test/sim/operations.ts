// What a simulated life is made of: the operations that are asked of the ledger, and what it answered.

import type { Result } from '@valetkey/core';
import type {
  Admission,
  AdmissionRefusal,
  AdmissionRequest,
  Change,
  ChangeRefusal,
  Outcome,
  Settlement,
} from '../../src/ledger/contract.ts';

/** One request to the ledger. */
export type Operation =
  | { readonly kind: 'admit'; readonly request: AdmissionRequest }
  | {
      readonly kind: 'settle';
      readonly outcome: Outcome;
      /** What the simulated provider charges for the call, worked out apart from the broker's rules; null where no provider was played. */
      readonly bill: Bill | null;
    }
  /** A second outcome for a call that has one: MUST be refused. */
  | { readonly kind: 'settle_again'; readonly outcome: Outcome }
  /** `id` stands in the change's one entry, so that the journal shows when it came into force. */
  | { readonly kind: 'change'; readonly id: string; readonly change: Change };

/** A provider's own view of a call. */
export interface Bill {
  readonly nanos: number;
  /** Whether the broker was told, so that it must charge exactly this. */
  readonly isReported: boolean;
}

/** How the ledger answered; `pending` when its process crashed before. */
export type Answer =
  | { readonly kind: 'pending' }
  | { readonly kind: 'rejected'; readonly message: string }
  | { readonly kind: 'admit'; readonly result: Result<Admission, AdmissionRefusal> }
  | { readonly kind: 'settle'; readonly settlement: Settlement }
  | { readonly kind: 'change'; readonly result: Result<void, ChangeRefusal> };

/** A row of the journal, read with plain SQL. */
export interface JournalRow {
  readonly id: number;
  readonly owner_id: string;
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly call_id: string | null;
  readonly grant_id: string | null;
  readonly link_id: string | null;
  readonly held_nanos: number;
  readonly settled_nanos: number;
  readonly held_tokens: number;
  readonly settled_tokens: number;
  readonly held_requests: number;
  readonly settled_requests: number;
  readonly body: string;
  readonly hash: string;
}

/** Operations that were asked for at about the same time, with their answers, in the order asked. */
export interface Wave {
  readonly asked: readonly { readonly operation: Operation; answer: Answer }[];
  /** The ledger's time all along, read from an entry written at its start. */
  readonly atMs: number;
  /** Whether commits failed: then, and only then, `unavailable` is a good answer. */
  readonly wasDisturbed: boolean;
  readonly hasCrashed: boolean;
}
