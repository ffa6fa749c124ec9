// Usage as chat completions and completions report it, split into disjoint meters.
// Cached, written, image and audio tokens are parts of `prompt_tokens`, and images are billed as text; audio is a part of `completion_tokens`, reasoning is too at most providers
// (xAI adds it only to `total_tokens`, so what the total has more counts as output).

import type { ChargeOf, Meter, Reading } from '../../contract.ts';
import { isJsonObject, type JsonObject } from '../../json/parse-json.ts';
import { Counts, objectIn, wordIn } from '../metering/counts.ts';
import { creditsMeter } from '../metering/credits-meter.ts';
import { jsonMeter } from '../metering/json-meter.ts';
import { type Report, reportOf } from '../metering/report.ts';
import { type StreamFormat, streamMeter } from '../metering/stream-meter.ts';

/** The usage of an answer or of a chunk; null when it has none. */
export function chatReport(answer: JsonObject): Report | null {
  const { usage } = answer;
  if (!isJsonObject(usage)) return null;
  const counts = new Counts();
  const prompt = objectIn(usage.prompt_tokens_details);
  const completion = objectIn(usage.completion_tokens_details);
  const input = counts.required(usage.prompt_tokens);
  const total = counts.optional(usage.total_tokens);
  // Without a total there is nothing else that would tell what came out.
  const output =
    total === 0 ? counts.required(usage.completion_tokens) : counts.optional(usage.completion_tokens);
  const audio = counts.optional(prompt.audio_tokens);
  const cached = counts.optional(prompt.cached_tokens ?? usage.prompt_cache_hit_tokens);
  const written = counts.optional(prompt.cache_write_tokens);
  const outputAudio = counts.optional(completion.audio_tokens);
  const text = counts.rest(input, audio, written);
  // Cached tokens count as text first: audio has the larger discount, so no cost is hidden.
  const cachedText = Math.min(cached, text);
  const cachedAudio = cached - cachedText;
  const split = {
    input_tokens: text - cachedText,
    cache_read_tokens: cachedText,
    cache_write_5m_tokens: written,
    input_audio_tokens: counts.rest(audio, cachedAudio),
    cache_read_audio_tokens: cachedAudio,
    output_tokens: counts.rest(Math.max(output, total - input), outputAudio),
    output_audio_tokens: outputAudio,
  };
  return reportOf(counts, split, wordIn(answer.model), wordIn(answer.service_tier));
}

const STREAM: StreamFormat = {
  needles: ['"prompt_tokens"', '"error"'],
  endMark: '[DONE]',
  start: () => (event) => {
    if (isJsonObject(event.error)) return { error: true };
    const report = chatReport(event);
    if (!report) return {};
    // A chunk that also carries choices is the caller's: it MUST NOT be hidden.
    return { report, hide: Array.isArray(event.choices) && event.choices.length === 0 };
  },
};

/** The meter of one chat or text completion. Who is told the cost gets the chunk that says it, asked for or not. */
export const chatMeter = (
  { stream, hideUsageChunk }: Pick<Reading, 'stream' | 'hideUsageChunk'>,
  chargeOf?: ChargeOf,
): Meter => {
  const meter = stream
    ? streamMeter(STREAM, hideUsageChunk && chargeOf === undefined)
    : jsonMeter(chatReport);
  return chargeOf === undefined ? meter : creditsMeter(meter, chargeOf, stream);
};
