// Step 4: the durable admission. A refusal as `stale` means that the grant changed since it was read: the caller is told so by the
// result, and the gate starts again from the grant as it is now.

import { fail, type PublicError, type RateCard, type Result, succeed } from '@valetkey/core';
import { ceilingIdOf } from '../ledger/ceiling.ts';
import type { Admission, AdmissionRefusal, HoldRequest, Ledger } from '../ledger/contract.ts';
import type { FrozenPrices } from './frozen-prices.ts';
import type { Caller } from './identify.ts';
import { limitOffer } from './offers.ts';
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

/**
 * The audit intent: ids, hashes and prices. MUST NOT hold content, nor names: they are people's words, and are erased where they are kept.
 * Who acts for whom, and the limits that stood, follow from the entries of the grants that it names.
 */
const intentOf = ({
  requestId,
  caller,
  call,
  card,
  requestHash,
  frozenPrices,
  traceId,
}: AdmissionInput): Record<string, unknown> => ({
  request_id: requestId,
  provider: call.provider.name,
  operation: call.operation.name,
  capability: call.operation.capability,
  model: call.reading.model,
  stream: call.reading.stream,
  client_id: caller.live.grant.clientId,
  token_kind: caller.tokenKind,
  token_id: caller.tokenId,
  key_thumbprint: caller.keyThumbprint,
  price_version: card?.version ?? null,
  rate_card_sha256: card && frozenPrices.hashOf(card),
  request_sha256: requestHash,
  trace_id: traceId,
  ...(caller.device && { device: { id: caller.device.id } }),
  // From the grant that the owner gave down to the one that calls.
  ...(caller.live.path.length > 1 && { grant_path: caller.live.path.map(({ grantId }) => grantId) }),
});

/** A durable admission, and what was recorded of the intent. */
export interface AdmittedIntent {
  readonly admission: Admission;
  readonly intent: Readonly<Record<string, unknown>>;
}

/** Admits a call, or says why not; `stale` is told apart because it is not for the caller. */
export const admit = async (
  input: AdmissionInput,
): Promise<Result<AdmittedIntent, PublicError | 'stale'>> => {
  const { grant } = input.caller.live;
  const { card, frozenPrices } = input;
  if (card && !frozenPrices.holds(grant.ownerId, card)) {
    try {
      await frozenPrices.freeze(grant.ownerId, card);
    } catch (error) {
      return fail(await explain({ reason: 'unavailable', detail: (error as Error).message }, input));
    }
  }
  const intent = intentOf(input);
  const admitted = await input.ledger.admit({
    callId: input.callId,
    ownerId: grant.ownerId,
    grantId: grant.id,
    chain: input.call.part.chain,
    hold: input.hold,
    intent,
  });
  if (admitted.ok) return succeed({ admission: admitted.value, intent });
  return fail(admitted.error.reason === 'stale' ? 'stale' : await explain(admitted.error, input));
};

/** The refusal for people and programs: what to ask for, and the page of the grant whose limit it was. */
const explain = async (refusal: AdmissionRefusal, input: AdmissionInput): Promise<PublicError> => {
  const { issuer, call, nowMs, ledger } = input;
  const { grant, path } = input.caller.live;
  const linkId = 'linkId' in refusal ? refusal.linkId : null;
  // Nothing that an app could ask its owner for would help.
  if (linkId === ceilingIdOf(grant.ownerId))
    return refusalError(refusal, { name: 'everything here together', link: `${issuer}/settings`, nowMs });
  const { grantId } = path.find((hop) => `${hop.grantId}.${call.provider.name}` === linkId) ?? {
    grantId: grant.id,
  };
  const link = `${issuer}/apps/${grantId}?edit=limits`;
  const error = refusalError(refusal, { name: grant.name, link, nowMs });
  if (refusal.reason !== 'limit' || error.code === 'rate_limited') return error;
  return { ...error, ...(await limitOffer(refusal, call, issuer, ledger)) };
};
