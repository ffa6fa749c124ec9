// POST /responses, without the provider's memory: nothing is stored, nothing stored is read, nothing runs in the background.
// Source: OpenAI API reference, create response, as typed by openai-node 7.57.

import { fail, type PublicError, type Result, succeed } from '@valetkey/core';
import type { Operation, OperationInput, Reading } from '../../contract.ts';
import { flawError } from '../reading/flaw.ts';
import { jsonBody, post } from '../reading/request.ts';
import {
  type FieldTable,
  flag,
  harmless,
  listOf,
  noting,
  object,
  only,
  orNull,
  type Rule,
  refused,
  stored,
  text,
  textOr,
  wholeNumber,
} from '../reading/rules.ts';
import { SentObject } from '../reading/sent-object.ts';
import { STEERING } from '../reading/steering.ts';
import { startWalk, unbound, type Walk } from '../reading/walk.ts';
import { cacheOptions, moderation, serviceTier } from './chat-fields.ts';
import type { OpenAiFlavour } from './flavour.ts';
import { servedTiers, tierOf } from './generation.ts';
import { inputCount } from './responses-count.ts';
import { inputItem } from './responses-items.ts';
import { boundTools, responsesTool } from './responses-tools.ts';
import { responsesMeter } from './responses-usage.ts';

/** The provider takes no smaller cap. */
const LEAST_OUTPUT_TOKENS = 16;
const TEMPLATE_TOKENS = 64;

const reasoning: Rule = object({
  ...harmless('effort summary generate_summary context'),
  mode: (value, walk) => {
    if (value !== 'standard') unbound(walk, 'this mode of reasoning has no stated bound');
    return null;
  },
});

const responseFields = (flavour: OpenAiFlavour): FieldTable => ({
  ...STEERING,
  // Money, route, model, work: always checked.
  model: text,
  input: textOr(listOf(inputItem(flavour))),
  max_output_tokens: orNull(wholeNumber(LEAST_OUTPUT_TOKENS)),
  max_tool_calls: orNull(wholeNumber(1, 1_000)),
  tools: orNull(listOf(responsesTool)),
  stream: orNull(flag),
  stream_options: orNull(object({ include_obfuscation: flag })),
  reasoning: orNull(reasoning),
  ...serviceTier(flavour),
  moderation,
  prompt_cache_options: cacheOptions,
  context_management: orNull(noting((walk) => unbound(walk, 'compaction has no stated bound'))),
  store: orNull(only(false, 'would keep the answer at the provider; send false or nothing')),
  background: orNull(only(false, 'would go on working without a connection; send false or nothing')),
  previous_response_id: orNull(stored),
  conversation: orNull(stored),
  prompt: orNull(stored),
  access_programs: refused('depends on rights of the account that a grant does not pass on'),
  // Known and harmless.
  ...harmless(`
    include instructions metadata parallel_tool_calls prompt_cache_key prompt_cache_retention image
    safety_identifier temperature text tool_choice top_logprobs top_p truncation user`),
});

/** Responses of one provider. */
export const responses = (flavour: OpenAiFlavour): Operation => {
  const check = object(responseFields(flavour), 'model', 'input');
  return {
    name: `${flavour.provider}.responses`,
    method: 'POST',
    path: '/responses',
    capability: 'chat',
    body: 'json',
    maxBodyBytes: 32 * 1024 * 1024,
    read: (input) => readResponse(input, check, flavour),
    meter: responsesMeter,
  };
};

function readResponse(
  input: OperationInput,
  check: Rule,
  flavour: OpenAiFlavour,
): Result<Reading, PublicError> {
  const body = jsonBody(input);
  const walk = startWalk(input.unknownFields, typeof body.model === 'string' ? body.model : '');
  const found = check(body, walk);
  if (found) return fail(flawError(found));
  if (flavour.writesCache(walk.model)) walk.inputKinds.add('cache_write_5m');
  boundTools(walk, body.max_tool_calls);
  const { max_output_tokens: cap, ...rest } = body;
  const tier = tierOf(body, flavour);
  const tiers = tier === null ? {} : { service_tier: tier };
  const sent = new SentObject({ ...rest, store: false, ...tiers });
  return succeed({
    model: walk.model,
    stream: body.stream === true,
    tools: [...walk.tools],
    bound: {
      anyInputTokens: inputTokens(sent.bytes.length, walk, flavour),
      inputKinds: [...walk.inputKinds],
      outputs: 1,
      outputKinds: ['text'],
      fixed: walk.webSearches > 0 ? { web_search_calls: walk.webSearches } : {},
    },
    unbounded: walk.unbounded,
    serviceTiers: servedTiers(tier, flavour),
    outputCap: typeof cap === 'number' ? cap : null,
    minOutputTokens: LEAST_OUTPUT_TOKENS,
    encode: (outputTokens) => post('/v1/responses', sent.withCap('max_output_tokens', outputTokens)),
    hideUsageChunk: false,
    countInput: () => (flavour.countsInputExactly ? inputCount(body, walk) : null),
  });
}

/** The prompt once; with tools that the provider runs, once more for each call, each time at most the whole context window. */
function inputTokens(bytes: number, walk: Walk, { contextTokens }: OpenAiFlavour): number {
  const prompt = bytes - walk.mediaBytes + walk.mediaTokens + TEMPLATE_TOKENS;
  if (walk.serverCalls === 0) return prompt;
  if (contextTokens === null) unbound(walk, 'how much a search adds to the prompt is not known');
  return prompt + walk.serverCalls * (contextTokens ?? 0);
}
