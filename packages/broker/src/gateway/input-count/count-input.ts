// A tighter bound where one is free: before a request is refused because of the bound on its input, the provider is asked how many tokens
// that input has, if it documents its count as exact. A call of its own: admitted before it is sent, with one outcome, never for a grant
// that is not live. MUST NOT loosen a bound, and whatever goes wrong here leaves the refusal as it was.

import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type PublicError, usdNanos } from '@valetkey/core';
import { nanosAt, tokensAt } from '../../ledger/hold.ts';
import { admit } from '../admit.ts';
import { boundCall } from '../bound.ts';
import type { CallIds } from '../call-ids.ts';
import type { InputCount, PriceBook } from '../contract.ts';
import { type ForwardDeps, openKey } from '../forward.ts';
import type { FrozenPrices } from '../frozen-prices.ts';
import type { Caller } from '../identify.ts';
import { parseJson } from '../json/parse-json.ts';
import type { ReadCall } from '../read.ts';
import { type CallTrace, logCall } from '../record.ts';
import { spanBelow } from '../trace-context.ts';
import { upstreamHeaders } from '../upstream-headers.ts';
import type { CountAllowance } from './count-allowance.ts';
import { CountExchange, type CountSeen } from './count-exchange.ts';

/** Longer inputs are not sent twice. */
const MOST_COUNTED_BYTES = 8 * 1024 * 1024;

/** What counting needs. */
export interface CountDeps extends ForwardDeps {
  readonly ids: CallIds;
  readonly frozenPrices: FrozenPrices;
  readonly prices: PriceBook;
  readonly allowance: CountAllowance;
  /** The providers whose documented counts can be believed where they are reached; none by default. */
  readonly exactCounts?: ReadonlySet<string>;
}

/** What the provider counted, and of what. */
export interface CountedInput {
  readonly provider: string;
  readonly body: string;
  readonly tokens: number;
}

/** A question that may be asked, and for whom. */
interface Question {
  readonly count: InputCount;
  readonly call: ReadCall;
  readonly caller: Caller;
  readonly trace: CallTrace;
}

/** The count that holds for this very call; null if it was not counted. A grant that is read anew may send another body elsewhere. */
export const countOf = ({ provider, reading }: ReadCall, counted: CountedInput | null | undefined) =>
  counted && counted.provider === provider.name && counted.body === reading.countInput?.()?.body
    ? counted.tokens
    : null;

/** Whether a request that was refused could fit if its input were counted: at least, if there were none. */
const couldFit = ({ code, fields = {} }: PublicError, call: ReadCall, deps: CountDeps): boolean => {
  const { model } = call.reading;
  const card = model === null ? null : deps.prices.rateCard(call.provider.name, model, deps.now());
  const least = boundCall(call.reading, call.part.access, card, false, 0);
  if (!least.ok) return false;
  const { minOutputTokens } = least.value;
  if (code === 'insufficient_budget')
    return nanosAt(least.value, minOutputTokens) <= usdNanos(String(fields.remaining));
  const used = fields.unit === 'tokens' ? Number(fields.used) : null;
  if (used !== null) return tokensAt(least.value, minOutputTokens) <= Number(fields.limit) - used;
  return code === 'token_limit_exceeded';
};

const questionOf = (refusal: PublicError, trace: CallTrace, deps: CountDeps): Question | null => {
  const { call, caller } = trace;
  if (!call?.reading.countInput || !caller) return null;
  if (!deps.exactCounts?.has(call.provider.name) || !couldFit(refusal, call, deps)) return null;
  const count = call.reading.countInput();
  if (!count || Buffer.byteLength(count.body) > MOST_COUNTED_BYTES) return null;
  return { count, call, caller, trace };
};

/** Sends an admitted question. Nothing is sent once the grant was stopped. */
const ask = async (
  { count, call, trace }: Question,
  { callId, context }: CallTrace,
  request: IncomingMessage,
  deps: CountDeps,
): Promise<CountSeen> => {
  const nothing = (fault: string): CountSeen => ({ status: null, answer: null, fault });
  const key = await openKey(call, deps);
  if (!key.ok) return nothing(key.error.reason);
  if (trace.ticket.stopped) return nothing(trace.ticket.stopped);
  const target = deps.upstreams.get(call.provider.name);
  if (!target) throw new Error(`no upstream was opened for ${call.provider.name}`);
  const path = target.basePath + count.path;
  const upstream = { method: 'POST', path, contentType: 'application/json', body: count.body } as const;
  const headers = upstreamHeaders(request, call.provider, upstream, key.value, context?.traceparent);
  try {
    return await new Promise((onEnd) => {
      const mayForward = () => deps.ledger.mayForward(callId);
      const exchange = new CountExchange({ now: deps.now, mayForward, onEnd });
      trace.ticket.exchange = exchange;
      target.pool.dispatch({ ...upstream, headers }, exchange);
    });
  } finally {
    trace.ticket.exchange = null;
  }
};

/** The count that was answered; null if there is none that can be believed. */
const answeredTokens = ({ status, answer }: CountSeen, { tokensIn }: InputCount): number | null => {
  if (status !== 200 || answer === null) return null;
  const value = parseJson(answer);
  const tokens = value.ok ? tokensIn(value.value) : null;
  return tokens !== null && Number.isSafeInteger(tokens) && tokens > 0 ? tokens : null;
};

/** Asks, and posts the one outcome of asking. The app’s own request was not forwarded, so none is counted. */
const askAdmitted = async (
  question: Question,
  own: CallTrace,
  request: IncomingMessage,
  deps: CountDeps,
): Promise<number | null> => {
  const { callId } = own;
  const seen = await ask(question, own, request, deps).catch((): CountSeen => {
    return { status: null, answer: null, fault: 'fault' };
  });
  const tokens = answeredTokens(seen, question.count);
  const { status } = seen;
  const reason = seen.fault ?? 'input_count';
  const nowMs = deps.now();
  const body = { status, reason, input_tokens: tokens, duration_ms: nowMs - own.startedAtMs };
  logCall(deps.log, own, { status, outcome: 'released', held_nanos: 0, cost_nanos: 0, reason }, nowMs);
  try {
    await deps.ledger.settle({ callId, kind: 'released', forwarded: false, nanos: 0, tokens: 0, body });
    return tokens;
  } catch (err) {
    deps.log.error({ call_id: callId, err }, 'the outcome of a count could not be posted');
    return null;
  }
};

/** Admits the question as a free call of the same grant and token, and asks it. */
const askOnce = async (question: Question, request: IncomingMessage, deps: CountDeps) => {
  const { count, call, caller, trace } = question;
  const operation = { ...call.operation, name: count.operation, capability: null };
  const counting: ReadCall = { ...call, operation, reading: { ...call.reading, stream: false } };
  const hold = boundCall(counting.reading, call.part.access, null, true);
  if (!hold.ok) return null;
  const nowMs = deps.now();
  const own: CallTrace = {
    ...trace,
    callId: deps.ids.callId(),
    path: count.path,
    startedAtMs: nowMs,
    context: trace.context && spanBelow(trace.context, deps.ids.spanId()),
    call: counting,
  };
  const { ledger, frozenPrices, issuer } = deps;
  const admitted = await admit({
    callId: own.callId,
    requestId: own.requestId,
    caller,
    call: counting,
    card: null,
    hold: hold.value,
    requestHash: hash('sha256', count.body, 'base64url'),
    ledger,
    frozenPrices,
    nowMs,
    issuer,
    traceId: own.context?.traceId,
  });
  return admitted.ok ? askAdmitted(question, own, request, deps) : null;
};

/**
 * Has the input of a refused request counted, where that may help. Null: it stays refused. Asks at most once, for each grant that an owner
 * gave one at a time and 20 a minute.
 */
export const countInput = async (
  request: IncomingMessage,
  refusal: PublicError,
  trace: CallTrace,
  deps: CountDeps,
): Promise<CountedInput | null> => {
  const question = questionOf(refusal, trace, deps);
  if (!question) return null;
  const { call, count } = question;
  // The link right under the provider key is of the grant that the owner gave: what was delegated from it shares its allowance.
  const { chain, providerKeyId } = call.part;
  const grant = chain[chain.findIndex(({ linkId }) => linkId === providerKeyId) - 1]?.linkId ?? '';
  if (!deps.allowance.begin(grant, deps.now())) return null;
  try {
    const tokens = await askOnce(question, request, deps);
    return tokens === null ? null : { provider: call.provider.name, body: count.body, tokens };
  } finally {
    deps.allowance.end(grant);
  }
};
