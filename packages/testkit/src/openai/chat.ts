// Chat completions and (legacy) completions, whole and streamed.
// Streams report usage only when asked (`stream_options.include_usage`), in an extra last chunk without choices.

import {
  type JsonObject,
  jsonReply,
  type Operation,
  type Plan,
  type Reading,
  type SimRequest,
  streamReply,
} from '../simulator/dialect.ts';
import { sseEvent } from '../simulator/sse.ts';
import { draftAnswer, promptTokens } from '../simulator/tokens.ts';
import { usageOf, usageSoFar } from '../simulator/usage.ts';
import { completionUsage } from './usage.ts';

const CREATED = 1_750_000_000;

/** How the two operations differ on the wire. */
interface Flavour {
  readonly idPrefix: string;
  readonly object: string;
  readonly chunkObject: string;
  readonly whole: (text: string) => JsonObject;
  readonly opening: JsonObject | undefined;
  readonly delta: (text: string) => JsonObject;
  readonly closing: JsonObject;
}

const CHAT: Flavour = {
  idPrefix: 'chatcmpl-',
  object: 'chat.completion',
  chunkObject: 'chat.completion.chunk',
  whole: (content) => ({ message: { role: 'assistant', content, refusal: null, annotations: [] } }),
  opening: { delta: { role: 'assistant', content: '', refusal: null } },
  delta: (content) => ({ delta: { content } }),
  closing: { delta: {} },
};

const COMPLETION: Flavour = {
  idPrefix: 'cmpl-',
  object: 'text_completion',
  chunkObject: 'text_completion',
  whole: (text) => ({ text }),
  opening: undefined,
  delta: (text) => ({ text }),
  closing: { text: '' },
};

/** POST /v1/chat/completions. */
export const chat: Operation = {
  name: 'chat',
  method: 'POST',
  path: /^\/v1\/chat\/completions$/,
  billed: true,
  read: (request) => read(request, 'messages', request.json.max_completion_tokens ?? request.json.max_tokens),
  write: (plan) => write(plan, CHAT),
};

/** POST /v1/completions. */
export const completions: Operation = {
  name: 'completions',
  method: 'POST',
  path: /^\/v1\/completions$/,
  billed: true,
  read: (request) => read(request, 'prompt', request.json.max_tokens ?? 16),
  write: (plan) => write(plan, COMPLETION),
};

function read({ json }: SimRequest, promptName: string, cap: unknown): Reading | string {
  if (typeof json.model !== 'string') return 'you must provide a model parameter';
  if (json[promptName] === undefined) return `Missing required parameter: '${promptName}'.`;
  const input = promptTokens(json[promptName], json.tools);
  const { text, tokens, cut } = draftAnswer(input, typeof cap === 'number' ? cap : undefined);
  const usage = usageOf({ input, output: tokens * choiceCount(json) });
  return { model: json.model, stream: json.stream === true, text, cut, usage };
}

const choiceCount = (json: JsonObject): number => (typeof json.n === 'number' ? json.n : 1);

function write(plan: Plan, flavour: Flavour) {
  return plan.stream
    ? streamReply([...chunks(plan, flavour), sseEvent('[DONE]')])
    : jsonReply(whole(plan, flavour));
}

const finishReason = (plan: Plan): string => (plan.cut ? 'length' : 'stop');

function envelope(plan: Plan, flavour: Flavour, object: string): JsonObject {
  const id = flavour.idPrefix + plan.request.record.id;
  return {
    id,
    object,
    created: CREATED,
    model: plan.model,
    service_tier: 'default',
    system_fingerprint: 'fp_simulated',
  };
}

function whole(plan: Plan, flavour: Flavour): JsonObject {
  const choices = Array.from({ length: choiceCount(plan.request.json) }, (_, index) => ({
    index,
    ...flavour.whole(plan.text),
    logprobs: null,
    finish_reason: finishReason(plan),
  }));
  return {
    ...envelope(plan, flavour, flavour.object),
    choices,
    usage: plan.report(completionUsage(plan.usage)),
  };
}

function chunks(plan: Plan, flavour: Flavour): string[] {
  const options = plan.request.json.stream_options as JsonObject | undefined;
  const asked = options?.include_usage === true;
  const inChoices = plan.usageIn === 'last-choice' || plan.usageIn === 'every';
  const parts: { member: JsonObject; finish: string | null }[] = [
    ...(flavour.opening ? [{ member: flavour.opening, finish: null }] : []),
    ...plan.pieces.map((piece) => ({ member: flavour.delta(piece), finish: null })),
    { member: flavour.closing, finish: finishReason(plan) },
  ];
  const count = choiceCount(plan.request.json);
  const events = parts.flatMap(({ member, finish }, at) =>
    Array.from({ length: count }, (_, index) => {
      const last = at === parts.length - 1 && index === count - 1;
      const reported = plan.usageIn === 'every' || (plan.usageIn === 'last-choice' && last);
      const usage = reported
        ? plan.report(completionUsage(usageSoFar(plan.usage, last ? parts.length : at, parts.length)))
        : null;
      return chunk(
        plan,
        flavour,
        [{ index, ...member, logprobs: null, finish_reason: finish }],
        asked || reported,
        usage,
      );
    }),
  );
  if (!asked || inChoices || plan.usageIn === 'nowhere') return events;
  const report = chunk(plan, flavour, [], true, plan.report(completionUsage(plan.usage)));
  return [...events, report, ...(plan.usageIn === 'twice' ? [report] : [])];
}

function chunk(
  plan: Plan,
  flavour: Flavour,
  choices: JsonObject[],
  withUsage: boolean,
  usage: unknown,
): string {
  const body = { ...envelope(plan, flavour, flavour.chunkObject), choices };
  return sseEvent(withUsage ? { ...body, usage } : body);
}
