// POST /chat/completions: how a request is read, bounded and written again. Usage is always asked for in streams, and hidden from
// callers who did not ask.

import { fail, type PublicError, type Result, succeed, type UsageBound } from '@valetkey/core';
import type { Operation, OperationInput, Reading } from '../../contract.ts';
import { canonical, isJsonObject, type JsonObject } from '../../json/parse-json.ts';
import { flaw, flawError, under } from '../reading/flaw.ts';
import { jsonBody, post } from '../reading/request.ts';
import { object } from '../reading/rules.ts';
import { addCap } from '../reading/splice.ts';
import { startWalk, type Walk } from '../reading/walk.ts';
import { chatFields } from './chat-fields.ts';
import { chatMeter } from './chat-usage.ts';
import type { OpenAiFlavour } from './flavour.ts';

/** Tokens that templates add around a prompt beyond the bytes of its JSON, which has more around each message than they do. */
const TEMPLATE_TOKENS = 64;
/** Models that search the web whether or not they are asked to. */
const SEARCH_MODEL = /-search-(?:preview|api)/;

/** Chat completions of one provider. */
export const chatCompletions = (flavour: OpenAiFlavour): Operation => {
  const check = object(chatFields(flavour), 'model', 'messages');
  return {
    name: `${flavour.provider}.chat.completions`,
    method: 'POST',
    path: '/chat/completions',
    capability: 'chat',
    body: 'json',
    maxBodyBytes: 32 * 1024 * 1024,
    read: (input) => readChat(input, check, flavour),
    meter: chatMeter,
  };
};

function readChat(
  input: OperationInput,
  check: ReturnType<typeof object>,
  flavour: OpenAiFlavour,
): Result<Reading, PublicError> {
  const body = jsonBody(input);
  const model = typeof body.model === 'string' ? body.model : '';
  const walk = startWalk(input.unknownFields, model);
  const found = check(body, walk) ?? twoCaps(body);
  if (found) return fail(flawError(found));
  noteModel(model, flavour, walk);
  const capField = CAP_FIELDS.find((name) => typeof body[name] === 'number') ?? flavour.capField;
  const stream = body.stream === true;
  const asked = isJsonObject(body.stream_options) && body.stream_options.include_usage === true;
  const forced = stream && flavour.usageOnRequest;
  const { [capField]: cap, ...rest } = body;
  const tier = tierOf(body, flavour);
  const sent = canonical({
    ...rest,
    ...(forced
      ? { stream_options: { ...(rest.stream_options as JsonObject | null), include_usage: true } }
      : {}),
    ...(tier === null ? {} : { service_tier: tier }),
  });
  return succeed({
    model,
    stream,
    tools: [...walk.tools],
    bound: boundOf(body, sent, walk),
    unbounded: walk.unbounded,
    serviceTiers: tier === null ? [] : (flavour.serviceTiers?.[tier] ?? []),
    outputCap: typeof cap === 'number' ? cap : null,
    minOutputTokens: 1,
    encode: (outputTokens) => post('/v1/chat/completions', addCap(sent, capField, outputTokens)),
    hideUsageChunk: forced && !asked,
  });
}

const CAP_FIELDS = ['max_completion_tokens', 'max_tokens'] as const;

/** Two caps at once would leave it to the provider which one counts. */
const twoCaps = (body: JsonObject) =>
  CAP_FIELDS.every((name) => typeof body[name] === 'number')
    ? under('.max_tokens', flaw('and `max_completion_tokens` say the same; send one'))
    : null;

/** The tier that is sent: the caller's, or the standard one. */
export const tierOf = (body: JsonObject, flavour: OpenAiFlavour): string | null =>
  typeof body.service_tier === 'string' ? body.service_tier : flavour.standardTier;

/** What the model alone makes of a request. */
export function noteModel(model: string, flavour: OpenAiFlavour, walk: Walk): void {
  if (flavour.cacheWrites) walk.inputKinds.add('cache_write_5m');
  if (!SEARCH_MODEL.test(model)) return;
  walk.tools.add('web_search');
  walk.unbounded ??= 'this model searches the web as often as it likes';
}

/** The most prompt tokens of a body whose text is `sent`: a token is at least one byte; media are counted by their own rules. */
export const inputTokensOf = (sent: string, walk: Walk): number =>
  Buffer.byteLength(sent) - walk.mediaBytes + walk.mediaTokens + TEMPLATE_TOKENS;

function boundOf(body: JsonObject, sent: string, walk: Walk): UsageBound {
  const audio = Array.isArray(body.modalities) && body.modalities.includes('audio');
  return {
    anyInputTokens: inputTokensOf(sent, walk),
    inputKinds: [...walk.inputKinds],
    outputs: typeof body.n === 'number' ? body.n : 1,
    outputKinds: audio ? ['text', 'audio'] : ['text'],
    fixed: {},
  };
}
