// The step between bound and admit for requests with an Idempotency-Key: the first claims the key, durably, before it can be admitted;
// every later one is answered from what was kept or refused, and MUST NOT be forwarded. Only for requests that `mayRepeat`.

import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail, type PublicError, type Result, succeed } from '@valetkey/core';
import { commonHeaders } from '../answer.ts';
import type { OperationInput } from '../contract.ts';
import { headerValues } from '../header-values.ts';
import type { Caller } from '../identify.ts';
import { canonical } from '../json/parse-json.ts';
import type { ReadCall } from '../read.ts';
import type { CallLog, CallTrace } from '../record.ts';
import { ClaimedKey } from './claimed-key.ts';
import type { EarlierRequest, KeyRows } from './key-rows.ts';

const HEADER = 'idempotency-key';
const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

const REFUSALS = {
  other_request: {
    code: 'idempotency_key_reused',
    message:
      'This Idempotency-Key came before with another request. Use a new key for each request, and the same one only to repeat it.',
  },
  running: {
    code: 'idempotency_key_in_use',
    message: 'The first request with this Idempotency-Key is still running. Its answer will be here shortly.',
    retryAfterSeconds: 1,
  },
  lost: {
    code: 'idempotency_answer_lost',
    message:
      'The first request with this Idempotency-Key may have been served and charged, but its answer was not kept. Use a new key to send it again.',
  },
} as const satisfies Record<string, PublicError>;

const UNAVAILABLE: PublicError = {
  code: 'unavailable',
  message: 'The Idempotency-Key could not be recorded, so the request was not forwarded. Try again shortly.',
  retryAfterSeconds: 2,
};

/** An answer that was kept. */
export type Replay = Extract<EarlierRequest, { state: 'answered' }>;

/** A request that is ready to be admitted. */
export interface ClaimInput {
  readonly request: IncomingMessage;
  readonly caller: Caller;
  readonly call: ReadCall;
  /** The body as it was parsed, once. */
  readonly body: OperationInput['body'];
  /** Path and query below the provider's base. */
  readonly path: string;
  readonly trace: CallTrace;
}

/** What the step needs. */
export interface ClaimDeps {
  readonly keyRows: KeyRows;
  readonly log: CallLog;
}

const sha256 = (value: unknown): string => hash('sha256', JSON.stringify(value), 'base64url');

/** A form has a random boundary on the wire, so its parts are what is compared. */
const contentOf = (body: ClaimInput['body']): unknown => {
  if (body.kind === 'none') return null;
  if (body.kind === 'json') return canonical(body.value);
  const { fields, files } = body.form;
  return [fields, files.map(({ bytes, ...file }) => ({ ...file, bytes: hash('sha256', bytes) }))];
};

/** Whether a request has a key that is to be claimed. Operations that cost nothing are repeated freely: their keys are not looked at. */
export const mayRepeat = (
  { headers }: IncomingMessage,
  { operation }: ReadCall,
  { claim }: CallTrace,
): boolean => headers[HEADER] !== undefined && operation.capability !== null && !claim;

const keyOf = (request: IncomingMessage): Result<string, PublicError> => {
  const [key = '', second] = headerValues(request, HEADER);
  if (second === undefined && VISIBLE_ASCII.test(key)) return succeed(key);
  const message = 'Send one Idempotency-Key of 1 to 255 visible ASCII characters.';
  return fail({ code: 'invalid_request', message });
};

/**
 * Claims the key of a request, which then stands in `trace.claim`, or finds the answer to give instead. Null: go on.
 */
export const claimKey = async (
  { request, caller, call, body, path, trace }: ClaimInput,
  { keyRows, log }: ClaimDeps,
): Promise<Result<Replay | null, PublicError>> => {
  const key = keyOf(request);
  if (!key.ok) return key;
  const { id: grantId, ownerId, clientId } = caller.live.grant;
  const wanted = {
    id: sha256([grantId, clientId, key.value]),
    ownerId,
    grantId,
    callId: trace.callId,
    requestHash: sha256([call.operation.name, path, call.reading.model, contentOf(body)]),
  };
  try {
    const earlier = await keyRows.claim(wanted);
    if (earlier?.state === 'answered') return succeed(earlier);
    if (earlier) return fail(REFUSALS[earlier.state]);
  } catch (err) {
    log.error({ request_id: trace.requestId, err }, 'an idempotency key could not be claimed');
    return fail(UNAVAILABLE);
  }
  trace.claim = new ClaimedKey(keyRows, wanted, log);
  return succeed(null);
};

/** Answers with what the first request got. An error stays what it is for this key, so clients are told not to try again. */
export const sendReplay = (response: ServerResponse, { answer }: Replay, requestId: string): void => {
  if (response.destroyed) return;
  const body = Buffer.from(answer.body, 'base64');
  const headers: Record<string, string | string[] | number> = {
    ...commonHeaders(requestId),
    ...(answer.headers as Record<string, string | string[]>),
    'content-length': body.length,
    'idempotency-replayed': 'true',
  };
  if (answer.status >= 400) headers['x-should-retry'] = 'false';
  response.writeHead(answer.status, headers).end(body);
};
