// Speech and transcription. `tts-*` is billed by character and `whisper-*` by second; the others in tokens.
// Speech as plain audio carries no usage report: only its event stream does.

import {
  jsonReply,
  type Operation,
  type Plan,
  type Reading,
  type Reply,
  type SimRequest,
  streamReply,
} from '../simulator/dialect.ts';
import { sseEvent } from '../simulator/sse.ts';
import { tokensOfText } from '../simulator/tokens.ts';
import { usageOf } from '../simulator/usage.ts';
import { speechUsage, transcriptionUsage } from './usage.ts';

/** Bytes of a simulated audio file that last one second, when transcribed. */
const BYTES_PER_SECOND = 16_000;
const TOKENS_PER_SECOND = 10;
const TRANSCRIPT = 'This is a simulated transcript.';

/** POST /v1/audio/speech. */
export const speech: Operation = {
  name: 'speech',
  method: 'POST',
  path: /^\/v1\/audio\/speech$/,
  billed: true,
  read({ json }) {
    if (typeof json.model !== 'string') return "Missing required parameter: 'model'.";
    if (typeof json.input !== 'string') return "Missing required parameter: 'input'.";
    const usage = json.model.startsWith('tts-')
      ? usageOf({ characters: [...json.input].length })
      : usageOf({
          input: tokensOfText(json.input),
          audioOutput: tokensOfText(json.input) * TOKENS_PER_SECOND,
        });
    return { model: json.model, stream: json.stream_format === 'sse', text: json.input, cut: false, usage };
  },
  write(plan) {
    const sounds = plan.pieces.map((piece) => Buffer.from(`simulated sound of ${piece}`));
    if (!plan.stream) return { contentType: 'audio/mpeg', body: sounds };
    const deltas = sounds.map((sound) => ({ type: 'speech.audio.delta', audio: sound.toString('base64') }));
    const done = { type: 'speech.audio.done', usage: plan.report(speechUsage(plan.usage)) };
    return streamReply([...deltas, done].map((event) => sseEvent(event)));
  },
};

/** POST /v1/audio/transcriptions (multipart/form-data). */
export const transcriptions: Operation = {
  name: 'transcriptions',
  method: 'POST',
  path: /^\/v1\/audio\/transcriptions$/,
  billed: true,
  read: readTranscription,
  write: writeTranscription,
};

async function readTranscription(request: SimRequest): Promise<Reading | string> {
  const { headers, body } = request.record;
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': headers['content-type'] ?? '' },
  })
    .formData()
    .catch(() => undefined);
  const [model, file] = [form?.get('model'), form?.get('file')];
  if (typeof model !== 'string') return 'you must provide a model parameter';
  if (!(file instanceof File)) return "Missing required parameter: 'file'.";
  const seconds = Math.max(1, Math.ceil(file.size / BYTES_PER_SECOND));
  const usage = model.startsWith('whisper-')
    ? usageOf({ seconds })
    : usageOf({ audioInput: seconds * TOKENS_PER_SECOND, output: tokensOfText(TRANSCRIPT) });
  formats.set(request.record, String(form?.get('response_format') ?? 'json'));
  return { model, stream: form?.get('stream') === 'true', text: TRANSCRIPT, cut: false, usage };
}

/** The `response_format` of each request: the one form field that the answer depends on. */
const formats = new WeakMap<object, string>();

function writeTranscription(plan: Plan): Reply {
  const usage = plan.report(transcriptionUsage(plan.usage));
  const { text } = plan;
  if (plan.stream) {
    const deltas = plan.pieces.map((delta) => ({ type: 'transcript.text.delta', delta }));
    return streamReply(
      [...deltas, { type: 'transcript.text.done', text, usage }].map((event) => sseEvent(event)),
    );
  }
  const format = formats.get(plan.request.record);
  if (format === 'verbose_json') {
    return jsonReply({
      task: 'transcribe',
      language: 'english',
      duration: plan.usage.seconds,
      text,
      segments: [],
      usage,
    });
  }
  return format === 'json' ? jsonReply({ text, usage }) : { contentType: 'text/plain', body: [`${text}\n`] };
}
