// Messages, whole and streamed, and the counting of their tokens.
// A stream reports usage twice: `message_start` has what went in, the last `message_delta` the final, cumulative counts.

import {
  type JsonObject,
  jsonReply,
  type Operation,
  type Plan,
  type SimRequest,
  streamReply,
} from '../simulator/dialect.ts';
import { sseEvent } from '../simulator/sse.ts';
import { draftAnswer, promptTokens } from '../simulator/tokens.ts';
import { usageOf, usageSoFar } from '../simulator/usage.ts';
import { deltaUsage, messageUsage } from './usage.ts';

/** POST /v1/messages (with or without `?beta=true`). */
export const messages: Operation = {
  name: 'messages',
  method: 'POST',
  path: /^\/v1\/messages$/,
  billed: true,
  read({ json }) {
    if (typeof json.model !== 'string') return 'model: Field required';
    if (!Array.isArray(json.messages)) return 'messages: Field required';
    if (typeof json.max_tokens !== 'number') return 'max_tokens: Field required';
    const input = inputOf(json);
    const { text, tokens, cut } = draftAnswer(input, json.max_tokens);
    return {
      model: json.model,
      stream: json.stream === true,
      text,
      cut,
      usage: usageOf({ input, output: tokens }),
    };
  },
  write: (plan) => (plan.stream ? streamReply(events(plan)) : jsonReply(wholeMessage(plan))),
};

/** POST /v1/messages/count_tokens; free. */
export const countTokens: Operation = {
  name: 'count_tokens',
  method: 'POST',
  path: /^\/v1\/messages\/count_tokens$/,
  billed: false,
  read({ json }: SimRequest) {
    if (typeof json.model !== 'string') return 'model: Field required';
    return {
      model: json.model,
      stream: false,
      text: '',
      cut: false,
      usage: usageOf({ input: inputOf(json) }),
    };
  },
  write: ({ usage }) => jsonReply({ input_tokens: usage.input }),
};

const inputOf = ({ messages, system, tools }: JsonObject): number =>
  promptTokens({ messages, system }, tools);

const stopReason = (plan: Plan): string => (plan.cut ? 'max_tokens' : 'end_turn');

const message = (plan: Plan, members: JsonObject): JsonObject => ({
  id: `msg_${plan.request.record.id}`,
  type: 'message',
  role: 'assistant',
  model: plan.model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  ...members,
});

const wholeMessage = (plan: Plan): JsonObject =>
  message(plan, {
    content: [{ type: 'text', text: plan.text, citations: null }],
    stop_reason: stopReason(plan),
    usage: plan.report(messageUsage(plan.usage)),
  });

function events(plan: Plan): string[] {
  const started = { ...plan.usage, output: Math.min(1, plan.usage.output), reasoning: 0, webSearches: 0 };
  const opened = message(plan, { usage: plan.report(messageUsage(started)) });
  const final = delta(plan, stopReason(plan), plan.pieces.length);
  const texts = plan.pieces.flatMap((text, index): JsonObject[] => [
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
    ...(plan.usageIn === 'every' ? [delta(plan, null, index + 1)] : []),
  ]);
  const sequence: JsonObject[] = [
    { type: 'message_start', message: opened },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'ping' },
    ...texts,
    { type: 'content_block_stop', index: 0 },
    final,
    ...(plan.usageIn === 'twice' ? [final] : []),
    { type: 'message_stop' },
  ];
  return sequence.map((event) => sseEvent(event, String(event.type)));
}

const delta = (plan: Plan, stop_reason: string | null, done: number): JsonObject => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null },
  usage: plan.report(deltaUsage(usageSoFar(plan.usage, done, plan.pieces.length))),
});
