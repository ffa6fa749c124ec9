// Watches a JSON answer go by: keeps what passes, up to a limit, and reads the usage out of the whole at the end.
// MUST return the very bytes it was given.

import type { Meter } from '../../contract.ts';
import { isJsonObject, type JsonObject } from '../../json/parse-json.ts';
import { jsonIn } from './counts.ts';
import { meteredOf, type Report } from './report.ts';

const MAX_KEPT_BYTES = 32 * 1024 * 1024;
const NOTHING = new Uint8Array(0);

/** A meter for one JSON answer. An answer longer than 32 MiB is passed on and not read: `answer_too_large`. */
export function jsonMeter(
  read: (answer: JsonObject) => Report | null,
  maxKeptBytes: number = MAX_KEPT_BYTES,
): Meter {
  let kept: Uint8Array[] = [];
  let keptBytes = 0;
  return {
    push(chunk) {
      keptBytes += chunk.byteLength;
      if (keptBytes <= maxKeptBytes) kept.push(chunk);
      else kept = [];
      return chunk;
    },
    end() {
      if (keptBytes > maxKeptBytes)
        return { rest: NOTHING, metered: meteredOf(null, false, ['answer_too_large']) };
      const answer = jsonIn(Buffer.concat(kept).toString('utf8'));
      kept = [];
      if (!isJsonObject(answer))
        return { rest: NOTHING, metered: meteredOf(null, false, ['answer_not_json']) };
      return { rest: NOTHING, metered: meteredOf(read(answer), true, []) };
    },
  };
}
