// The requests that the sandbox understands, each parsed once and strictly where it matters.
// What the sandbox cannot give (several choices, stored conversations) is refused in words; what a model may leave
// unused anyway (temperature, tools, images) is left unused.

import { z } from 'zod';
import { CHAT_MODELS, EMBEDDING_MODELS } from './simulated-model.ts';

const capTokens = z.int().min(1).nullish();
const stream = z.boolean().nullish();

const textPart = z.looseObject({ text: z.string().optional() });
const content = z.union([z.string(), z.array(textPart)]).nullish();
const item = z.looseObject({ content });

/** The body of POST /v1/chat/completions. */
export const chatRequest = z.object({
  model: z.enum(CHAT_MODELS),
  messages: z.array(item).min(1),
  stream,
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: capTokens,
  max_completion_tokens: capTokens,
  n: z.literal(1, 'the sandbox gives one choice: leave n out').nullish(),
});
/** A parsed chat request. */
export type ChatRequest = z.infer<typeof chatRequest>;

/** The body of POST /v1/responses. */
export const responsesRequest = z.object({
  model: z.enum(CHAT_MODELS),
  input: z.union([z.string(), z.array(item).min(1)]),
  instructions: z.string().nullish(),
  stream,
  max_output_tokens: capTokens,
  previous_response_id: z.null('the sandbox stores nothing: send the conversation as input').optional(),
});
/** A parsed responses request. */
export type ResponsesRequest = z.infer<typeof responsesRequest>;

/** The body of POST /v1/embeddings. */
export const embeddingsRequest = z.object({
  model: z.enum(EMBEDDING_MODELS),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).max(4096).nullish(),
});
/** A parsed embeddings request. */
export type EmbeddingsRequest = z.infer<typeof embeddingsRequest>;

/** The texts of messages or input items, in order; other parts (images, calls) have none. */
export function textsOf(input: string | readonly z.infer<typeof item>[]): string[] {
  if (typeof input === 'string') return [input];
  return input.flatMap((one) => {
    if (typeof one.content === 'string') return [one.content];
    return (one.content ?? []).flatMap((part) => (part.text === undefined ? [] : [part.text]));
  });
}
