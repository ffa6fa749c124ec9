// What waits in a queue of the ledger for its turn, whichever engine decides it.

import type { Result } from '@valetkey/core';
import type {
  Admission,
  AdmissionRefusal,
  AdmissionRequest,
  Change,
  ChangeRefusal,
  EntryInput,
  Outcome,
  Settlement,
} from '../contract.ts';

/** A promise's two ends. */
export interface Promised<Value> {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

/** One request with the promise that answers it, and what the engine notes with an admission and with an outcome. */
export type WaitingWith<Admitting, Settling> =
  | (Promised<Result<Admission, AdmissionRefusal>> & {
      readonly kind: 'admit';
      readonly request: AdmissionRequest;
    } & Admitting)
  | (Promised<Settlement> & { readonly kind: 'settle'; readonly outcome: Outcome } & Settling)
  | (Promised<Result<void, ChangeRefusal>> & { readonly kind: 'change'; readonly change: Change })
  | (Promised<void> & { readonly kind: 'record'; readonly entries: readonly EntryInput[] });
