// POST /audio/speech: `tts-` models are billed by the characters of the input; the others by tokens, which only their event stream reports.
// Source: OpenAI API reference, create speech, as typed by openai-node 7.57.

import { fail, type PublicError, type Result, succeed } from '@valetkey/core';
import type { Meter, Operation, OperationInput, Reading } from '../../contract.ts';
import { canonical, isJsonObject, type JsonObject } from '../../json/parse-json.ts';
import { Counts } from '../metering/counts.ts';
import { type Report, reportOf } from '../metering/report.ts';
import { requestMeter } from '../metering/request-meter.ts';
import { type StreamFormat, streamMeter } from '../metering/stream-meter.ts';
import { flawError } from '../reading/flaw.ts';
import { plainReading } from '../reading/plain-reading.ts';
import { jsonBody, post } from '../reading/request.ts';
import { anything, object, oneOf, text } from '../reading/rules.ts';
import { STEERING } from '../reading/steering.ts';
import { startWalk } from '../reading/walk.ts';

const BY_CHARACTER = /^tts-/;

const check = object(
  {
    ...STEERING,
    model: text,
    input: text,
    // A custom voice is an object with an id: it belongs to somebody.
    voice: text,
    instructions: text,
    stream_format: oneOf('audio', 'sse'),
    response_format: anything,
    speed: anything,
  },
  'model',
  'input',
  'voice',
);

/** Speech of one provider. */
export const speech = ({ provider }: { readonly provider: string }): Operation => ({
  name: `${provider}.audio.speech`,
  method: 'POST',
  path: '/audio/speech',
  capability: 'audio',
  body: 'json',
  maxBodyBytes: 1024 * 1024,
  read: readSpeech,
  meter: speechMeter,
});

function readSpeech(input: OperationInput): Result<Reading, PublicError> {
  const body = jsonBody(input);
  const found = check(body, startWalk(input.unknownFields));
  if (found) return fail(flawError(found));
  const model = body.model as string;
  const sent = canonical(body);
  const byCharacter = BY_CHARACTER.test(model);
  return succeed(
    plainReading(model, () => post('/v1/audio/speech', sent), {
      stream: body.stream_format === 'sse',
      bound: {
        anyInputTokens: byCharacter ? 0 : Buffer.byteLength(sent),
        inputKinds: ['text'],
        outputs: 0,
        outputKinds: [],
        // Code points: never fewer than what a provider counts as characters of well-formed text.
        fixed: byCharacter ? { characters: [...(body.input as string)].length } : {},
      },
      unbounded: byCharacter ? null : 'how long this model speaks has no stated bound',
    }),
  );
}

const speechReport = ({ usage }: JsonObject): Report | null => {
  if (!isJsonObject(usage)) return null;
  const counts = new Counts();
  const [input_tokens, output_audio_tokens] = [
    counts.required(usage.input_tokens),
    counts.required(usage.output_tokens),
  ];
  return reportOf(counts, { input_tokens, output_audio_tokens }, null);
};

const STREAM: StreamFormat = {
  needles: ['"speech.audio.done"', '"error"'],
  start: () => (event) => {
    if (isJsonObject(event.error)) return { error: true };
    const report = speechReport(event);
    return { ...(report ? { report } : {}), ...(event.type === 'speech.audio.done' ? { last: true } : {}) };
  },
};

function speechMeter({ stream, bound }: Reading): Meter {
  const { characters } = bound.fixed;
  if (characters !== undefined) return requestMeter({ characters });
  return stream ? streamMeter(STREAM) : requestMeter(null);
}
