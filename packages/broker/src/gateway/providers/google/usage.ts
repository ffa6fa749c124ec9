// `usageMetadata` split into disjoint meters. Cached tokens are inside `promptTokenCount`; thoughts and what tools read stand beside.
// Counts of zero are left out. In a stream every chunk has the counts so far, and the last wins; what was searched stands in any of them.

import type { Meter, Reading } from '../../contract.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/parse-json.ts';
import { Counts, objectIn, wordIn } from '../metering/counts.ts';
import { jsonMeter } from '../metering/json-meter.ts';
import { type Report, reportOf } from '../metering/report.ts';
import { type StreamFormat, streamMeter } from '../metering/stream-meter.ts';

/** The usage of an answer, or of the last of some chunks; null when it has none. */
function generationReport(answer: JsonObject, chunks: readonly JsonValue[] = [answer]): Report | null {
  const { usageMetadata: usage } = answer;
  if (!isJsonObject(usage)) return null;
  const counts = new Counts();
  const total = counts.required(usage.totalTokenCount ?? usage.promptTokenCount);
  const prompt = counts.optional(usage.promptTokenCount);
  const cached = counts.optional(usage.cachedContentTokenCount);
  const candidates = counts.optional(usage.candidatesTokenCount);
  const thoughts = counts.optional(usage.thoughtsTokenCount);
  const toolUse = counts.optional(usage.toolUsePromptTokenCount);
  const input = modalities(counts, usage.promptTokensDetails);
  const fromCache = modalities(counts, usage.cacheTokensDetails);
  const output = modalities(counts, usage.candidatesTokensDetails);
  const cachedText = counts.rest(cached, fromCache.audio, fromCache.image);
  // What the total has more than its known parts is output: that is the dearest it can be.
  const unnamed = Math.max(0, total - prompt - toolUse - candidates - thoughts);
  const split = {
    input_tokens: counts.rest(prompt, input.audio, input.image, cachedText) + toolUse,
    cache_read_tokens: cachedText,
    input_audio_tokens: counts.rest(input.audio, fromCache.audio),
    cache_read_audio_tokens: fromCache.audio,
    input_image_tokens: counts.rest(input.image, fromCache.image),
    cache_read_image_tokens: fromCache.image,
    output_tokens: counts.rest(candidates, output.audio, output.image) + thoughts + unnamed,
    output_audio_tokens: output.audio,
    output_image_tokens: output.image,
    web_search_calls: chunks.reduce<number>((most, chunk) => Math.max(most, searchesIn(chunk)), 0),
  };
  return reportOf(
    counts,
    split,
    wordIn(answer.modelVersion),
    wordIn(usage.serviceTier)?.toLowerCase() ?? null,
  );
}

/** Tokens by modality; films are billed as text. */
function modalities(counts: Counts, details: JsonValue | undefined): { audio: number; image: number } {
  const of = (modality: string) =>
    Array.isArray(details)
      ? details.reduce<number>(
          (sum, entry) =>
            isJsonObject(entry) && entry.modality === modality
              ? sum + counts.optional(entry.tokenCount)
              : sum,
          0,
        )
      : 0;
  return { audio: of('AUDIO'), image: of('IMAGE') };
}

function searchesIn(answer: JsonValue): number {
  const { candidates } = objectIn(answer);
  return (Array.isArray(candidates) ? candidates : []).reduce<number>((sum, candidate) => {
    const queries = objectIn(objectIn(candidate).groundingMetadata).webSearchQueries;
    return sum + (Array.isArray(queries) ? queries.length : 0);
  }, 0);
}

const STREAM: StreamFormat = {
  needles: ['"usageMetadata"', '"finishReason"', '"blockReason"', '"error"'],
  start: () => {
    const open = new Set<JsonValue>();
    let searches = 0;
    return (event) => {
      if (isJsonObject(event.error)) return { error: true };
      for (const candidate of Array.isArray(event.candidates) ? event.candidates : []) {
        const { index = 0, finishReason } = objectIn(candidate);
        if (finishReason === undefined) open.add(index);
        else open.delete(index);
      }
      const ended = hasFinish(event) ? { last: open.size === 0 } : {};
      const found = generationReport(event);
      if (!found) return ended;
      searches = Math.max(searches, found.usage?.web_search_calls ?? 0);
      const usage =
        found.usage && searches > 0 ? { ...found.usage, web_search_calls: searches } : found.usage;
      return { ...ended, report: { ...found, usage } };
    };
  },
};

/** A candidate that ended, or a prompt that was refused: the provider's two ways of saying that it is done. */
const hasFinish = ({ candidates, promptFeedback }: JsonObject): boolean =>
  objectIn(promptFeedback).blockReason !== undefined ||
  (Array.isArray(candidates) &&
    candidates.some((candidate) => objectIn(candidate).finishReason !== undefined));

/** The meter of one generation: SSE, or JSON (a list of chunks when streamed without `alt=sse`). */
export const generationMeter = (isSse: boolean): Meter =>
  isSse ? streamMeter(STREAM) : jsonMeter(generationReport);

/** The meter of embeddings; models that report nothing are posted at their ceiling. */
export const embedMeter = (_reading: Reading): Meter => jsonMeter(generationReport);
