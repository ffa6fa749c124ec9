// POST /images/generations: billed by tokens (gpt-image) or by the piece (dall-e). The request states how many and how good, so both are
// bounded where the provider states the most tokens of one picture.
// Source: OpenAI API reference, create image, as typed by openai-node 7.57; guide "Image generation", cost and latency.

import { fail, type PublicError, type Result, succeed, type Usage } from '@valetkey/core';
import type { Meter, Operation, OperationInput, Reading } from '../../contract.ts';
import { canonical, isJsonObject, type JsonObject } from '../../json/parse-json.ts';
import { Counts, objectIn, wordIn } from '../metering/counts.ts';
import { jsonMeter } from '../metering/json-meter.ts';
import { type Report, reportOf } from '../metering/report.ts';
import { type StreamFormat, streamMeter } from '../metering/stream-meter.ts';
import { flawError } from '../reading/flaw.ts';
import { plainReading } from '../reading/plain-reading.ts';
import { jsonBody, post } from '../reading/request.ts';
import { flag, harmless, object, oneOf, orNull, refused, text, wholeNumber } from '../reading/rules.ts';
import { STEERING } from '../reading/steering.ts';
import { startWalk } from '../reading/walk.ts';

/** The dearest picture of these models: high quality, 1024x1536. */
const MOST_IMAGE_TOKENS = 6_240;
const BOUNDED_MODEL = /^(?:gpt-image-1(?:$|-mini|\.5)|chatgpt-image-latest$)/;
const PARTIAL_IMAGE_TOKENS = 100;
const BY_THE_PIECE = /^dall-e-/;

const notOffered = refused('is not offered: its cost has no stated bound');

const check = object(
  {
    ...STEERING,
    // Money, model, work: always checked.
    model: text,
    prompt: text,
    n: orNull(wholeNumber(1, 10)),
    partial_images: orNull(wholeNumber(0, 3)),
    quality: orNull(oneOf('low', 'medium', 'high', 'xhigh', 'max', 'auto', 'standard', 'hd')),
    size: orNull(text),
    stream: orNull(flag),
    output_format: orNull(oneOf('png', 'webp', 'jpeg')),
    svg: notOffered,
    frame_count: orNull(notOffered),
    frame_duration_ms: orNull(notOffered),
    // Known and harmless.
    ...harmless(`
      background complexity moderation output_compression response_format safety_identifier style user`),
  },
  'model',
  'prompt',
);

/** Image generation of one provider. */
export const images = ({ provider }: { readonly provider: string }): Operation => ({
  name: `${provider}.images.generations`,
  method: 'POST',
  path: '/images/generations',
  capability: 'images',
  body: 'json',
  maxBodyBytes: 1024 * 1024,
  read: readImages,
  meter: imageMeter,
});

function readImages(input: OperationInput): Result<Reading, PublicError> {
  const body = jsonBody(input);
  const found = check(body, startWalk(input.unknownFields));
  if (found) return fail(flawError(found));
  const model = body.model as string;
  const sent = canonical(body);
  const count = typeof body.n === 'number' ? body.n : 1;
  const byPiece = BY_THE_PIECE.test(model);
  const fixed: Usage = byPiece ? { images: count } : { output_image_tokens: imageTokens(body, count) };
  return succeed(
    plainReading(model, () => post('/v1/images/generations', sent), {
      stream: body.stream === true,
      bound: {
        anyInputTokens: byPiece ? 0 : Buffer.byteLength(sent),
        inputKinds: ['text'],
        outputs: 0,
        outputKinds: [],
        fixed,
      },
      unbounded:
        byPiece || BOUNDED_MODEL.test(model) ? null : 'the pictures of this model have no stated most tokens',
    }),
  );
}

const imageTokens = ({ partial_images }: JsonObject, count: number): number =>
  count * (MOST_IMAGE_TOKENS + PARTIAL_IMAGE_TOKENS * Number(partial_images ?? 0));

/** Usage in tokens; image models that report no split of their output make pictures only. */
function tokenReport(answer: JsonObject): Report | null {
  const { usage } = answer;
  if (!isJsonObject(usage)) return null;
  const counts = new Counts();
  const input = counts.required(usage.input_tokens);
  const output = counts.required(usage.output_tokens);
  const inputImage = counts.optional(objectIn(usage.input_tokens_details).image_tokens);
  const outputText = counts.optional(objectIn(usage.output_tokens_details).text_tokens);
  const split = {
    input_tokens: counts.rest(input, inputImage),
    input_image_tokens: inputImage,
    output_tokens: outputText,
    output_image_tokens: counts.rest(output, outputText),
  };
  return reportOf(counts, split, wordIn(answer.model));
}

/** What was delivered, where pictures are billed by the piece and no usage is reported. */
const pieceReport = ({ data }: JsonObject): Report | null =>
  Array.isArray(data)
    ? { usage: { images: data.length }, modelReported: null, serviceTier: null, anomaly: null }
    : null;

/** Events carry whole pictures in one line. */
const MAX_LINE_BYTES = 24 * 1024 * 1024;

const STREAM: StreamFormat = {
  needles: ['"usage"', '"image_generation.completed"', '"error"'],
  maxLineBytes: MAX_LINE_BYTES,
  start: () => (event) => {
    if (isJsonObject(event.error)) return { error: true };
    const report = tokenReport(event);
    return {
      ...(report ? { report } : {}),
      ...(event.type === 'image_generation.completed' ? { last: true } : {}),
    };
  },
};

function imageMeter({ stream, model }: Reading): Meter {
  if (stream) return streamMeter(STREAM);
  return jsonMeter(BY_THE_PIECE.test(model ?? '') ? pieceReport : tokenReport);
}
