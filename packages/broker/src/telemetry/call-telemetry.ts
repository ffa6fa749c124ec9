// What OpenTelemetry is told of a call once it has ended: one span, and what it took and used. Nothing is done for it while a call runs.
// MUST NOT tell of requests of callers that are unknown, of content, or of credentials.

import {
  type Counter,
  type Histogram,
  type Meter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace as traces,
} from '@opentelemetry/api';
import type { Usage } from '@valetkey/core';
import { operationName, providerName, tokenCounts } from './gen-ai.ts';

/** A request to the gate that has ended, as its log line tells it. */
export interface EndedCall {
  readonly call_id: string;
  readonly request_id: string;
  readonly grant_id: string | null;
  readonly client_id: string | null;
  readonly device_id: string | null;
  readonly provider: string | null;
  readonly operation: string | null;
  readonly model: string | null;
  /** Of a call that was admitted. */
  readonly outcome?: string | undefined;
  readonly status: number | null;
  readonly held_nanos?: number | undefined;
  readonly cost_nanos?: number | undefined;
  /** Why it ended otherwise than with the provider's answer; of a refusal its code. */
  readonly reason?: string | undefined;
  readonly code?: string | undefined;
  readonly replayed_call_id?: string | undefined;
  readonly duration_ms: number;
}

/** What its log line does not tell. */
export interface CallDetails {
  /** The trace that the caller named; null without one. */
  readonly context: {
    readonly traceId: string;
    readonly spanId: string;
    readonly parentId: string;
    readonly flags: number;
  } | null;
  /** What the provider reported, of a call that was settled by it. */
  readonly metered: { readonly usage: Usage | null; readonly modelReported: string | null } | null;
}

/** Gives spans the id under which the provider already knows them. */
export interface SpanIds {
  /** The id of the span that is made next. */
  next: string | null;
}

/** Buckets of the conventions. */
const DURATIONS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = Array.from({ length: 14 }, (_, power) => 4 ** power);

type Attributes = Record<string, string | number>;

/** What there is of these. */
const present = (attributes: Readonly<Record<string, string | number | null | undefined>>): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value != null)) as Attributes;

/** That the broker asked for a count is the reason of a call, and nothing that went wrong with it. */
const errorOf = ({ code, reason, status }: EndedCall): string | undefined =>
  code ??
  (reason === 'input_count' ? undefined : reason) ??
  (status !== null && status >= 400 ? String(status) : undefined);

/** Tells of calls. */
export class CallTelemetry {
  readonly #tracer: Tracer;
  readonly #ids: SpanIds;
  readonly #seconds: Histogram;
  readonly #tokens: Histogram;
  readonly #cost: Counter;

  constructor(tracer: Tracer, ids: SpanIds, meter: Meter) {
    this.#tracer = tracer;
    this.#ids = ids;
    this.#seconds = meter.createHistogram('gen_ai.client.operation.duration', {
      description: 'GenAI operation duration.',
      unit: 's',
      advice: { explicitBucketBoundaries: DURATIONS },
    });
    this.#tokens = meter.createHistogram('gen_ai.client.token.usage', {
      description: 'Number of input and output tokens used.',
      unit: '{token}',
      advice: { explicitBucketBoundaries: TOKENS },
    });
    this.#cost = meter.createCounter('valetkey.call.cost', {
      description: 'What calls were settled for. The exact sums are the ledger’s.',
      unit: 'USD',
    });
  }

  /** Tells of a call that ended at `atMs`. */
  tell(ended: EndedCall, details: CallDetails, atMs: number): void {
    if (ended.grant_id === null) return;
    // The clock may have been set back meanwhile.
    const call = { ...ended, duration_ms: Math.max(0, ended.duration_ms) };
    this.#span(call, details, atMs);
    if (call.outcome === undefined || call.provider === null || call.operation === null) return;
    const error = errorOf(call);
    // The provider's own word for the model: what callers name can be made up.
    const attributes = present({
      'gen_ai.provider.name': providerName(call.provider),
      'gen_ai.operation.name': operationName(call.operation),
      'gen_ai.response.model': details.metered?.modelReported,
    });
    this.#seconds.record(
      call.duration_ms / 1000,
      error ? { ...attributes, 'error.type': error } : attributes,
    );
    this.#cost.add((call.cost_nanos ?? 0) / 1e9, attributes);
    if (!details.metered?.usage) return;
    const { input, output } = tokenCounts(details.metered.usage);
    this.#tokens.record(input, { ...attributes, 'gen_ai.token.type': 'input' });
    this.#tokens.record(output, { ...attributes, 'gen_ai.token.type': 'output' });
  }

  #span(call: EndedCall, { context, metered }: CallDetails, atMs: number): void {
    const operation = call.operation === null ? null : operationName(call.operation);
    const tokens = metered?.usage ? tokenCounts(metered.usage) : null;
    const error = errorOf(call);
    const parent = context
      ? traces.setSpanContext(ROOT_CONTEXT, {
          traceId: context.traceId,
          spanId: context.parentId,
          traceFlags: context.flags,
          isRemote: true,
        })
      : ROOT_CONTEXT;
    this.#ids.next = context?.spanId ?? null;
    const span = this.#tracer.startSpan(
      [operation ?? 'call', call.model].filter(Boolean).join(' '),
      {
        kind: SpanKind.CLIENT,
        startTime: atMs - call.duration_ms,
        attributes: present({
          'gen_ai.operation.name': operation,
          'gen_ai.provider.name': call.provider === null ? null : providerName(call.provider),
          'gen_ai.request.model': call.model,
          'gen_ai.response.model': metered?.modelReported,
          'gen_ai.usage.input_tokens': tokens?.input,
          'gen_ai.usage.output_tokens': tokens?.output,
          'gen_ai.usage.cache_read.input_tokens': tokens?.cacheRead || null,
          'gen_ai.usage.cache_creation.input_tokens': tokens?.cacheWrite || null,
          'http.response.status_code': call.status,
          'error.type': error,
          'valetkey.call_id': call.call_id,
          'valetkey.request_id': call.request_id,
          'valetkey.grant_id': call.grant_id,
          'valetkey.client_id': call.client_id,
          'valetkey.device_id': call.device_id,
          'valetkey.outcome': call.outcome,
          'valetkey.held_nanos': call.held_nanos,
          'valetkey.cost_nanos': call.cost_nanos,
          'valetkey.replayed_call_id': call.replayed_call_id,
        }),
      },
      parent,
    );
    if (error) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(atMs);
  }
}
