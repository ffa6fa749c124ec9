// What is written about a request besides its money: one journal entry for each refusal, one log line for each request. Neither holds
// content or secrets.

import type { PublicError } from '@valetkey/core';
import type { RefusalTally } from '../audit/refusal-tally.ts';
import type { Ledger } from '../ledger/contract.ts';
import type { Metered } from './contract.ts';
import type { Replay } from './idempotency/claim-key.ts';
import type { ClaimedKey } from './idempotency/claimed-key.ts';
import type { Caller } from './identify.ts';
import type { CountedInput } from './input-count/count-input.ts';
import type { ReadCall } from './read.ts';
import { statusOf } from './refusals.ts';
import type { Ticket } from './running-calls.ts';
import type { TraceContext } from './trace-context.ts';

/** What is known of a call beside its log line. */
export interface CallDetails {
  readonly context: TraceContext | null;
  /** What the provider reported, of a call that was settled by it. */
  readonly metered: Pick<Metered, 'usage' | 'modelReported'> | null;
}

/** Where log lines go; pino's shape, but for the line of a call. */
export interface CallLog {
  call(line: CallLine, atMs: number, details: CallDetails): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** A request as far as it got. */
export interface CallTrace {
  readonly requestId: string;
  readonly callId: string;
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly startedAtMs: number;
  /** The caller's trace and our span in it; null without one. */
  readonly context: TraceContext | null;
  /** Whether its answer is to carry a receipt. */
  readonly wantsReceipt: boolean;
  /** Its place among the running calls; a stand-in until the grant is known. */
  ticket: Ticket;
  caller?: Caller;
  call?: ReadCall;
  /** The idempotency key it holds. */
  claim?: ClaimedKey;
  /** What the provider counted of its input, once that was asked for; null: in vain. */
  counted?: CountedInput | null;
}

const idsOf = ({ caller, call }: CallTrace) => ({
  grant_id: caller?.live.grant.id ?? null,
  client_id: caller?.live.grant.clientId ?? null,
  token_kind: caller?.tokenKind ?? null,
  provider: call?.provider.name ?? null,
  operation: call?.operation.name ?? null,
  model: call?.reading.model ?? null,
  ...(caller?.device && { device: { id: caller.device.id } }),
});

/** How a request ended, for its log line. Usage, hashes and timings stand in the journal under the same ids. */
export interface CallEnding {
  /** The provider's status, or the broker's own. */
  readonly status: number | null;
  readonly outcome?: string;
  readonly held_nanos?: number;
  readonly cost_nanos?: number;
  readonly anomalies?: readonly string[] | undefined;
  readonly reason?: string | undefined;
  /** Of a refusal. */
  readonly code?: string;
  readonly replayed_call_id?: string;
}

/** One literal, always of one shape: every call pays for it. */
const lineOf = (trace: CallTrace, end: CallEnding, nowMs: number) => {
  const { caller, call } = trace;
  return {
    request_id: trace.requestId,
    call_id: trace.callId,
    method: trace.method,
    path: trace.path,
    grant_id: caller?.live.grant.id ?? null,
    client_id: caller?.live.grant.clientId ?? null,
    client_name: caller?.live.grant.name ?? null,
    token_kind: caller?.tokenKind ?? null,
    provider: call?.provider.name ?? null,
    operation: call?.operation.name ?? null,
    model: call?.reading.model ?? null,
    device_id: caller?.device?.id ?? null,
    outcome: end.outcome,
    held_nanos: end.held_nanos,
    cost_nanos: end.cost_nanos,
    anomalies: end.anomalies,
    status: end.status,
    reason: end.reason,
    code: end.code,
    replayed_call_id: end.replayed_call_id,
    trace_id: trace.context?.traceId,
    span_id: trace.context?.spanId,
    duration_ms: nowMs - trace.startedAtMs,
  };
};

/** The line of a call. */
export type CallLine = Readonly<ReturnType<typeof lineOf>>;

/** The one log line of a request. */
export const logCall = (
  log: CallLog,
  trace: CallTrace,
  end: CallEnding,
  nowMs: number,
  metered: CallDetails['metered'] = null,
): void => log.call(lineOf(trace, end, nowMs), nowMs, { context: trace.context, metered });

/** Where requests are recorded. */
export interface RecordDeps {
  readonly ledger: Pick<Ledger, 'healthy' | 'record'>;
  readonly log: CallLog;
  /** Counts the refusals of a flood; without it each is an entry. */
  readonly refusals?: Pick<RefusalTally, 'isTold'>;
}

/** Adds an entry about a request that is not forwarded. */
const recordEntry = (
  { ledger, log }: RecordDeps,
  trace: CallTrace,
  kind: 'call.refused' | 'call.replayed',
  callId: string,
  status: number,
  fields: Readonly<Record<string, unknown>>,
): void => {
  const { caller, requestId, context } = trace;
  if (!caller || !ledger.healthy) return;
  const { id: grantId, ownerId } = caller.live.grant;
  const body = { request_id: requestId, ...fields, status, ...idsOf(trace), trace_id: context?.traceId };
  ledger
    .record([{ ownerId, kind, callId, grantId, body }])
    .catch(() => log.warn({ request_id: requestId }, `${kind} could not be recorded`));
};

/** Records a refusal in its owner's journal, or counts it in a flood. Unauthenticated ones have no owner: they are only logged. */
export const recordRefusal = (
  deps: RecordDeps,
  trace: CallTrace,
  error: PublicError,
  nowMs: number,
): void => {
  const status = statusOf(error);
  const { code } = error;
  logCall(deps.log, trace, { status, code }, nowMs);
  const grant = trace.caller?.live.grant;
  if (!grant) return;
  const { ownerId, id: grantId } = grant;
  if (deps.refusals?.isTold({ what: 'call', ownerId, grantId, code }, nowMs) === false) return;
  recordEntry(deps, trace, 'call.refused', trace.callId, status, { code });
};

/** Records that a kept answer was given again; the entry names the call that it was made for. */
export const recordReplay = (deps: RecordDeps, trace: CallTrace, replay: Replay, nowMs: number): void => {
  const { status } = replay.answer;
  logCall(deps.log, trace, { status, replayed_call_id: replay.callId }, nowMs);
  recordEntry(deps, trace, 'call.replayed', replay.callId, status, {});
};
