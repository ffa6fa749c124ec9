// Every field of POST /v1/messages and /v1/messages/count_tokens, what it may be, and why some are refused.
// Source: Anthropic API reference, messages (also beta), as typed by @anthropic-ai/sdk 1.12.

import {
  anything,
  type FieldTable,
  flag,
  kinds,
  listOf,
  object,
  oneOf,
  orNull,
  type Rule,
  steering,
  stored,
  text,
  textOr,
  wholeNumber,
} from '../reading/rules.ts';
import { cacheControl, contentBlock, message } from './content.ts';
import { tool } from './tools.ts';

/** Fields that steer to another model, route, server or payer. */
const STEERING: FieldTable = Object.fromEntries(
  [
    ...[
      'fallbacks',
      'fallback_credit_token',
      'mcp_servers',
      'billing_policy',
      'user_profile_id',
      'workspace_id',
      'betas',
    ],
    ...[
      'models',
      'route',
      'provider',
      'plugins',
      'extra_body',
      'api_base',
      'base_url',
      'baseURL',
      'custom_llm_provider',
    ],
  ].map((name) => [name, steering]),
);

const unpriced =
  (value: string, why: string): Rule =>
  (given, walk) => {
    if (given === value) walk.unbounded ??= why;
    return null;
  };

/** Clearing old content makes a request smaller; compaction runs the model once more. */
const edit = kinds('type', {
  clear_tool_uses_20250919: anything,
  clear_thinking_20251015: anything,
  compact_20260112: (_value, walk) => compaction(walk),
});

const compaction = (walk: Parameters<Rule>[1]) => {
  walk.unbounded ??= 'compaction has no stated bound';
  return null;
};

/** What a prompt is made of: shared by messages and the counting of their tokens. */
export const promptFields: FieldTable = {
  ...STEERING,
  model: text,
  messages: listOf(message),
  system: textOr(listOf(contentBlock)),
  tools: listOf(tool),
  tool_choice: anything,
  thinking: object({ type: text, budget_tokens: wholeNumber(1_024), display: anything }, 'type'),
  cache_control: cacheControl,
  output_config: object({ effort: anything, format: anything, task_budget: anything }),
  output_format: anything,
  speed: orNull(oneOf('standard', 'fast')),
  context_management: orNull(object({ edits: listOf(edit) })),
  compaction: orNull((_value, walk) => compaction(walk)),
};

/** The table of messages. */
export const messageFields: FieldTable = {
  ...promptFields,
  // Money, route, work: always checked.
  // 0 fills the prompt cache and answers nothing.
  max_tokens: wholeNumber(0),
  stream: flag,
  service_tier: oneOf('auto', 'standard_only'),
  speed: orNull(
    (value, walk) =>
      oneOf('standard', 'fast')(value, walk) ??
      unpriced('fast', 'fast mode has a price that is not known here')(value, walk),
  ),
  inference_geo: orNull(
    (value, walk) =>
      oneOf('global', 'us')(value, walk) ??
      unpriced('us', 'this region has a surcharge that is not known here')(value, walk),
  ),
  container: orNull(stored),
  diagnostics: orNull(stored),
  thread: orNull(stored),
  // Known and harmless.
  metadata: anything,
  stop_sequences: anything,
  temperature: anything,
  top_k: anything,
  top_p: anything,
};
