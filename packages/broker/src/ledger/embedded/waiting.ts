// What waits in the ledger's queue for its turn.

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
import type { OpenCall } from '../rules/open-calls.ts';

interface Promised<Value> {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

/** One request with the promise that answers it. */
export type Waiting =
  | (Promised<Result<Admission, AdmissionRefusal>> & {
      readonly kind: 'admit';
      readonly request: AdmissionRequest;
    })
  | (Promised<Settlement> & { readonly kind: 'settle'; readonly outcome: Outcome; readonly call: OpenCall })
  | (Promised<Result<void, ChangeRefusal>> & { readonly kind: 'change'; readonly change: Change })
  | (Promised<void> & { readonly kind: 'record'; readonly entries: readonly EntryInput[] });

/** The requests of one kind. */
export type WaitingFor<Kind extends Waiting['kind']> = Waiting & { readonly kind: Kind };
