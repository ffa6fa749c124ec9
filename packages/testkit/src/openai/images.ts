// Image generation: `gpt-image-*` is billed and reported in tokens, `dall-e-*` by the piece without a report.

import { jsonReply, type Operation, type Plan, streamReply } from '../simulator/dialect.ts';
import { sseEvent } from '../simulator/sse.ts';
import { promptTokens } from '../simulator/tokens.ts';
import { usageOf } from '../simulator/usage.ts';
import { imageUsage } from './usage.ts';

const CREATED = 1_750_000_000;
const PNG_OF_ONE_PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
/** Tokens of one unscripted image: a low-quality square. */
const TOKENS_PER_IMAGE = 272;

const byPiece = (model: string): boolean => model.startsWith('dall-e');

/** POST /v1/images/generations. */
export const images: Operation = {
  name: 'images',
  method: 'POST',
  path: /^\/v1\/images\/generations$/,
  billed: true,
  read({ json }) {
    if (typeof json.prompt !== 'string') return "Missing required parameter: 'prompt'.";
    const model = typeof json.model === 'string' ? json.model : 'gpt-image-1';
    const count = typeof json.n === 'number' ? json.n : 1;
    const usage = byPiece(model)
      ? usageOf({ images: count })
      : usageOf({ input: promptTokens(json.prompt), imageOutput: TOKENS_PER_IMAGE * count });
    return { model, stream: json.stream === true, text: '', cut: false, usage };
  },
  write(plan) {
    const usage = byPiece(plan.model) ? {} : { usage: plan.report(imageUsage(plan.usage)) };
    if (!plan.stream) return jsonReply({ created: CREATED, data: pictures(plan), ...usage });
    const type = 'image_generation.completed';
    const shape = { background: 'opaque', output_format: 'png', quality: 'low', size: '1024x1024' };
    return streamReply([
      sseEvent({ type, b64_json: PNG_OF_ONE_PIXEL, created_at: CREATED, ...shape, ...usage }, type),
    ]);
  },
};

function pictures({ request: { json } }: Plan): unknown[] {
  const picture =
    json.response_format === 'url'
      ? { url: 'http://127.0.0.1/simulated.png' }
      : { b64_json: PNG_OF_ONE_PIXEL };
  return Array.from({ length: typeof json.n === 'number' ? json.n : 1 }, () => picture);
}
