// Watches a JSON answer go by: keeps what passes, up to a limit, and reads the usage out of the whole at the end.
// MUST return the very bytes it was given.

import type { Meter } from '../../contract.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/parse-json.ts';
import { jsonIn } from './counts.ts';
import { meteredOf, type Report } from './report.ts';

const MAX_KEPT_BYTES = 32 * 1024 * 1024;
const NOTHING = new Uint8Array(0);

/**
 * A meter for one JSON answer: an object, or a list of objects whose last one has the final counts; `read` gets the last one and all. One
 * longer than 32 MiB is passed on and not read: `answer_too_large`. One that is neither is left to `otherwise`, or metered as nothing:
 * `answer_not_json`.
 */
export function jsonMeter(
  read: (answer: JsonObject, all: readonly JsonValue[]) => Report | null,
  otherwise?: Meter,
): Meter {
  let kept: Uint8Array[] = [];
  let keptBytes = 0;
  return {
    push(chunk) {
      keptBytes += chunk.byteLength;
      if (keptBytes <= MAX_KEPT_BYTES) kept.push(chunk);
      else kept = [];
      return chunk;
    },
    end() {
      if (keptBytes > MAX_KEPT_BYTES) return ended(null, ['answer_too_large']);
      const parsed = jsonIn(textOf(kept));
      const all = Array.isArray(parsed) ? parsed : [parsed ?? null];
      const answer = all.at(-1);
      kept = [];
      if (isJsonObject(answer)) return ended(read(answer, all), []);
      return otherwise?.end() ?? ended(null, ['answer_not_json']);
    },
  };
}

const textOf = (chunks: readonly Uint8Array[]): string => {
  const [only, ...others] = chunks;
  const { buffer, byteOffset, byteLength } = only && others.length === 0 ? only : Buffer.concat(chunks);
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
};

const ended = (report: Report | null, anomalies: readonly string[]) => ({
  rest: NOTHING,
  metered: meteredOf(report, anomalies.length === 0, anomalies),
});
