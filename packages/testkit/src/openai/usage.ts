// Usage as OpenAI reports it: totals that include their details.
// Source: the types of the openai SDK 7.57 (CompletionUsage, ResponseUsage) and the API reference.

import { inputTokens, outputTokens, type Usage } from '../simulator/usage.ts';

type Wire = Record<string, unknown>;

/** `usage` of chat completions and completions. */
export const completionUsage = (usage: Usage): Wire => ({
  prompt_tokens: inputTokens(usage),
  completion_tokens: outputTokens(usage),
  total_tokens: inputTokens(usage) + outputTokens(usage),
  prompt_tokens_details: {
    cached_tokens: usage.cachedInput,
    audio_tokens: usage.audioInput,
    ...(usage.cacheWrite5m > 0 ? { cache_write_tokens: usage.cacheWrite5m } : {}),
  },
  completion_tokens_details: {
    reasoning_tokens: usage.reasoning,
    audio_tokens: usage.audioOutput,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
});

/** `usage` of a response object. */
export const responseUsage = (usage: Usage): Wire => ({
  input_tokens: inputTokens(usage),
  input_tokens_details: { cached_tokens: usage.cachedInput, cache_write_tokens: usage.cacheWrite5m },
  output_tokens: outputTokens(usage),
  output_tokens_details: { reasoning_tokens: usage.reasoning },
  total_tokens: inputTokens(usage) + outputTokens(usage),
});

/** `usage` of embeddings. */
export const embeddingUsage = (usage: Usage): Wire => ({
  prompt_tokens: inputTokens(usage),
  total_tokens: inputTokens(usage),
});

/** `usage` of images made by token-billed models. */
export const imageUsage = (usage: Usage): Wire => ({
  input_tokens: inputTokens(usage),
  input_tokens_details: { text_tokens: usage.input, image_tokens: usage.imageInput },
  output_tokens: outputTokens(usage),
  output_tokens_details: { text_tokens: usage.output, image_tokens: usage.imageOutput },
  total_tokens: inputTokens(usage) + outputTokens(usage),
});

/** `usage` of a transcription: seconds for models billed by duration, else tokens. */
export const transcriptionUsage = (usage: Usage): Wire =>
  usage.seconds > 0
    ? { type: 'duration', seconds: usage.seconds }
    : {
        type: 'tokens',
        input_tokens: inputTokens(usage),
        input_token_details: { text_tokens: usage.input, audio_tokens: usage.audioInput },
        output_tokens: outputTokens(usage),
        total_tokens: inputTokens(usage) + outputTokens(usage),
      };

/** `usage` of speech that is streamed as events. */
export const speechUsage = (usage: Usage): Wire => ({
  input_tokens: inputTokens(usage),
  output_tokens: outputTokens(usage),
  total_tokens: inputTokens(usage) + outputTokens(usage),
});
