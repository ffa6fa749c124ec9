// Every field of POST /v1/messages and /v1/messages/count_tokens, what it may be, and why some are refused.
// Source: Anthropic API reference, messages (also beta), as typed by @anthropic-ai/sdk 1.12.

import {
  anything,
  type FieldTable,
  flag,
  harmless,
  kinds,
  listOf,
  noting,
  object,
  oneOf,
  orNull,
  type Rule,
  stored,
  text,
  textOr,
  wholeNumber,
} from '../reading/rules.ts';
import { STEERING, steers } from '../reading/steering.ts';
import { unbound } from '../reading/walk.ts';
import { cacheControl, contentBlock, message } from './content.ts';
import { tool } from './tools.ts';

/** Fields that steer to another model, server or payer here. */
const OWN_STEERING = steers('fallback_credit_token billing_policy user_profile_id workspace_id betas');

/** One of two values, the second of which costs more than is known here. */
const orUnpriced =
  (ordinary: string, dear: string, why: string): Rule =>
  (value, walk) => {
    if (value === dear) unbound(walk, why);
    return oneOf(ordinary, dear)(value, walk);
  };

const compaction = noting((walk) => unbound(walk, 'compaction has no stated bound'));

/** Clearing old content makes a request smaller; compaction runs the model once more. */
const edit = kinds('type', {
  clear_tool_uses_20250919: anything,
  clear_thinking_20251015: anything,
  compact_20260112: compaction,
});

/** What a prompt is made of: shared by messages and the counting of their tokens. */
export const promptFields: FieldTable = {
  ...STEERING,
  ...OWN_STEERING,
  model: text,
  messages: listOf(message),
  system: textOr(listOf(contentBlock)),
  tools: listOf(tool),
  tool_choice: anything,
  thinking: object({ type: text, budget_tokens: wholeNumber(1_024), display: anything }, 'type'),
  cache_control: cacheControl,
  output_config: object(harmless('effort format task_budget')),
  output_format: anything,
  speed: orNull(oneOf('standard', 'fast')),
  context_management: orNull(object({ edits: listOf(edit) })),
  compaction: orNull(compaction),
};

/** The table of messages. */
export const messageFields: FieldTable = {
  ...promptFields,
  // Money, route, work: always checked.
  // 0 fills the prompt cache and answers nothing.
  max_tokens: wholeNumber(0),
  stream: flag,
  service_tier: oneOf('auto', 'standard_only'),
  speed: orNull(orUnpriced('standard', 'fast', 'fast mode has a price that is not known here')),
  inference_geo: orNull(orUnpriced('global', 'us', 'this region has a surcharge that is not known here')),
  container: orNull(stored),
  diagnostics: orNull(stored),
  thread: orNull(stored),
  // Known and harmless.
  ...harmless('metadata stop_sequences temperature top_k top_p'),
};
