// Usage as Anthropic reports it: cached tokens stand beside `input_tokens`, not inside.
// Source: the types of @anthropic-ai/sdk 1.12 (Usage, MessageDeltaUsage).

import { outputTokens, type Usage } from '../simulator/usage.ts';

type Wire = Record<string, unknown>;

/** The counts that `message_delta` repeats, cumulative. */
export const deltaUsage = (usage: Usage): Wire => ({
  input_tokens: usage.input + usage.imageInput + usage.audioInput,
  cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
  cache_read_input_tokens: usage.cachedInput,
  output_tokens: outputTokens(usage),
  output_tokens_details: usage.reasoning > 0 ? { thinking_tokens: usage.reasoning } : null,
  server_tool_use:
    usage.webSearches > 0 ? { web_search_requests: usage.webSearches, web_fetch_requests: 0 } : null,
});

/** `usage` of a whole message, and of `message_start`. */
export const messageUsage = (usage: Usage): Wire => ({
  ...deltaUsage(usage),
  cache_creation: {
    ephemeral_5m_input_tokens: usage.cacheWrite5m,
    ephemeral_1h_input_tokens: usage.cacheWrite1h,
  },
  inference_geo: 'not_available',
  service_tier: 'standard',
  speed: null,
});
