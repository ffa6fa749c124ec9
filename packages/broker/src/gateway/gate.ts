// The one gate: every request to a provider passes here, whatever its provider, token or dialect. `pass` below is the order of its steps;
// each is a file of its own. Nothing is forwarded before its admission is durable.

import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail, type PublicError, type Result, succeed } from '@valetkey/core';
import type { Ambient } from '../clock.ts';
import { pathOf } from '../request-path.ts';
import { isOutage } from '../store/outage.ts';
import { admit } from './admit.ts';
import { sendError } from './answer.ts';
import { boundCall } from './bound.ts';
import { type CallIds, createCallIds } from './call-ids.ts';
import type { Dialect, PriceBook } from './contract.ts';
import { refusalDialect } from './dialects/okap.ts';
import type { Exchange } from './exchange.ts';
import { type AdmittedCall, type ForwardDeps, forward } from './forward.ts';
import { FrozenPrices } from './frozen-prices.ts';
import { type ClaimDeps, claimKey, mayRepeat, type Replay, sendReplay } from './idempotency/claim-key.ts';
import { type Caller, checkCallerDevice, type IdentifyDeps, identify, identifyAgain } from './identify.ts';
import { CountAllowance } from './input-count/count-allowance.ts';
import { type CountDeps, countInput, countOf } from './input-count/count-input.ts';
import { scopeOffer } from './offers.ts';
import { checkScope, type ParsedRequest, type ProviderDirectory, parseRequest, readCall } from './read.ts';
import { wantsReceipt } from './receipt.ts';
import { type CallTrace, type RecordDeps, recordRefusal, recordReplay } from './record.ts';
import { outageError } from './refusals.ts';
import { Ticket } from './running-calls.ts';
import { NOTHING_THERE, parseTarget, type Target } from './target.ts';
import { readTraceContext } from './trace-context.ts';
import { Turn } from './turn.ts';

/** What the gate is made of. */
export interface GateDeps
  extends IdentifyDeps,
    ClaimDeps,
    Omit<ForwardDeps, 'endings'>,
    Pick<CountDeps, 'exactCounts'>,
    Pick<RecordDeps, 'refusals'> {
  readonly ambient: Ambient;
  readonly directory: ProviderDirectory;
  readonly prices: PriceBook;
  /** Remembers, for display only, that a device was used. */
  readonly noteDeviceUse: (deviceId: string) => void;
}

/** The same with what a gate has of its own. */
interface Gate extends GateDeps {
  readonly ids: CallIds;
  readonly frozenPrices: FrozenPrices;
  readonly allowance: CountAllowance;
  readonly endings: Turn<Exchange>;
}

const MOST_REREADS = 3;
const UNSETTLED: PublicError = {
  code: 'unavailable',
  message: 'The grant keeps changing. Try again shortly.',
  retryAfterSeconds: 1,
};

/** Steps 2 to 4 on the grant as it was read: within it in kind, bounded, durably admitted; or answered before, under its idempotency key. */
const admitOnce = async (
  request: IncomingMessage,
  target: Target,
  parsed: ParsedRequest,
  caller: Caller,
  trace: CallTrace,
  deps: Gate,
): Promise<Result<AdmittedCall | Replay, PublicError | 'stale'>> => {
  const fromElsewhere = checkCallerDevice(caller);
  if (fromElsewhere) return fail(fromElsewhere);
  const read = readCall(request, target, parsed, caller.live, deps.directory);
  if (!read.ok) return read;
  const call = read.value;
  trace.call = call;
  trace.ticket.call = call;
  const outOfScope = checkScope(call);
  if (outOfScope) return fail({ ...outOfScope, ...scopeOffer(outOfScope, call, deps.issuer) });
  const nowMs = deps.now();
  const { model } = call.reading;
  const card = model === null ? null : deps.prices.rateCard(call.provider.name, model, nowMs);
  const isFree = call.operation.meter === undefined;
  const hold = boundCall(call.reading, call.part.access, card, isFree, countOf(call, trace.counted));
  if (!hold.ok) return hold;
  const upstream = call.reading.encode(hold.value.maxOutputTokens);
  if (mayRepeat(request, call, trace)) {
    const claim = { request, caller, call, body: parsed.body, path: upstream.path, trace };
    const claimed = await claimKey(claim, deps);
    if (!claimed.ok) return claimed;
    if (claimed.value) return succeed(claimed.value);
  }
  if (caller.live.renewAtMs <= nowMs && (await deps.grants.renew(caller.live))) return fail('stale');
  const requestHash = hash('sha256', upstream.body ?? '', 'base64url');
  const { requestId, callId } = trace;
  const { ledger, frozenPrices, issuer } = deps;
  const admitted = await admit({
    callId,
    requestId,
    caller,
    call,
    card,
    hold: hold.value,
    requestHash,
    ledger,
    frozenPrices,
    nowMs,
    issuer,
    traceId: trace.context?.traceId,
  });
  if (!admitted.ok) return admitted;
  const { outputTokens } = admitted.value.admission;
  const ready = { caller, call, card, ...admitted.value };
  if (outputTokens === hold.value.maxOutputTokens) return succeed({ ...ready, upstream, fittedHash: null });
  // The intent has the hash of the request with the cap that was wanted; the outcome gets that of what is sent.
  const fitted = call.reading.encode(outputTokens);
  return succeed({ ...ready, upstream: fitted, fittedHash: hash('sha256', fitted.body ?? '', 'base64url') });
};

/**
 * Steps 1 to 4. A stale reading is read anew; after that every check is made again on what is true now. So it is when an input was counted,
 * which happens once, and only for a request that would be refused.
 */
const admitRequest = async (
  request: IncomingMessage,
  target: Target,
  trace: CallTrace,
  deps: Gate,
): Promise<Result<AdmittedCall | Replay, PublicError>> => {
  let identified = await identify(request, deps);
  if (!identified.ok) return identified;
  trace.caller = identified.value;
  const { live, keyThumbprint, device } = identified.value;
  trace.ticket = new Ticket(live, keyThumbprint);
  deps.running.add(trace.ticket);
  if (device) deps.noteDeviceUse(device.id);
  const parsed = await parseRequest(request, target, deps.directory);
  if (!parsed.ok) return parsed;
  // No admission tells that the reading which forbids a device is old.
  if (checkCallerDevice(identified.value)) identified = await identifyAgain(identified.value, deps);
  for (let rereads = 0; rereads <= MOST_REREADS; rereads += 1) {
    if (!identified.ok) return identified;
    trace.caller = identified.value;
    const admitted = await admitOnce(request, target, parsed.value, identified.value, trace, deps);
    if (admitted.ok) return admitted;
    if (admitted.error === 'stale') {
      identified = await identifyAgain(identified.value, deps);
      continue;
    }
    if (trace.counted !== undefined) return fail(admitted.error);
    trace.counted = await countInput(request, admitted.error, trace, deps);
    if (trace.counted === null) return fail(admitted.error);
  }
  return fail(UNSETTLED);
};

/** Answers a request that is not forwarded: with what is kept for it, or with the reason. */
const answerHere = async (
  answer: Result<Replay, PublicError>,
  request: IncomingMessage,
  response: ServerResponse,
  dialect: Dialect,
  trace: CallTrace,
  deps: Gate,
): Promise<void> => {
  if (answer.ok) {
    recordReplay(deps, trace, answer.value, deps.now());
    return sendReplay(response, answer.value, trace.requestId);
  }
  await trace.claim?.release();
  recordRefusal(deps, trace, answer.error, deps.now());
  const spoken = refusalDialect(dialect, request, answer.error);
  sendError(response, spoken, answer.error, trace.requestId, deps.issuer);
};

/** One request through the gate. */
const pass = async (request: IncomingMessage, response: ServerResponse, deps: Gate): Promise<void> => {
  const trace: CallTrace = {
    requestId: deps.ids.requestId(),
    callId: deps.ids.callId(),
    method: request.method ?? '',
    path: pathOf(request),
    startedAtMs: deps.now(),
    context: readTraceContext(request.headers.traceparent, deps.ids.spanId),
    wantsReceipt: wantsReceipt(request, deps.receipts.mode),
    ticket: new Ticket(null),
  };
  const { requestId } = trace;
  const target = parseTarget(request.url ?? '', deps.directory.byName);
  const dialect = deps.dialects[target?.dialect ?? 'openai'];
  try {
    const admitted = target ? await admitRequest(request, target, trace, deps) : fail(NOTHING_THERE);
    if (admitted.ok && 'admission' in admitted.value) {
      await forward(admitted.value, request, response, trace, deps);
    } else {
      deps.running.remove(trace.ticket);
      await answerHere(admitted as Result<Replay, PublicError>, request, response, dialect, trace, deps);
    }
  } catch (error) {
    deps.running.remove(trace.ticket);
    deps.log.error({ request_id: requestId, err: error }, 'the gate broke');
    const fault: PublicError = { code: 'internal_error', message: `Something broke. Quote ${requestId}.` };
    sendError(response, dialect, isOutage(error) ? outageError : fault, requestId, deps.issuer);
  }
};

/** The gate as a request handler. */
export const createGate = (
  deps: GateDeps,
): ((request: IncomingMessage, response: ServerResponse) => void) => {
  const gate: Gate = {
    ...deps,
    ids: createCallIds(deps.ambient),
    frozenPrices: new FrozenPrices(deps.ledger),
    allowance: new CountAllowance(),
    endings: new Turn(
      [(exchange) => exchange.settle(), (exchange) => exchange.prove(), (exchange) => exchange.send()],
      (exchange, err) => {
        deps.log.error({ err }, 'an answer could not be ended');
        exchange.breakOff(err);
      },
    ),
  };
  const arrivals = new Turn<readonly [IncomingMessage, ServerResponse]>(
    [([request, response]) => void pass(request, response, gate)],
    (_, err) => deps.log.error({ err }, 'a request could not be taken up'),
  );
  return (request, response) => arrivals.add([request, response]);
};
