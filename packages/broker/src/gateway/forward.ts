// Steps 5 to 7: the provider key is unsealed, put on one connection to the provider's fixed origin, and forgotten; what comes back is
// relayed and metered, and the call is settled exactly once.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { isModelCovered, type PublicError, type RateCard } from '@valetkey/core';
import type { Admission, Ledger } from '../ledger/contract.ts';
import type { Vault } from '../vault/contract.ts';
import { budgetHeader, sendError } from './answer.ts';
import type { Dialect, DialectName, UpstreamRequest } from './contract.ts';
import { Exchange, type Settled } from './exchange.ts';
import { faultError } from './exchange-faults.ts';
import type { Caller } from './identify.ts';
import type { JsonValue } from './json/parse-json.ts';
import { KeyScrubber } from './key-scrubber.ts';
import type { ReadCall } from './read.ts';
import { type ReceiptDeps, receiptOf } from './receipt.ts';
import { type CallEnding, type CallLog, type CallTrace, logCall } from './record.ts';
import { notLiveError, outageError } from './refusals.ts';
import type { RunningCalls, Stop } from './running-calls.ts';
import { type CallEnd, chargingBy, outcomeOf } from './settlement.ts';
import type { Turn } from './turn.ts';
import { upstreamHeaders } from './upstream-headers.ts';
import type { Upstream } from './upstreams.ts';

/** What the steps need. */
export interface ForwardDeps extends ReceiptDeps {
  readonly issuer: string;
  readonly now: () => number;
  readonly dialects: Readonly<Record<DialectName, Dialect>>;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly ledger: Ledger;
  readonly vault: Vault;
  readonly running: RunningCalls;
  readonly log: CallLog;
  readonly endings: Turn<Exchange>;
}

/** A call that may be forwarded: its admission is durable. */
export interface AdmittedCall {
  readonly caller: Caller;
  readonly call: ReadCall;
  readonly card: RateCard | null;
  readonly admission: Admission;
  /** What its entry says of the call. */
  readonly intent: Readonly<Record<string, unknown>>;
  readonly upstream: UpstreamRequest;
  /** SHA-256 of the body sent, where the cap was fitted after the intent was written; null where the intent's hash is the one. */
  readonly fittedHash: string | null;
}

const stopError = (why: Stop): PublicError => (why === 'revoked' ? notLiveError('revoked') : faultError(why));

const KEY_UNUSABLE: PublicError = {
  code: 'provider_key_unusable',
  message: 'The provider key behind this access cannot be used. Its owner can replace it under AI accounts.',
};

/** Model lists show only what the grant includes. */
const rewriteOf = ({ operation, part }: ReadCall): ((answer: Buffer) => Buffer) | null => {
  const { filterAnswer } = operation;
  if (!filterAnswer) return null;
  return (answer) => {
    try {
      const whole = JSON.parse(answer.toString('utf8')) as JsonValue;
      return Buffer.from(
        JSON.stringify(filterAnswer(whole, (model) => isModelCovered(part.access.models, model))),
      );
    } catch {
      return Buffer.from('{}');
    }
  };
};

type Seen = Pick<CallEnd, 'forwarded' | 'status' | 'metered' | 'body'>;

/** Posts the one outcome of a call, and says what it cost. */
const settle = (
  { caller, call, card, admission, intent, fittedHash }: AdmittedCall,
  seen: Seen,
  trace: CallTrace,
  deps: ForwardDeps,
): Settled => {
  deps.running.remove(trace.ticket);
  if (!seen.forwarded) void trace.claim?.release();
  const isFree = call.operation.meter === undefined;
  const settledAtMs = deps.now();
  const body: Record<string, unknown> = { ...seen.body, settled_at: settledAtMs };
  if (fittedHash !== null) body.request_sha256 = fittedHash;
  const outcome = outcomeOf({ ...seen, body, callId: trace.callId, isFree, card });
  const costNanos = outcome.kind === 'ceiling' ? admission.holdNanos : outcome.nanos;
  const { reason, anomalies } = outcome.body as { reason?: string; anomalies?: readonly string[] };
  const ending: CallEnding = {
    status: seen.status,
    outcome: outcome.kind,
    held_nanos: admission.holdNanos,
    cost_nanos: costNanos,
    anomalies: anomalies?.length ? anomalies : undefined,
    reason,
  };
  logCall(deps.log, trace, ending, settledAtMs, outcome.kind === 'settled' ? seen.metered : null);
  deps.ledger.settle(outcome).catch((error: unknown) => {
    const fields = { call_id: trace.callId, err: error };
    deps.log.error(fields, 'an outcome could not be posted; recovery will post the ceiling');
  });
  const isProved = trace.wantsReceipt && seen.forwarded;
  const { path } = caller.live;
  const ended = { path, admission, intent, outcome, costNanos, settledAtMs };
  return { costNanos, prove: () => (isProved ? receiptOf(ended, deps) : null) };
};

/** Nothing of the request reached the provider: everything that was held is given back. */
const release = (admitted: AdmittedCall, reason: string, trace: CallTrace, deps: ForwardDeps): void => {
  settle(admitted, { forwarded: false, status: null, metered: null, body: { reason } }, trace, deps);
};

/** What is left once a call has cost `costNanos`; before that, what its hold leaves. */
const budgetHeaderOf = ({ admission, call }: AdmittedCall): ((costNanos?: number) => string) => {
  const { remainingNanos, reservedNanos, holdNanos, outputTokens } = admission;
  const isCapOurs = call.reading.bound.outputs > 0 && call.reading.outputCap === null;
  const outputCap = isCapOurs ? outputTokens : undefined;
  return (costNanos) => {
    if (costNanos === undefined || remainingNanos === null || reservedNanos === null) {
      return budgetHeader({ remainingNanos, reservedNanos, outputCap });
    }
    return budgetHeader({
      costNanos,
      remainingNanos: Math.max(0, remainingNanos + holdNanos - costNanos),
      reservedNanos: Math.max(0, reservedNanos - holdNanos),
      outputCap,
    });
  };
};

const exchangeFor = (
  admitted: AdmittedCall,
  key: string,
  response: ServerResponse,
  trace: CallTrace,
  deps: ForwardDeps,
): Exchange => {
  const { call, caller, card } = admitted;
  const chargeOf = caller.live.tellsCredits ? chargingBy(card) : undefined;
  return new Exchange({
    requestId: trace.requestId,
    callId: trace.callId,
    wantsReceipt: trace.wantsReceipt,
    issuer: deps.issuer,
    response,
    dialect: deps.dialects[call.provider.dialect],
    meter: call.operation.meter?.(call.reading, chargeOf) ?? null,
    scrubber: new KeyScrubber(key),
    claim: trace.claim ?? null,
    responseHeaders: call.provider.responseHeaders,
    rewrite: rewriteOf(call),
    now: deps.now,
    mayForward: () => deps.ledger.mayForward(trace.callId),
    budgetHeader: budgetHeaderOf(admitted),
    settle: (seen) => settle(admitted, seen, trace, deps),
    endings: deps.endings,
  });
};

/** Puts an admitted call on the wire, unless it was stopped or its caller left meanwhile. Everything after that is the exchange's. */
const dispatch = (
  admitted: AdmittedCall,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
  trace: CallTrace,
  deps: ForwardDeps,
): void => {
  const { call, upstream } = admitted;
  const target = deps.upstreams.get(call.provider.name);
  if (!target) throw new Error(`no upstream was opened for ${call.provider.name}`);
  const headers = upstreamHeaders(request, call.provider, upstream, key, trace.context?.traceparent);
  const exchange = exchangeFor(admitted, key, response, trace, deps);
  trace.ticket.exchange = exchange;
  const { method } = upstream;
  const body = upstream.body as string | Buffer | null;
  target.pool.dispatch({ method, path: target.basePath + upstream.path, headers, body }, exchange);
};

/** Opens the provider key behind an admitted call. It MUST go to one connection and nowhere else. */
export const openKey = (
  { part }: ReadCall,
  { vault }: Pick<ForwardDeps, 'vault'>,
): ReturnType<Vault['unseal']> => vault.unseal(part.providerKeyId, versionOfKey(part));

const versionOfKey = ({ chain, providerKeyId }: ReadCall['part']): number | undefined =>
  chain.find(({ linkId }) => linkId === providerKeyId)?.version;

/** Forwards an admitted call. Whatever goes wrong before the wire releases its hold. */
export const forward = async (
  admitted: AdmittedCall,
  request: IncomingMessage,
  response: ServerResponse,
  trace: CallTrace,
  deps: ForwardDeps,
): Promise<void> => {
  const giveUp = (reason: string, error: PublicError): void => {
    release(admitted, reason, trace, deps);
    sendError(response, deps.dialects[admitted.call.provider.dialect], error, trace.requestId, deps.issuer);
  };
  try {
    const key = await openKey(admitted.call, deps);
    if (!key.ok) giveUp(key.error.reason, key.error.reason === 'unavailable' ? outageError : KEY_UNUSABLE);
    else if (trace.ticket.stopped) giveUp(trace.ticket.stopped, stopError(trace.ticket.stopped));
    else if (response.destroyed) release(admitted, 'caller_gone', trace, deps);
    else dispatch(admitted, key.value, request, response, trace, deps);
  } catch (error) {
    if (trace.ticket.exchange === null) release(admitted, 'fault', trace, deps);
    throw error;
  }
};
