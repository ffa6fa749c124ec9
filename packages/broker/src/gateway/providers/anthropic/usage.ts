// Usage as Anthropic reports it: cached and written tokens stand beside `input_tokens`, so its counts are disjoint already. In a stream
// `message_start` has what went in; each `message_delta` repeats the counts, cumulative, and the last is what is billed.

import type { Meter, Reading } from '../../contract.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/parse-json.ts';
import { Counts, objectIn, wordIn } from '../metering/counts.ts';
import { jsonMeter } from '../metering/json-meter.ts';
import { type Report, reportOf } from '../metering/report.ts';
import { type StreamFormat, streamMeter } from '../metering/stream-meter.ts';

/** The usage of a message; null when it has none. */
function messageReport({ usage, model }: JsonObject): Report | null {
  if (!isJsonObject(usage)) return null;
  const counts = new Counts();
  const written = counts.optional(usage.cache_creation_input_tokens);
  const writtenForAnHour = counts.optional(objectIn(usage.cache_creation).ephemeral_1h_input_tokens);
  const split = {
    input_tokens: counts.required(usage.input_tokens),
    cache_read_tokens: counts.optional(usage.cache_read_input_tokens),
    cache_write_5m_tokens: counts.rest(written, writtenForAnHour),
    cache_write_1h_tokens: writtenForAnHour,
    output_tokens: counts.required(usage.output_tokens),
    web_search_calls: counts.optional(objectIn(usage.server_tool_use).web_search_requests),
  };
  const tier = usage.speed === 'fast' ? 'fast' : wordIn(usage.service_tier);
  return reportOf(counts, split, wordIn(model), tier);
}

const STREAM: StreamFormat = {
  needles: ['"message_start"', '"message_delta"', '"message_stop"', '"error"'],
  start: () => {
    let usage: JsonObject = {};
    let model: JsonValue = null;
    return (event) => {
      if (event.type === 'error') return { error: true };
      if (event.type === 'message_stop') return { last: true };
      if (event.type === 'message_start') {
        const message = objectIn(event.message);
        model = message.model ?? null;
        usage = objectIn(message.usage);
        return {};
      }
      if (event.type !== 'message_delta' || !isJsonObject(event.usage)) return {};
      usage = { ...usage, ...withoutNulls(event.usage) };
      const report = messageReport({ usage, model });
      return report ? { report } : {};
    };
  },
};

const withoutNulls = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));

/** The meter of one message. */
export const messageMeter = ({ stream }: Reading): Meter =>
  stream ? streamMeter(STREAM) : jsonMeter(messageReport);
