// TPX clients read what a call cost in the answer itself: `usage.credits_charged`, in a stream in its last chunk. What carries the usage is kept
// back until the cost is known, everything before it passes at once; an answer that was cut off or is not as expected passes as it came.

import type { ChargeOf, Meter } from '../../contract.ts';
import { isJsonObject } from '../../json/parse-json.ts';
import { setMember } from '../../json/set-member.ts';
import { ByteQueue } from '../../sse/byte-queue.ts';
import { jsonIn } from './counts.ts';

const NANOS_PER_CREDIT = 1000;
/** More than this is not kept back: it passes without the member. */
const MOST_KEPT_BYTES = { stream: 65_536, whole: 8_388_608 };
const NOTHING = new Uint8Array(0);
/** As the meter of chat completions finds usage. Quotes inside strings are escaped, so no text of a model looks like it. */
const USAGE = '"prompt_tokens"';

/** `meter` for callers who are told the cost in credits of USD 0.000001, rounded up. `isStream` says how the answer was asked for. */
export function creditsMeter(meter: Meter, chargeOf: ChargeOf, isStream: boolean): Meter {
  const kept = new ByteQueue();
  const mostBytes = isStream ? MOST_KEPT_BYTES.stream : MOST_KEPT_BYTES.whole;
  let isPassing = false;
  return {
    changesLength: true,
    push(chunk) {
      const passed = meter.push(chunk);
      if (isPassing) return passed;
      kept.append(passed);
      if (!isStream && kept.length <= mostBytes) return NOTHING;
      const bytes = kept.take();
      const from = isStream ? beginOfUsage(bytes) : bytes.length;
      if (!isStream) isPassing = true;
      if (bytes.length - from > mostBytes) return bytes;
      kept.append(bytes.subarray(from));
      return bytes.subarray(0, from);
    },
    end() {
      const { rest, metered } = meter.end();
      kept.append(rest);
      const bytes = kept.take();
      const nanos = isPassing ? null : chargeOf(metered);
      return { metered, rest: nanos === null ? bytes : withCredits(bytes, creditsOf(nanos), isStream) };
    },
  };
}

const creditsOf = (nanos: number): number => {
  const over = nanos % NANOS_PER_CREDIT;
  return (nanos - over) / NANOS_PER_CREDIT + (over === 0 ? 0 : 1);
};

/** Each byte a character, so that what is not changed stays the same bytes, whatever they are. */
const latin1 = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('latin1');

/** Where the line begins that has the usage, if only the end of the stream stands behind it; else where the last line begins that has no end yet. */
function beginOfUsage(bytes: Uint8Array): number {
  const text = latin1(bytes);
  let usageAt: number | null = null;
  let end = 0;
  for (const { 0: lineEnd, index } of text.matchAll(/[\r\n]+/g)) {
    const line = text.slice(end, index);
    if (line.startsWith('data:') && line.includes(USAGE)) usageAt = end;
    else if (line.startsWith('data:') && line.slice(5).trim() !== '[DONE]') usageAt = null;
    end = index + lineEnd.length;
  }
  return usageAt ?? end;
}

function withCredits(bytes: Uint8Array, credits: number, isStream: boolean): Uint8Array {
  const text = latin1(bytes);
  const [mark, json] = isStream ? (/^data:([^\r\n]*)/.exec(text) ?? []) : ['', text];
  if (mark === undefined || json === undefined || !isJsonObject(jsonIn(json))) return bytes;
  const set = setMember(json, 'usage', 'credits_charged', credits);
  if (set === null) return bytes;
  return Buffer.from(isStream ? `data:${set}${text.slice(mark.length)}` : set, 'latin1');
}
