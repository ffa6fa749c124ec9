// Usage as Gemini reports it: cached tokens are inside `promptTokenCount`, thoughts beside `candidatesTokenCount`.
// As in every protobuf JSON, a count of zero is left out. Source: the types of @google/genai 3.1.

import { inputTokens, outputTokens, type Usage } from '../simulator/usage.ts';

/** `usageMetadata` of generateContent and of each streamed chunk. */
export function generationUsage(usage: Usage): Record<string, unknown> {
  const candidates = outputTokens(usage) - usage.reasoning;
  return withoutZeros({
    promptTokenCount: inputTokens(usage),
    candidatesTokenCount: candidates,
    thoughtsTokenCount: usage.reasoning,
    cachedContentTokenCount: usage.cachedInput,
    totalTokenCount: inputTokens(usage) + outputTokens(usage),
    promptTokensDetails: modalities(
      inputTokens(usage) - usage.audioInput - usage.imageInput,
      usage.audioInput,
      usage.imageInput,
    ),
    cacheTokensDetails: modalities(usage.cachedInput, 0, 0),
    candidatesTokensDetails: modalities(usage.output, usage.audioOutput, usage.imageOutput),
  });
}

/** `usageMetadata` of embeddings. */
export const embeddingUsage = (usage: Usage): Record<string, unknown> =>
  withoutZeros({ promptTokenCount: usage.input, promptTokenDetails: modalities(usage.input, 0, 0) });

const withoutZeros = (counts: Record<string, number | unknown[]>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(counts).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value)),
  );

const modalities = (text: number, audio: number, image: number): unknown[] =>
  Object.entries({ TEXT: text, AUDIO: audio, IMAGE: image })
    .filter(([, tokenCount]) => tokenCount > 0)
    .map(([modality, tokenCount]) => ({ modality, tokenCount }));
