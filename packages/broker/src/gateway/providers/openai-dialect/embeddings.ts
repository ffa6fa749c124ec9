// POST /embeddings: input only, so its bytes (or its tokens, when it comes as numbers) bound the cost.

import { fail, succeed } from '@valetkey/core';
import type { Operation } from '../../contract.ts';
import { canonical, type JsonValue } from '../../json/parse-json.ts';
import { jsonMeter } from '../metering/json-meter.ts';
import { flaw, flawError } from '../reading/flaw.ts';
import { jsonBody, post } from '../reading/request.ts';
import { anything, listOf, object, oneOf, type Rule, text, wholeNumber } from '../reading/rules.ts';
import { startWalk } from '../reading/walk.ts';
import { STEERING } from './chat-fields.ts';
import { chatReport } from './chat-usage.ts';

const MOST_INPUTS = 2048;
/** Tokens added to each input by the provider, begin and end marks included. */
const TOKENS_PER_INPUT = 8;

const token = wholeNumber(0, 2 ** 32);
const entry: Rule = (value, walk) => (typeof value === 'string' ? null : listOf(token)(value, walk));

const input: Rule = (value, walk) => {
  if (typeof value === 'string') return null;
  if (!Array.isArray(value)) return flaw('must be a string or a list');
  return typeof value[0] === 'number' ? listOf(token)(value, walk) : listOf(entry, MOST_INPUTS)(value, walk);
};

const check = object(
  {
    ...STEERING,
    model: text,
    input,
    encoding_format: oneOf('float', 'base64'),
    dimensions: wholeNumber(1, 65_536),
    user: anything,
  },
  'model',
  'input',
);

/** Embeddings of one provider. */
export const embeddings = ({ provider }: { readonly provider: string }): Operation => ({
  name: `${provider}.embeddings`,
  method: 'POST',
  path: '/embeddings',
  capability: 'embeddings',
  body: 'json',
  maxBodyBytes: 8 * 1024 * 1024,
  read: (request) => {
    const body = jsonBody(request);
    const found = check(body, startWalk(request.unknownFields));
    if (found) return fail(flawError(found));
    const sent = canonical(body);
    return succeed({
      model: body.model as string,
      stream: false,
      tools: [],
      bound: {
        anyInputTokens: Buffer.byteLength(sent) + TOKENS_PER_INPUT * inputsOf(body.input),
        inputKinds: ['text'],
        outputs: 0,
        outputKinds: [],
        fixed: {},
      },
      unbounded: null,
      serviceTiers: [],
      outputCap: null,
      minOutputTokens: 0,
      encode: () => post('/v1/embeddings', sent),
      hideUsageChunk: false,
    });
  },
  meter: () => jsonMeter(chatReport),
});

const inputsOf = (value: JsonValue | undefined): number =>
  Array.isArray(value) && typeof value[0] !== 'number' ? value.length : 1;
