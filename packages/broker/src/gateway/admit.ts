// Step 4: the durable admission. A refusal as `stale` means that the grant changed since it was read: the caller is told so by the
// result, and the gate starts again from the grant as it is now.

import { fail, type PublicError, type RateCard, type Result, succeed } from '@valetkey/core';
import type { Admission, HoldRequest, Ledger } from '../ledger/contract.ts';
import type { Caller } from './identify.ts';
import type { ReadCall } from './read.ts';
import { refusalError } from './refusals.ts';

/** What is admitted and recorded. */
export interface AdmissionInput {
  readonly callId: string;
  readonly requestId: string;
  readonly caller: Caller;
  readonly call: ReadCall;
  readonly card: RateCard | null;
  readonly hold: HoldRequest;
  readonly requestHash: string;
  readonly ledger: Ledger;
  readonly nowMs: number;
  readonly issuer: string;
}

/** The audit intent: ids, names and prices, no content. */
const intentOf = ({
  requestId,
  caller,
  call,
  card,
  requestHash,
}: AdmissionInput): Record<string, unknown> => ({
  request_id: requestId,
  provider: call.provider.name,
  operation: call.operation.name,
  capability: call.operation.capability,
  model: call.reading.model,
  stream: call.reading.stream,
  client_id: caller.live.grant.clientId,
  client_name: caller.live.grant.name,
  token_kind: caller.tokenKind,
  token_id: caller.tokenId,
  key_thumbprint: caller.keyThumbprint,
  price_version: card?.version ?? null,
  rate_card: card,
  request_sha256: requestHash,
});

/** Admits a call, or says why not; `stale` is told apart because it is not for the caller. */
export const admit = async (input: AdmissionInput): Promise<Result<Admission, PublicError | 'stale'>> => {
  const { live } = input.caller;
  const admitted = await input.ledger.admit({
    callId: input.callId,
    ownerId: live.grant.ownerId,
    grantId: live.grant.id,
    chain: input.call.part.chain,
    hold: input.hold,
    intent: intentOf(input),
  });
  if (admitted.ok) return succeed(admitted.value);
  if (admitted.error.reason === 'stale') return fail('stale');
  const named = { name: live.grant.name, link: `${input.issuer}/apps/${live.grant.id}`, nowMs: input.nowMs };
  return fail(refusalError(admitted.error, named));
};
