// The Responses API, whole and streamed with its full sequence of events, and the counting of its input.
// Usage stands in the response object of the last event, `response.completed` or `response.incomplete`.

import { type JsonObject, jsonReply, type Operation, type Plan, streamReply } from '../simulator/dialect.ts';
import { sseEvent } from '../simulator/sse.ts';
import { draftAnswer, promptTokens } from '../simulator/tokens.ts';
import { usageOf } from '../simulator/usage.ts';
import { responseUsage } from './usage.ts';

const CREATED = 1_750_000_000;

/** POST /v1/responses. */
export const responses: Operation = {
  name: 'responses',
  method: 'POST',
  path: /^\/v1\/responses$/,
  billed: true,
  read({ json }) {
    if (typeof json.model !== 'string') return "Missing required parameter: 'model'.";
    if (json.input === undefined) return "Missing required parameter: 'input'.";
    const input = inputOf(json);
    const cap = typeof json.max_output_tokens === 'number' ? json.max_output_tokens : undefined;
    const { text, tokens, cut } = draftAnswer(input, cap);
    return {
      model: json.model,
      stream: json.stream === true,
      text,
      cut,
      usage: usageOf({ input, output: tokens }),
    };
  },
  write: (plan) => (plan.stream ? streamReply(events(plan)) : jsonReply(finalResponse(plan))),
};

const COUNTED = new Set([
  'conversation',
  'input',
  'instructions',
  'model',
  'parallel_tool_calls',
  'personality',
  'previous_response_id',
  'reasoning',
  'text',
  'tool_choice',
  'tools',
  'truncation',
]);

/** POST /v1/responses/input_tokens; free. Takes the documented fields alone. */
export const countInputTokens: Operation = {
  name: 'input_tokens',
  method: 'POST',
  path: /^\/v1\/responses\/input_tokens$/,
  billed: false,
  read({ json }) {
    const unknown = Object.keys(json).find((name) => !COUNTED.has(name));
    if (unknown !== undefined) return `Unknown parameter: '${unknown}'.`;
    const model = typeof json.model === 'string' ? json.model : '';
    return { model, stream: false, text: '', cut: false, usage: usageOf({ input: inputOf(json) }) };
  },
  write: ({ usage }) => jsonReply({ object: 'response.input_tokens', input_tokens: usage.input }),
};

const inputOf = ({ input, instructions, tools }: JsonObject): number =>
  promptTokens({ input, instructions }, tools);

const status = (plan: Plan): 'incomplete' | 'completed' => (plan.cut ? 'incomplete' : 'completed');

function response(plan: Plan, members: JsonObject): JsonObject {
  const { json, record } = plan.request;
  return {
    id: `resp_${record.id}`,
    object: 'response',
    created_at: CREATED,
    error: null,
    incomplete_details: null,
    instructions: json.instructions ?? null,
    max_output_tokens: json.max_output_tokens ?? null,
    metadata: json.metadata ?? {},
    model: plan.model,
    parallel_tool_calls: true,
    previous_response_id: json.previous_response_id ?? null,
    reasoning: { effort: null, summary: null },
    service_tier: 'default',
    store: json.store ?? true,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: json.tools ?? [],
    top_p: 1,
    truncation: 'disabled',
    ...members,
  };
}

const textPart = (text: string): JsonObject => ({ type: 'output_text', text, annotations: [], logprobs: [] });

const message = (plan: Plan, state: string, content: JsonObject[]): JsonObject => ({
  id: `msg_${plan.request.record.id}`,
  type: 'message',
  role: 'assistant',
  status: state,
  content,
});

const finalResponse = (plan: Plan): JsonObject =>
  response(plan, {
    status: status(plan),
    incomplete_details: plan.cut ? { reason: 'max_output_tokens' } : null,
    output: [message(plan, status(plan), [textPart(plan.text)])],
    usage: plan.report(responseUsage(plan.usage)),
  });

function events(plan: Plan): string[] {
  const opened = response(plan, { status: 'in_progress', output: [], usage: null });
  const item = { output_index: 0 };
  const part = { ...item, item_id: `msg_${plan.request.record.id}`, content_index: 0 };
  const sequence: [string, JsonObject][] = [
    ['response.created', { response: opened }],
    ['response.in_progress', { response: opened }],
    ['response.output_item.added', { ...item, item: message(plan, 'in_progress', []) }],
    ['response.content_part.added', { ...part, part: textPart('') }],
    ...plan.pieces.map((delta): [string, JsonObject] => [
      'response.output_text.delta',
      { ...part, delta, logprobs: [] },
    ]),
    ['response.output_text.done', { ...part, text: plan.text, logprobs: [] }],
    ['response.content_part.done', { ...part, part: textPart(plan.text) }],
    ['response.output_item.done', { ...item, item: message(plan, status(plan), [textPart(plan.text)]) }],
    [`response.${status(plan)}`, { response: finalResponse(plan) }],
  ];
  return sequence.map(([type, members], sequence_number) =>
    sseEvent({ type, sequence_number, ...members }, type),
  );
}
