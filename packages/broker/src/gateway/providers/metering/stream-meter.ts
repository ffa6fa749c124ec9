// Watches an SSE answer go by and reads only the lines that can hold usage, the end, or an error. What it reads is cumulative at every
// provider, so the last report replaces the ones before.

import type { Meter } from '../../contract.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/parse-json.ts';
import { createSseScanner } from '../../sse/sse-scanner.ts';
import { jsonIn } from './counts.ts';
import { meteredOf, type Report } from './report.ts';

/** What one event says. */
interface EventReading {
  /** Usage so far; left out when the event has none. */
  readonly report?: Report;
  /** Whether the answer is whole with this event; left out when the event does not tell. */
  readonly last?: boolean;
  /** The provider tells of an error inside the stream. */
  readonly error?: boolean;
  /** The caller did not ask for this event; honoured only when the meter may hide. */
  readonly hide?: boolean;
}

/** How the streams of one operation are read. */
export interface StreamFormat {
  /** ASCII texts; only lines with one of them are looked at. */
  readonly needles: readonly string[];
  /** The payload that is not JSON and ends the answer, e.g. `[DONE]`; absent if the format has none. */
  readonly endMark?: string;
  /** Begins to read one stream; what it returns gets each event in order. */
  readonly start: () => (event: JsonObject) => EventReading;
  /** Longest line that is looked at; 1 MiB unless said. */
  readonly maxLineBytes?: number;
}

/** A meter for one stream; `canHide` allows it to keep events from the caller. */
export function streamMeter(format: StreamFormat, canHide = false): Meter {
  let report: Report | null = null;
  let complete = false;
  const anomalies: string[] = [];
  const read = format.start();
  const onData = (payload: string): 'pass' | 'hide' => {
    if (payload.trim() === format.endMark) {
      complete = true;
      return 'pass';
    }
    const event: JsonValue | undefined = jsonIn(payload);
    if (!isJsonObject(event)) return 'pass';
    const found = read(event);
    report = found.report ?? report;
    complete = found.last ?? complete;
    if (found.error) anomalies.push('error_in_stream');
    return found.hide && canHide ? 'hide' : 'pass';
  };
  const needles = format.endMark ? [...format.needles, format.endMark] : format.needles;
  const { maxLineBytes = 1024 * 1024 } = format;
  const scanner = createSseScanner({ needles, onData, canHide, maxLineBytes });
  return {
    push: (chunk) => scanner.push(chunk),
    end() {
      const rest = scanner.end();
      if (scanner.skippedLine) anomalies.push('line_too_long');
      const ended = complete && !anomalies.includes('error_in_stream');
      return { rest, metered: meteredOf(report, ended, anomalies) };
    },
  };
}
