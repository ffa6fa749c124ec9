// What is written about a request besides its money: one journal entry for each refusal, one log line for each request. Neither holds
// content or secrets.

import type { PublicError } from '@valetkey/core';
import type { Ledger } from '../ledger/contract.ts';
import type { Caller } from './identify.ts';
import type { ReadCall } from './read.ts';
import { statusOf } from './refusals.ts';
import type { Ticket } from './running-calls.ts';

/** Where log lines go; pino's shape. */
export interface CallLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
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
  /** Its place among the running calls; a stand-in until the grant is known. */
  ticket: Ticket;
  caller?: Caller;
  call?: ReadCall;
}

const namesOf = ({ caller, call }: CallTrace): Record<string, unknown> => ({
  grant_id: caller?.live.grant.id ?? null,
  client_id: caller?.live.grant.clientId ?? null,
  client_name: caller?.live.grant.name ?? null,
  token_kind: caller?.tokenKind ?? null,
  provider: call?.provider.name ?? null,
  operation: call?.operation.name ?? null,
  model: call?.reading.model ?? null,
});

/** The one log line of a request. */
export const logCall = (
  log: CallLog,
  trace: CallTrace,
  end: Readonly<Record<string, unknown>>,
  nowMs: number,
): void => {
  const { requestId, callId, method, path, startedAtMs } = trace;
  const fields = {
    request_id: requestId,
    call_id: callId,
    method,
    path,
    ...namesOf(trace),
    ...end,
    duration_ms: nowMs - startedAtMs,
  };
  log.info(fields, 'call');
};

/** Records a refusal in its owner's journal. Unauthenticated ones have no owner: they are only logged. */
export const recordRefusal = (
  ledger: Ledger,
  log: CallLog,
  trace: CallTrace,
  error: PublicError,
  nowMs: number,
): void => {
  logCall(log, trace, { status: statusOf(error), code: error.code }, nowMs);
  const { caller, requestId, callId } = trace;
  if (!caller || !ledger.healthy) return;
  const { grant } = caller.live;
  const body = { request_id: requestId, code: error.code, status: statusOf(error), ...namesOf(trace) };
  ledger
    .record([{ ownerId: grant.ownerId, kind: 'call.refused', callId, grantId: grant.id, body }])
    .catch(() => log.warn({ request_id: requestId }, 'a refusal could not be recorded'));
};
