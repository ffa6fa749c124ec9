// The one gate: every request to a provider passes here, whatever its provider, token or dialect. `pass` below is the order of its steps;
// each is a file of its own. Nothing is forwarded before its admission is durable.

import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail, isModelCovered, type PublicError, type RateCard, type Result, succeed } from '@valetkey/core';
import { type Ambient, randomId } from '../clock.ts';
import type { Admission, Ledger } from '../ledger/contract.ts';
import type { Vault } from '../vault/contract.ts';
import { admit } from './admit.ts';
import { budgetHeader, sendError } from './answer.ts';
import { boundCall } from './bound.ts';
import type { Dialect, DialectName, PriceBook, UpstreamRequest } from './contract.ts';
import { Exchange } from './exchange.ts';
import { type Caller, type IdentifyDeps, identify, identifyAgain } from './identify.ts';
import type { JsonValue } from './json/parse-json.ts';
import { KeyScrubber } from './key-scrubber.ts';
import {
  checkScope,
  type ParsedRequest,
  type ProviderDirectory,
  parseRequest,
  type ReadCall,
  readCall,
} from './read.ts';
import { type CallLog, type CallTrace, logCall, recordRefusal } from './record.ts';
import type { RunningCalls } from './running-calls.ts';
import { outcomeOf } from './settlement.ts';
import { parseTarget, type Target } from './target.ts';
import { upstreamHeaders } from './upstream-headers.ts';
import type { Upstream } from './upstreams.ts';

/** What the gate is made of. */
export interface GateDeps extends IdentifyDeps {
  readonly ambient: Ambient;
  readonly directory: ProviderDirectory;
  readonly dialects: Readonly<Record<DialectName, Dialect>>;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly prices: PriceBook;
  readonly ledger: Ledger;
  readonly vault: Vault;
  readonly running: RunningCalls;
  readonly log: CallLog;
}

/** A call that may be forwarded: its admission is durable. */
interface AdmittedCall {
  readonly caller: Caller;
  readonly call: ReadCall;
  readonly card: RateCard | null;
  readonly admission: Admission;
  readonly upstream: UpstreamRequest;
}

const MOST_REREADS = 3;
const UNSETTLED: PublicError = {
  code: 'unavailable',
  message: 'The grant keeps changing. Try again shortly.',
  retryAfterSeconds: 1,
};

/** Steps 2 to 4 on the grant as it was read: within it in kind, bounded, durably admitted. */
const admitOnce = async (
  request: IncomingMessage,
  target: Target,
  parsed: ParsedRequest,
  caller: Caller,
  trace: CallTrace,
  deps: GateDeps,
): Promise<Result<AdmittedCall, PublicError | 'stale'>> => {
  const read = readCall(request, target, parsed, caller.live, deps.directory);
  if (!read.ok) return read;
  const call = read.value;
  trace.call = call;
  const outOfScope = checkScope(call);
  if (outOfScope) return fail(outOfScope);
  const nowMs = deps.now();
  const { model } = call.reading;
  const card = model === null ? null : deps.prices.rateCard(call.provider.name, model, nowMs);
  const hold = boundCall(call.reading, call.part.access, card, call.operation.capability === null);
  if (!hold.ok) return hold;
  const upstream = call.reading.encode(hold.value.maxOutputTokens);
  const requestHash = hash('sha256', upstream.body ?? '', 'base64url');
  const { requestId, callId } = trace;
  const { ledger, issuer } = deps;
  const admitted = await admit({
    callId,
    requestId,
    caller,
    call,
    card,
    hold: hold.value,
    requestHash,
    ledger,
    nowMs,
    issuer,
  });
  if (!admitted.ok) return admitted;
  const { outputTokens } = admitted.value;
  const fitted = outputTokens === hold.value.maxOutputTokens ? upstream : call.reading.encode(outputTokens);
  return succeed({ caller, call, card, admission: admitted.value, upstream: fitted });
};

/** Steps 1 to 4. A stale reading is read anew; after that every check is made again on what is true now. */
const admitRequest = async (
  request: IncomingMessage,
  target: Target,
  trace: CallTrace,
  deps: GateDeps,
): Promise<Result<AdmittedCall, PublicError>> => {
  let identified = await identify(request, deps);
  if (!identified.ok) return identified;
  trace.caller = identified.value;
  const parsed = await parseRequest(request, target, deps.directory);
  if (!parsed.ok) return parsed;
  for (let rereads = 0; rereads <= MOST_REREADS; rereads += 1) {
    if (!identified.ok) return identified;
    const admitted = await admitOnce(request, target, parsed.value, identified.value, trace, deps);
    if (admitted.ok) return admitted;
    if (admitted.error !== 'stale') return fail(admitted.error);
    identified = await identifyAgain(identified.value, deps);
  }
  return fail(UNSETTLED);
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

/** Posts the one outcome of a call and says what it cost. */
const settle = (
  { call, card, admission }: AdmittedCall,
  seen: Pick<Parameters<typeof outcomeOf>[0], 'forwarded' | 'status' | 'metered' | 'body'>,
  trace: CallTrace,
  deps: GateDeps,
): number => {
  const outcome = outcomeOf({
    ...seen,
    callId: trace.callId,
    isFree: call.operation.capability === null,
    card,
  });
  const costNanos = outcome.kind === 'ceiling' ? admission.holdNanos : outcome.nanos;
  const money = { outcome: outcome.kind, held_nanos: admission.holdNanos, cost_nanos: costNanos };
  logCall(deps.log, trace, { ...money, ...outcome.body }, deps.now());
  deps.ledger.settle(outcome).catch((error: unknown) => {
    deps.log.error(
      { call_id: trace.callId, err: error },
      'an outcome could not be posted; recovery will post the ceiling',
    );
  });
  return costNanos;
};

const forward = (
  admitted: AdmittedCall,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
  trace: CallTrace,
  deps: GateDeps,
): void => {
  const { call, admission, upstream } = admitted;
  const target = deps.upstreams.get(call.provider.name);
  if (!target) throw new Error(`no upstream was opened for ${call.provider.name}`);
  const { remainingNanos, reservedNanos, holdNanos, outputTokens } = admission;
  const outputCap =
    call.reading.bound.outputs > 0 && call.reading.outputCap === null ? outputTokens : undefined;
  const exchange = new Exchange({
    grantId: admitted.caller.live.grant.id,
    requestId: trace.requestId,
    issuer: deps.issuer,
    response,
    dialect: deps.dialects[call.provider.dialect],
    meter: call.operation.meter?.(call.reading) ?? null,
    scrubber: new KeyScrubber(key),
    responseHeaders: call.provider.responseHeaders,
    rewrite: rewriteOf(call),
    now: deps.now,
    budgetHeader: (costNanos) =>
      costNanos === undefined || remainingNanos === null || reservedNanos === null
        ? budgetHeader({ remainingNanos, reservedNanos, outputCap })
        : budgetHeader({
            costNanos,
            remainingNanos: Math.max(0, remainingNanos + holdNanos - costNanos),
            reservedNanos: Math.max(0, reservedNanos - holdNanos),
            outputCap,
          }),
    settle: (seen) => {
      deps.running.remove(exchange);
      return settle(admitted, seen, trace, deps);
    },
  });
  deps.running.add(exchange);
  const { method, body } = upstream;
  const headers = upstreamHeaders(request, call.provider, upstream, key);
  target.pool.dispatch(
    { method, path: target.basePath + upstream.path, headers, body: body as string | Buffer | null },
    exchange,
  );
};

const NOT_FOUND: PublicError = { code: 'not_found', message: 'There is no such operation here.' };
const KEY_UNUSABLE: PublicError = {
  code: 'provider_key_unusable',
  message: 'The provider key behind this access cannot be used. Its owner can replace it under AI accounts.',
};

/** One request through the gate. */
const pass = async (request: IncomingMessage, response: ServerResponse, deps: GateDeps): Promise<void> => {
  const trace: CallTrace = {
    requestId: randomId(deps.ambient, 'req_'),
    callId: randomId(deps.ambient, 'call_'),
    method: request.method ?? '',
    path: (request.url ?? '').split('?', 1)[0] ?? '',
    startedAtMs: deps.now(),
  };
  const target = parseTarget(request.url ?? '', deps.directory.byName);
  const dialect = deps.dialects[target?.dialect ?? 'openai'];
  const refuse = (error: PublicError) => {
    recordRefusal(deps.ledger, deps.log, trace, error, deps.now());
    sendError(response, dialect, error, trace.requestId, deps.issuer);
  };
  try {
    const admitted = target ? await admitRequest(request, target, trace, deps) : fail(NOT_FOUND);
    if (!admitted.ok) return refuse(admitted.error);
    const key = await deps.vault.unseal(admitted.value.call.part.providerKeyId);
    if (!key.ok || response.destroyed) {
      settle(
        admitted.value,
        {
          forwarded: false,
          status: null,
          metered: null,
          body: { reason: key.ok ? 'caller_gone' : key.error.reason },
        },
        trace,
        deps,
      );
      return sendError(response, dialect, KEY_UNUSABLE, trace.requestId, deps.issuer);
    }
    forward(admitted.value, key.value, request, response, trace, deps);
  } catch (error) {
    deps.log.error({ request_id: trace.requestId, err: error }, 'the gate broke');
    sendError(
      response,
      dialect,
      { code: 'internal_error', message: `Something broke. Quote ${trace.requestId}.` },
      trace.requestId,
      deps.issuer,
    );
  }
};

/** The gate as a request handler. */
export const createGate =
  (deps: GateDeps) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    void pass(request, response, deps);
  };
