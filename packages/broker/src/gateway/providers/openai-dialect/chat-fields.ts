// Every field of POST /chat/completions, what it may be, and why some are refused.
// Source: OpenAI API reference, create chat completion, as typed by openai-node 7.57.

import {
  all,
  anything,
  type FieldTable,
  flag,
  harmless,
  kinds,
  listOf,
  noting,
  object,
  oneOf,
  only,
  orNull,
  type Rule,
  stored,
  text,
  textOr,
  wholeNumber,
} from '../reading/rules.ts';
import { STEERING } from '../reading/steering.ts';
import { addTool, unbound } from '../reading/walk.ts';
import type { OpenAiFlavour } from './flavour.ts';
import { imageUrl, inlineFile, inputAudio } from './media.ts';
import { chatTool, legacyFunction } from './tools.ts';

/** `prompt_cache_breakpoint` and `prompt_cache_options`: what they write lives 30 minutes, or 12 hours when asked. */
export const cacheOptions: Rule = all(
  object({
    mode: oneOf('implicit', 'explicit'),
    ttl: (value, walk) => cacheLifetime(value, walk),
    prewarm: only(false, 'is not offered'),
    comparison_response_id: orNull(stored),
  }),
  noting((walk) => walk.inputKinds.add('cache_write_5m')),
);

const cacheLifetime: Rule = (value, walk) => {
  if (value === '12h') walk.inputKinds.add('cache_write_1h');
  return oneOf('30m', '12h')(value, walk);
};

/** `moderation`: a second model looks at the request; only OpenAI's own free ones. */
export const moderation: Rule = orNull(
  object({ model: oneOf('omni-moderation-latest', 'omni-moderation-2024-09-26'), policy: anything }, 'model'),
);

/** `service_tier` as the flavour has it. */
export const serviceTier = (flavour: OpenAiFlavour): FieldTable =>
  flavour.serviceTiers ? { service_tier: orNull(oneOf(...Object.keys(flavour.serviceTiers))) } : {};

const contentPart = (flavour: OpenAiFlavour): Rule =>
  kinds('type', {
    text: object(
      { type: text, text, prompt_cache_breakpoint: cacheOptions, ...flavour.messageFields },
      'text',
    ),
    refusal: object({ type: text, refusal: text }, 'refusal'),
    image_url: object(
      { type: text, image_url: imageUrl(flavour), prompt_cache_breakpoint: cacheOptions },
      'image_url',
    ),
    input_audio: object(
      { type: text, input_audio: inputAudio, prompt_cache_breakpoint: cacheOptions },
      'input_audio',
    ),
    file: object({ type: text, file: inlineFile(flavour), prompt_cache_breakpoint: cacheOptions }, 'file'),
  });

const message = (flavour: OpenAiFlavour): Rule =>
  object(
    {
      role: oneOf('developer', 'system', 'user', 'assistant', 'tool', 'function'),
      content: orNull(textOr(listOf(contentPart(flavour)))),
      ...harmless('name tool_calls tool_call_id function_call refusal annotations'),
      audio: orNull(stored),
      ...flavour.messageFields,
    },
    'role',
  );

/** Searches in chat completions have no stated number. */
const webSearch: Rule = noting((walk) => addTool(walk, 'web_search', false));

/** `stream_options`. */
export const streamOptions: Rule = orNull(
  object({ include_usage: orNull(flag), include_obfuscation: orNull(flag) }),
);

/** The table of chat completions for one provider. */
export const chatFields = (flavour: OpenAiFlavour): FieldTable => ({
  ...STEERING,
  // Money, route, model, work: always checked.
  model: text,
  messages: listOf(message(flavour)),
  max_tokens: orNull(wholeNumber(1)),
  max_completion_tokens: orNull(wholeNumber(1)),
  n: orNull(wholeNumber(1, 128)),
  stream: orNull(flag),
  stream_options: streamOptions,
  ...serviceTier(flavour),
  modalities: orNull(listOf(oneOf('text', 'audio'))),
  audio: orNull(object({ format: text, voice: text })),
  tools: orNull(listOf(chatTool)),
  functions: orNull(listOf(legacyFunction)),
  prediction: orNull(
    noting((walk) => unbound(walk, 'rejected predictions are billed and no cap covers them')),
  ),
  web_search_options: orNull(all(object(harmless('search_context_size user_location')), webSearch)),
  moderation,
  prompt_cache_options: cacheOptions,
  store: orNull(only(false, 'would keep the answer at the provider; send false or nothing')),
  // Known and harmless.
  ...harmless(`
    temperature top_p frequency_penalty presence_penalty logit_bias logprobs top_logprobs seed stop
    response_format tool_choice parallel_tool_calls function_call reasoning_effort verbosity metadata
    user safety_identifier prompt_cache_key prompt_cache_retention`),
  ...flavour.chatFields,
});
