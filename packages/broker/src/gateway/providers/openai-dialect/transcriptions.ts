// POST /audio/transcriptions, a multipart form: one checked file, each field once. The form is written again from what was checked.
// `whisper-` models are billed by the second; the others by tokens, inside a stated context window.
// Source: OpenAI API reference, create transcription, as typed by openai-node 7.57.

import { createHash } from 'node:crypto';
import { fail, type PublicError, type Result, succeed, type UsageBound } from '@valetkey/core';
import type { Meter, Operation, OperationInput, Reading } from '../../contract.ts';
import { isJsonObject, type JsonObject } from '../../json/parse-json.ts';
import { encodeMultipart } from '../../multipart/encode-multipart.ts';
import { fieldValue, type Multipart, type MultipartFile } from '../../multipart/multipart.ts';
import { Counts, objectIn } from '../metering/counts.ts';
import { jsonMeter } from '../metering/json-meter.ts';
import { type Report, reportOf } from '../metering/report.ts';
import { requestMeter } from '../metering/request-meter.ts';
import { type StreamFormat, streamMeter } from '../metering/stream-meter.ts';
import { type Flaw, flaw, flawError, under } from '../reading/flaw.ts';
import { plainReading } from '../reading/plain-reading.ts';
import { wavSeconds } from './wav.ts';

const BY_SECOND = /^whisper-/;
/** gpt-4o-transcribe and its kin: 16,000 tokens of context, 2,000 of output. */
const CONTEXT_TOKENS = 16_000;
const OUTPUT_TOKENS = 2_000;

/** Known fields and what each may be; names that end in `[]` may come more than once. */
const FIELDS: Readonly<Record<string, RegExp>> = {
  model: /^[^\r\n]{1,256}$/,
  stream: /^(?:true|false)$/,
  response_format: /^(?:json|text|srt|vtt|verbose_json|diarized_json)$/,
  language: /^[\w-]{0,64}$/,
  prompt: /^.*$/s,
  temperature: /^\d(?:\.\d{1,16})?$/,
  chunking_strategy: /^.*$/s,
  'timestamp_granularities[]': /^(?:word|segment)$/,
  'include[]': /^logprobs$/,
  'languages[]': /^[\w-]{1,64}$/,
  'keywords[]': /^.{1,256}$/s,
  'known_speaker_names[]': /^.{1,256}$/s,
};

/** Transcription of one provider. */
export const transcriptions = ({ provider }: { readonly provider: string }): Operation => ({
  name: `${provider}.audio.transcriptions`,
  method: 'POST',
  path: '/audio/transcriptions',
  capability: 'audio',
  body: 'multipart',
  maxBodyBytes: 26 * 1024 * 1024,
  read: readTranscription,
  meter: transcriptionMeter,
});

function readTranscription({ body, unknownFields }: OperationInput): Result<Reading, PublicError> {
  if (body.kind !== 'multipart') throw new Error('the gate gave no form to an operation that takes one');
  const { form } = body;
  const [file] = form.files;
  const found = checkFields(form, unknownFields) ?? checkFile(form);
  if (found || !file) return fail(flawError(found ?? flaw('has no file')));
  const model = fieldValue(form, 'model') as string;
  const request = () =>
    ({
      method: 'POST',
      path: '/v1/audio/transcriptions',
      ...encodeMultipart(form, boundaryOf(form)),
    }) as const;
  const reading = { stream: fieldValue(form, 'stream') === 'true', ...boundOf(model, file) };
  return succeed(plainReading(model, request, reading));
}

/** A digest of the whole form: a form that holds its own digest cannot be made. */
function boundaryOf({ fields, files }: Multipart): string {
  const hash = createHash('sha256').update(JSON.stringify(fields));
  for (const { bytes } of files) hash.update(bytes);
  return hash.digest('hex').slice(0, 40);
}

function checkFields(form: Multipart, unknownFields: 'refuse' | 'pass'): Flaw | null {
  for (const { name, value } of form.fields) {
    const pattern = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (pattern === undefined && unknownFields === 'pass' && !STEERING_NAME.test(name)) continue;
    if (pattern === undefined)
      return under(`.${name}`, flaw('is not a field this operation knows', 'unknown_field'));
    if (!pattern.test(value)) return under(`.${name}`, flaw('has a value this operation does not take'));
  }
  return fieldValue(form, 'model') === null ? under('.model', flaw('is missing')) : null;
}

/** Known fields spelled otherwise (blanks, case, list marks) and further recordings: refused in both modes. */
const STEERING_NAME = /^\s*(?:model|file|stream|response_format)\b|known_speaker_references/i;

const checkFile = ({ files }: Multipart): Flaw | null =>
  files.length === 1 && files[0]?.name === 'file'
    ? null
    : under('.file', flaw('must be there once, as the only file'));

function boundOf(model: string, file: MultipartFile): Pick<Reading, 'bound' | 'unbounded'> {
  const none: UsageBound = { anyInputTokens: 0, inputKinds: [], outputs: 0, outputKinds: [], fixed: {} };
  if (!BY_SECOND.test(model)) {
    const bound = { ...none, anyInputTokens: CONTEXT_TOKENS, inputKinds: ['text', 'audio'] as const };
    return { bound: { ...bound, fixed: { output_tokens: OUTPUT_TOKENS } }, unbounded: null };
  }
  const seconds = wavSeconds(file.bytes, file.bytes.byteLength);
  if (seconds !== null) return { bound: { ...none, fixed: { audio_seconds: seconds } }, unbounded: null };
  return { bound: none, unbounded: 'how long this file lasts cannot be told from its size; send PCM WAV' };
}

/** Usage in tokens or in seconds, whichever the model is billed by. */
function transcriptionReport({ usage }: JsonObject): Report | null {
  if (!isJsonObject(usage)) return null;
  const counts = new Counts();
  if (usage.type === 'duration') {
    const { seconds } = usage;
    const whole = counts.required(typeof seconds === 'number' ? Math.ceil(seconds) : seconds);
    return reportOf(counts, { audio_seconds: whole }, null);
  }
  const input = counts.required(usage.input_tokens);
  const text = counts.optional(objectIn(usage.input_token_details).text_tokens);
  const split = {
    input_tokens: text,
    input_audio_tokens: counts.rest(input, text),
    output_tokens: counts.required(usage.output_tokens),
  };
  return reportOf(counts, split, null);
}

const STREAM: StreamFormat = {
  needles: ['"transcript.text.done"', '"error"'],
  start: () => (event) => {
    if (isJsonObject(event.error)) return { error: true };
    const report = transcriptionReport(event);
    return {
      ...(report ? { report } : {}),
      ...(event.type === 'transcript.text.done' ? { last: true } : {}),
    };
  },
};

/** Plain-text answers report nothing: they are posted at the seconds of the file, or at the ceiling. */
function transcriptionMeter({ stream, bound }: Reading): Meter {
  if (stream) return streamMeter(STREAM);
  const { audio_seconds } = bound.fixed;
  const known = audio_seconds === undefined ? null : { audio_seconds };
  return jsonMeter(transcriptionReport, requestMeter(known));
}
