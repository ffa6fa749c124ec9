// Embeddings, as floats or as base64 of 32-bit little-endian floats. The vectors follow from the input alone.

import { jsonReply, type Operation, type Plan } from '../simulator/dialect.ts';
import { tokensOfText, vectorOf } from '../simulator/tokens.ts';
import { usageOf } from '../simulator/usage.ts';
import { embeddingUsage } from './usage.ts';

const DEFAULT_DIMENSIONS = 16;

/** POST /v1/embeddings; 16 dimensions unless asked otherwise. */
export const embeddings: Operation = {
  name: 'embeddings',
  method: 'POST',
  path: /^\/v1\/embeddings$/,
  billed: true,
  read({ json }) {
    if (typeof json.model !== 'string') return 'you must provide a model parameter';
    const inputs = inputsOf(json.input);
    if (inputs.length === 0) return "'$.input' is invalid.";
    const input = inputs.reduce(
      (sum, one) => sum + (typeof one === 'string' ? tokensOfText(one) : one.length),
      0,
    );
    return { model: json.model, stream: false, text: '', cut: false, usage: usageOf({ input }) };
  },
  write(plan) {
    const data = inputsOf(plan.request.json.input).map((input, index) => ({
      object: 'embedding',
      index,
      embedding: vector(plan, String(input)),
    }));
    return jsonReply({
      object: 'list',
      data,
      model: plan.model,
      usage: plan.report(embeddingUsage(plan.usage)),
    });
  },
};

/** The inputs one by one: texts, or lists of token numbers. */
function inputsOf(input: unknown): (string | number[])[] {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input)) return [];
  return typeof input[0] === 'number' ? [input as number[]] : (input as (string | number[])[]);
}

function vector(plan: Plan, input: string): number[] | string {
  const { dimensions, encoding_format } = plan.request.json;
  const values = vectorOf(input, typeof dimensions === 'number' ? dimensions : DEFAULT_DIMENSIONS);
  return encoding_format === 'base64'
    ? Buffer.from(new Float32Array(values).buffer).toString('base64')
    : values;
}
