// Step 4: the durable admission. A refusal as `stale` means that the grant changed since it was read: the caller is told so by the
// result, and the gate starts again from the grant as it is now.

import { fail, formatActClaim, type PublicError, type RateCard, type Result } from '@valetkey/core';
import { actorsOf } from '../grants/actors.ts';
import type { DelegationHop } from '../grants/contract.ts';
import type { Admission, AdmissionRefusal, HoldRequest, Ledger } from '../ledger/contract.ts';
import type { FrozenPrices } from './frozen-prices.ts';
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
  readonly frozenPrices: FrozenPrices;
  readonly nowMs: number;
  readonly issuer: string;
  /** Of the caller's trace; undefined without one. */
  readonly traceId: string | undefined;
}

/** The audit intent: ids, names and prices, no content. */
const intentOf = ({
  requestId,
  caller,
  call,
  card,
  requestHash,
  frozenPrices,
  issuer,
  traceId,
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
  rate_card_sha256: card && frozenPrices.hashOf(card),
  request_sha256: requestHash,
  trace_id: traceId,
  ...(caller.device && { device: { id: caller.device.id, name: caller.device.name } }),
  ...(caller.live.path.length > 1 && delegationOf(caller.live.path, issuer)),
});

/** The way from the owner's grant to the one that calls, and who acts at its end. */
const delegationOf = (path: readonly DelegationHop[], issuer: string) => ({
  grant_path: path.map(({ grantId }) => grantId),
  act: formatActClaim(actorsOf(path, issuer)),
});

/** Admits a call, or says why not; `stale` is told apart because it is not for the caller. */
export const admit = async (input: AdmissionInput): Promise<Result<Admission, PublicError | 'stale'>> => {
  const { grant } = input.caller.live;
  const { card, frozenPrices } = input;
  const refused = (refusal: Exclude<AdmissionRefusal, { readonly reason: 'stale' }>) =>
    fail(
      refusalError(refusal, {
        name: grant.name,
        link: `${input.issuer}/apps/${grant.id}`,
        nowMs: input.nowMs,
      }),
    );
  if (card && !frozenPrices.holds(grant.ownerId, card)) {
    try {
      await frozenPrices.freeze(grant.ownerId, card);
    } catch (error) {
      return refused({ reason: 'unavailable', detail: (error as Error).message });
    }
  }
  const admitted = await input.ledger.admit({
    callId: input.callId,
    ownerId: grant.ownerId,
    grantId: grant.id,
    chain: input.call.part.chain,
    hold: input.hold,
    intent: intentOf(input),
  });
  if (admitted.ok) return admitted;
  return admitted.error.reason === 'stale' ? fail('stale') : refused(admitted.error);
};
