// What a collector of OpenTelemetry gets to see of calls: a span of the caller's own trace, durations, tokens and costs by the names of the
// conventions, and nothing of content or credentials. And that calls never wait for it.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Collector, startCollector } from './otlp-collector.ts';
import { type House, startHouse } from './start-house.ts';

let collector: Collector;
let house: House;
let grant: { readonly id: string; readonly token: string };

beforeAll(async () => {
  collector = await startCollector();
  house = await startHouse({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20of-the-collector',
      OTEL_SERVICE_NAME: 'our-broker',
      VALETKEY_EXACT_COUNTS: 'openai',
    },
  });
  grant = await house.grant({ provider: 'openai', models: ['gpt-4o-mini'], limits: { total_spend: 1 } });
});
afterAll(async () => {
  await house?.close();
  collector.close();
});

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const PROMPT = 'words that nobody but the provider reads';

const ask = async (model: string, headers: Readonly<Record<string, string>> = {}) => {
  const response = await fetch(`${house.url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${grant.token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: PROMPT }], max_tokens: 10 }),
  });
  const answer = (await response.json()) as { usage?: { prompt_tokens: number; completion_tokens: number } };
  return { status: response.status, callId: response.headers.get('valetkey-call-id'), usage: answer.usage };
};

type Value = { stringValue?: string; intValue?: number; doubleValue?: number };
interface Attributed {
  readonly attributes: readonly { readonly key: string; readonly value: Value }[];
}
interface Span extends Attributed {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
}
interface Metric {
  readonly name: string;
  readonly histogram?: { readonly dataPoints: readonly (Attributed & { count: number; sum: number })[] };
  readonly sum?: { readonly dataPoints: readonly (Attributed & { asDouble: number })[] };
}

const attributesOf = ({ attributes }: Attributed) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

const sent = (path: string) =>
  collector.received.filter((each) => each.path === path).map(({ text }) => JSON.parse(text));
const spans = (): Span[] =>
  sent('/v1/traces').flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap((each: { scopeSpans: { spans: Span[] }[] }) =>
      each.scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
const metrics = (): Metric[] =>
  sent('/v1/metrics').flatMap(({ resourceMetrics }) =>
    resourceMetrics.flatMap((each: { scopeMetrics: { metrics: Metric[] }[] }) =>
      each.scopeMetrics.flatMap((scope) => scope.metrics),
    ),
  );
const spanOf = async (matches: (attributes: Record<string, unknown>) => boolean): Promise<Span> => {
  await expect
    .poll(() => spans().filter((span) => matches(attributesOf(span))).length, { timeout: 30_000 })
    .toBe(1);
  return spans().find((span) => matches(attributesOf(span)))!;
};

it('gets one span of each call, in the trace that the caller named', async () => {
  const { callId, usage } = await ask('gpt-4o-mini', { traceparent: `00-${TRACE}-${SPAN}-01` });
  const span = await spanOf((attributes) => attributes['valetkey.call_id'] === callId);
  expect(span).toMatchObject({ name: 'chat gpt-4o-mini', traceId: TRACE, parentSpanId: SPAN, kind: 3 });
  const seen = house.simulators.openai.requests.at(-1)!.headers.traceparent;
  expect(seen).toBe(`00-${TRACE}-${span.spanId}-01`);
  expect(attributesOf(span)).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o-mini',
    'gen_ai.usage.input_tokens': usage!.prompt_tokens,
    'gen_ai.usage.output_tokens': usage!.completion_tokens,
    'http.response.status_code': 200,
    'valetkey.grant_id': grant.id,
    'valetkey.outcome': 'settled',
  });
  expect(span.status.code ?? 0).toBe(0);
  expect(collector.received.every(({ authorization }) => authorization === 'Bearer of-the-collector')).toBe(
    true,
  );
  expect(sent('/v1/traces')[0].resourceSpans[0].resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'our-broker' },
  });
});

it('gets none of a caller’s trace that is not sampled, and none of callers that are unknown', async () => {
  await ask('gpt-4o-mini', { traceparent: `00-${TRACE.replace('4', '5')}-${SPAN}-00` });
  await fetch(`${house.url}/openai/v1/chat/completions`, { method: 'POST', body: '{}' });
  const { callId } = await ask('gpt-4o-mini');
  const span = await spanOf((attributes) => attributes['valetkey.call_id'] === callId);
  expect(span.parentSpanId ?? '').toBe('');
  expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(spans().filter(({ traceId }) => traceId.startsWith('5bf92f'))).toEqual([]);
  expect(spans().every((each) => attributesOf(each)['valetkey.grant_id'] === grant.id)).toBe(true);
});

it('is told of a refusal as an error, by its code', async () => {
  expect((await ask('gpt-5')).status).toBe(403);
  const span = await spanOf((attributes) => attributes['error.type'] === 'model_not_permitted');
  expect(span.status.code).toBe(2);
});

it('gets a call and the question for its count as two spans, one below the other, and neither as an error', async () => {
  const tight = await house.grant({ provider: 'openai', limits: { daily_spend: 0.00021 } });
  const { status } = await fetch(`${house.url}/openai/v1/responses`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tight.token}`,
      'content-type': 'application/json',
      traceparent: `00-${TRACE.replace('4', '6')}-${SPAN}-01`,
    },
    body: JSON.stringify({ model: 'gpt-4o-mini', input: 'four'.repeat(1000), max_output_tokens: 100 }),
  });
  expect(status).toBe(200);
  const of = (operation: string) =>
    spanOf(
      (attributes) =>
        attributes['valetkey.grant_id'] === tight.id && attributes['gen_ai.operation.name'] === operation,
    );
  const [call, count] = [await of('chat'), await of('responses.input_tokens')];
  expect([call.parentSpanId, count.parentSpanId]).toEqual([SPAN, call.spanId]);
  expect([call.status.code ?? 0, count.status.code ?? 0]).toEqual([0, 0]);
  expect(house.simulators.openai.requests.slice(-2).map(({ headers }) => headers.traceparent)).toEqual(
    [count, call].map(({ spanId }) => `00-${TRACE.replace('4', '6')}-${spanId}-01`),
  );
});

it('loses nothing but telemetry while the collector fails', async () => {
  collector.isFailing = true;
  const { status } = await ask('gpt-4o-mini');
  collector.isFailing = false;
  expect(status).toBe(200);
});

it('gets tokens, durations and costs when the broker ends, and never content or a credential', async () => {
  await house.close();
  const named = new Map(metrics().map((metric) => [metric.name, metric]));
  const tokens = named.get('gen_ai.client.token.usage')!.histogram!.dataPoints;
  expect(tokens.map((point) => attributesOf(point)['gen_ai.token.type']).sort()).toEqual(['input', 'output']);
  const [duration] = named.get('gen_ai.client.operation.duration')!.histogram!.dataPoints;
  expect(Number(duration!.count)).toBe(5);
  expect(attributesOf(duration!)).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
  });
  expect(named.get('valetkey.call.cost')!.sum!.dataPoints[0]!.asDouble).toBeGreaterThan(0);
  const everything = collector.received.map(({ text }) => text).join('\n');
  for (const secret of [PROMPT, grant.token, house.keys.openai, 'of-the-collector', 'ada@owner.test'])
    expect(everything).not.toContain(secret);
});
