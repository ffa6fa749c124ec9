// Usage as the Responses API reports it: in the answer, or in the response object of the stream's last event. Web searches are counted from
// the output, where each stands as one item.

import type { Meter, Reading } from '../../contract.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/parse-json.ts';
import { Counts, objectIn, wordIn } from '../metering/counts.ts';
import { jsonMeter } from '../metering/json-meter.ts';
import { type Report, reportOf } from '../metering/report.ts';
import { type StreamFormat, streamMeter } from '../metering/stream-meter.ts';

/** The usage of a response object; null while it has none. */
function responsesReport(response: JsonObject): Report | null {
  const { usage } = response;
  if (!isJsonObject(usage)) return null;
  const counts = new Counts();
  const details = objectIn(usage.input_tokens_details);
  const input = counts.required(usage.input_tokens);
  const cached = counts.optional(details.cached_tokens);
  const written = counts.optional(details.cache_write_tokens);
  const writtenLong = counts.optional(objectIn(details.cache_write_tokens_details).ttl_12h_tokens);
  const split = {
    input_tokens: counts.rest(input, cached, written),
    cache_read_tokens: cached,
    cache_write_5m_tokens: counts.rest(written, writtenLong),
    cache_write_1h_tokens: writtenLong,
    output_tokens: counts.required(usage.output_tokens),
    web_search_calls: searchesIn(response.output),
  };
  return reportOf(counts, split, wordIn(response.model), wordIn(response.service_tier));
}

/** Opening a page that was found is not a search. */
const searchesIn = (output: JsonValue | undefined): number =>
  Array.isArray(output)
    ? output.filter((item) => isJsonObject(item) && item.type === 'web_search_call' && isSearch(item)).length
    : 0;

const isSearch = ({ action }: JsonObject): boolean => !isJsonObject(action) || action.type === 'search';

const LAST = new Set<JsonValue | undefined>(['response.completed', 'response.incomplete']);

const STREAM: StreamFormat = {
  needles: ['"response.completed"', '"response.incomplete"', '"response.failed"', '"error"'],
  // The last event repeats the whole answer in one line.
  maxLineBytes: 16 * 1024 * 1024,
  start: () => (event) => {
    if (event.type === 'error' || isJsonObject(event.error)) return { error: true };
    const report = isJsonObject(event.response) ? responsesReport(event.response) : null;
    return {
      ...(report ? { report } : {}),
      ...(LAST.has(event.type) ? { last: true } : {}),
      error: event.type === 'response.failed',
    };
  },
};

/** The meter of one response. */
export const responsesMeter = ({ stream }: Reading): Meter =>
  stream ? streamMeter(STREAM) : jsonMeter(responsesReport);
