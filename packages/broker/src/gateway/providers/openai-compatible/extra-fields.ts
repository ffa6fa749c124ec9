// Fields that providers of this dialect know besides OpenAI's own. All of them are harmless, or checked here.

import { type FieldTable, harmless, object, oneOf, orNull, type Rule } from '../reading/rules.ts';

/** What most of them know: sampling, and how reasoning is shown. */
export const COMMON_CHAT_FIELDS: FieldTable = harmless(`
  top_k top_a min_p typical_p repetition_penalty min_tokens stop_token_ids skip_special_tokens
  reasoning reasoning_format include_reasoning thinking chat_template_kwargs`);

/** `cache_control` as routers pass it on to Anthropic. */
const cacheControl: Rule = orNull((value, walk) => {
  const found = object({ type: oneOf('ephemeral'), ttl: oneOf('5m', '1h') }, 'type')(value, walk);
  walk.inputKinds.add('cache_write_5m').add('cache_write_1h');
  return found;
});

/** What they know in messages and text parts: reasoning that is given back, prefixes, cache marks. */
export const COMMON_MESSAGE_FIELDS: FieldTable = {
  ...harmless('reasoning reasoning_content reasoning_details prefix annotations'),
  cache_control: cacheControl,
};
