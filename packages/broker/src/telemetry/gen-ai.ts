// The words of OpenTelemetry's conventions for generative AI (v1.41, status: development), for what a call was and used.
// https://opentelemetry.io/docs/specs/semconv/gen-ai/. MUST NOT hold anything of a request or an answer but names and counts.

import type { Usage } from '@valetkey/core';

/** Well-known names of providers; others keep ours. */
const PROVIDERS: Readonly<Record<string, string>> = {
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  xai: 'x_ai',
};

/** The last part of our operations' names that are something the conventions have a word for. */
const OPERATIONS: Readonly<Record<string, string>> = {
  'chat.completions': 'chat',
  messages: 'chat',
  responses: 'chat',
  completions: 'text_completion',
  embeddings: 'embeddings',
  embedContent: 'embeddings',
  batchEmbedContents: 'embeddings',
  generateContent: 'generate_content',
  streamGenerateContent: 'generate_content',
};

/** `gen_ai.provider.name` of one of our providers. */
export const providerName = (provider: string): string => PROVIDERS[provider] ?? provider;

/** `gen_ai.operation.name` of one of our operations, `openai.chat.completions`; its own name where the conventions have none. */
export const operationName = (operation: string): string => {
  const own = operation.slice(operation.indexOf('.') + 1);
  return OPERATIONS[own] ?? own;
};

const sum = (usage: Usage, names: readonly (keyof Usage)[]): number =>
  names.reduce((total, name) => total + (usage[name] ?? 0), 0);

/** Tokens as the conventions count them: input with everything cached, and how much of it was. */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** The tokens of a usage. */
export const tokenCounts = (usage: Usage): TokenCounts => {
  const cacheRead = sum(usage, ['cache_read_tokens', 'cache_read_audio_tokens', 'cache_read_image_tokens']);
  const cacheWrite = sum(usage, ['cache_write_5m_tokens', 'cache_write_1h_tokens']);
  const uncached = sum(usage, ['input_tokens', 'input_audio_tokens', 'input_image_tokens']);
  return {
    input: uncached + cacheRead + cacheWrite,
    output: sum(usage, ['output_tokens', 'output_audio_tokens', 'output_image_tokens']),
    cacheRead,
    cacheWrite,
  };
};
