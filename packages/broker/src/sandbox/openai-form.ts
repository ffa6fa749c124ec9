// The sandbox's answers in the form of OpenAI's API: whole objects, or the events of a stream.
// Source: the types of the openai SDK 7.57.

import {
  type ChatRequest,
  type EmbeddingsRequest,
  type ResponsesRequest,
  textsOf,
} from './sandbox-requests.ts';
import {
  answerPrompt,
  CHAT_MODELS,
  countTokens,
  EMBEDDING_MODELS,
  embedText,
  type SimulatedAnswer,
} from './simulated-model.ts';

/** One event of a stream; an event that brings a word of the answer is sent at the pace of words. */
export interface SandboxEvent {
  readonly text: string;
  readonly isWord: boolean;
}

/** What to write: one object, or the events of a stream. */
export type SandboxReply = { readonly body: object } | { readonly events: readonly SandboxEvent[] };

/** What makes an answer this answer and no other. */
export interface Stamp {
  /** Without a prefix. */
  readonly id: string;
  readonly createdAtSeconds: number;
}

const event = (data: object | string, name?: string, isWord = false): SandboxEvent => ({
  text: `${name ? `event: ${name}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`,
  isWord,
});

/** The answer to a chat completion. A stream ends with usage only if `stream_options.include_usage` asked for it. */
export function chatReply(request: ChatRequest, stamp: Stamp): SandboxReply {
  const cap = request.max_completion_tokens ?? request.max_tokens ?? undefined;
  const answer = answerPrompt(request.model, textsOf(request.messages), cap);
  const base = { id: `chatcmpl-${stamp.id}`, created: stamp.createdAtSeconds, model: request.model };
  const end = { logprobs: null, finish_reason: answer.cut ? 'length' : 'stop' };
  const usage = {
    prompt_tokens: answer.inputTokens,
    completion_tokens: answer.outputTokens,
    total_tokens: answer.inputTokens + answer.outputTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
  if (!request.stream) {
    const message = { role: 'assistant', content: answer.text, refusal: null };
    return { body: { ...base, object: 'chat.completion', choices: [{ index: 0, message, ...end }], usage } };
  }
  const withUsage = request.stream_options?.include_usage === true;
  const chunk = (choices: object[], report: object | null = null) => ({
    ...base,
    object: 'chat.completion.chunk',
    choices,
    ...(withUsage ? { usage: report } : {}),
  });
  const delta = (members: object, finish = {}) =>
    chunk([{ index: 0, delta: members, logprobs: null, finish_reason: null, ...finish }]);
  const events = [
    event(delta({ role: 'assistant', content: '' })),
    ...answer.words.map((content) => event(delta({ content }), undefined, true)),
    event(delta({}, end)),
    ...(withUsage ? [event(chunk([], usage))] : []),
    event('[DONE]'),
  ];
  return { events };
}

/** The answer of the Responses API; its stream ends with `response.completed` or `response.incomplete`. */
export function responsesReply(request: ResponsesRequest, stamp: Stamp): SandboxReply {
  const texts = [...(request.instructions ? [request.instructions] : []), ...textsOf(request.input)];
  const answer = answerPrompt(request.model, texts, request.max_output_tokens ?? undefined);
  const final = responseObject(request, stamp, answer);
  return request.stream ? { events: responseEvents(final, answer) } : { body: final };
}

const outputText = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] });

function responseObject(request: ResponsesRequest, stamp: Stamp, answer: SimulatedAnswer) {
  const status = answer.cut ? 'incomplete' : 'completed';
  const message = { id: `msg_${stamp.id}`, type: 'message', role: 'assistant', status };
  return {
    id: `resp_${stamp.id}`,
    object: 'response',
    created_at: stamp.createdAtSeconds,
    status,
    error: null,
    incomplete_details: answer.cut ? { reason: 'max_output_tokens' } : null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata: {},
    model: request.model,
    output: [{ ...message, content: [outputText(answer.text)] }],
    parallel_tool_calls: false,
    previous_response_id: null,
    store: false,
    temperature: 1,
    tool_choice: 'none',
    tools: [],
    top_p: 1,
    usage: {
      input_tokens: answer.inputTokens,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: answer.outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: answer.inputTokens + answer.outputTokens,
    },
  };
}

function responseEvents(final: ReturnType<typeof responseObject>, answer: SimulatedAnswer): SandboxEvent[] {
  const [item] = final.output;
  const opened = { ...final, status: 'in_progress', incomplete_details: null, output: [], usage: null };
  const part = { item_id: item?.id, output_index: 0, content_index: 0 };
  const sequence: [string, object][] = [
    ['response.created', { response: opened }],
    ['response.in_progress', { response: opened }],
    [
      'response.output_item.added',
      { output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
    ],
    ['response.content_part.added', { ...part, part: outputText('') }],
    ...answer.words.map((delta): [string, object] => [
      'response.output_text.delta',
      { ...part, delta, logprobs: [] },
    ]),
    ['response.output_text.done', { ...part, text: answer.text, logprobs: [] }],
    ['response.content_part.done', { ...part, part: outputText(answer.text) }],
    ['response.output_item.done', { output_index: 0, item }],
    [`response.${final.status}`, { response: final }],
  ];
  return sequence.map(([type, members], sequence_number) =>
    event({ type, sequence_number, ...members }, type, type === 'response.output_text.delta'),
  );
}

/** The answer to an embeddings request, as floats or as base64 of 32-bit little-endian floats. */
export function embeddingsReply(request: EmbeddingsRequest): SandboxReply {
  const inputs = [request.input].flat();
  const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0);
  const data = inputs.map((input, index) => {
    const vector = embedText(input, request.dimensions ?? undefined);
    const packed = () => Buffer.from(new Float32Array(vector).buffer).toString('base64');
    return {
      object: 'embedding',
      index,
      embedding: request.encoding_format === 'base64' ? packed() : vector,
    };
  });
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return { body: { object: 'list', model: request.model, data, usage } };
}

/** The list of models. */
export function modelsReply({ createdAtSeconds: created }: Stamp): SandboxReply {
  const data = [...CHAT_MODELS, ...EMBEDDING_MODELS].map((id) => ({
    id,
    object: 'model',
    created,
    owned_by: 'valetkey',
  }));
  return { body: { object: 'list', data } };
}
