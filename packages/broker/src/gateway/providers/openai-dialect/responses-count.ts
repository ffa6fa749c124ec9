// POST /responses/input_tokens: how many tokens the input of a response has, by the provider's own count. Only for input that is the same
// when it is counted and when it is served, and is read once.
// Source: OpenAI's guide "Counting tokens"; API reference, get input token counts, as typed by openai-node 7.57.

import type { InputCount } from '../../contract.ts';
import { canonical, isJsonObject, type JsonObject, type JsonValue } from '../../json/parse-json.ts';
import type { Walk } from '../reading/walk.ts';
import { words } from '../reading/words.ts';

/** The fields that the count takes, which are those that become input. */
const COUNTED = new Set(
  words('model input instructions parallel_tool_calls reasoning text tool_choice tools truncation'),
);

/** Fields that add nothing to the input. Any other one may, so with it nothing is counted. */
const NEUTRAL = new Set(
  words(`
    background include max_output_tokens max_tool_calls metadata prompt_cache_key prompt_cache_options
    prompt_cache_retention safety_identifier service_tier store stream stream_options temperature top_logprobs top_p
    user`),
);

/** The question for a body that was checked; null when its answer would not be a bound. */
export function inputCount(body: JsonObject, walk: Walk): InputCount | null {
  // What the provider runs adds input while it runs; what it fetches may differ the next time; the guide does not speak of audio.
  if (walk.serverCalls > 0 || walk.unbounded !== null || walk.fetchesMedia || walk.inputKinds.has('audio'))
    return null;
  const given = Object.entries(body).filter(([, value]) => value !== null);
  if (!given.every(([name]) => COUNTED.has(name) || NEUTRAL.has(name))) return null;
  const counted = Object.fromEntries(given.filter(([name]) => COUNTED.has(name)));
  return {
    operation: 'openai.responses.input_tokens',
    path: '/v1/responses/input_tokens',
    body: canonical(counted),
    tokensIn,
  };
}

const tokensIn = (answer: JsonValue): number | null =>
  isJsonObject(answer) && typeof answer.input_tokens === 'number' ? answer.input_tokens : null;
