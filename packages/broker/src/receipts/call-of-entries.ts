// A call as its entries in a journal tell it, from the database or from an export: what a receipt of it has to say.

import { fail, type Result, succeed } from '@valetkey/core';
import { RECEIPT_STATUS, type SettledCall } from './claims.ts';

/** What is needed of an entry. */
export interface CallEntry {
  readonly kind: string;
  readonly at: number;
  readonly grant_id: string | null;
  readonly settled_nanos: number;
  readonly settled_requests: number;
  /** JSON as text. */
  readonly body: string;
}

/** The entries of one call. */
export interface CallEntries {
  readonly admission: CallEntry | undefined;
  readonly outcome: CallEntry | undefined;
  readonly correction: CallEntry | undefined;
}

/** Why there is no receipt: `unknown` covers calls that were refused or never forwarded, `running` ones whose outcome is not written yet. */
export type NoReceipt = 'unknown' | 'running';

/** A call without the names on its path, which no journal holds. */
export type JournalCall = Omit<SettledCall, 'path'> & { readonly grantIds: readonly string[] };

type Body = Readonly<Record<string, unknown>>;

/** From the grant that the owner gave to the one that called, as an admission tells it. */
export const pathOf = ({ body, grant_id }: Pick<CallEntry, 'body' | 'grant_id'>): readonly string[] =>
  (JSON.parse(body) as { readonly grant_path?: readonly string[] }).grant_path ?? [grant_id ?? ''];

/** The call, if it was forwarded and has ended. */
export const callOfEntries = (
  callId: string,
  { admission, outcome: posted, correction }: CallEntries,
): Result<JournalCall, NoReceipt> => {
  if (!admission) return fail('unknown');
  if (!posted) return fail('running');
  if (Number(posted.settled_requests) === 0) return fail('unknown');
  const intent = JSON.parse(admission.body) as Body;
  const outcome = JSON.parse(posted.body) as Body;
  const kind = posted.kind.slice('call.'.length) as keyof typeof RECEIPT_STATUS;
  return succeed({
    callId,
    grantIds: pathOf(admission),
    admittedAtMs: Number(admission.at),
    intent,
    outcome,
    status: correction ? 'corrected' : RECEIPT_STATUS[kind],
    // A call that a crash left open was settled when its entry was written.
    settledAtMs: typeof outcome.settled_at === 'number' ? outcome.settled_at : Number(posted.at),
    costNanos: Number(posted.settled_nanos) + Number(correction?.settled_nanos ?? 0),
  });
};
