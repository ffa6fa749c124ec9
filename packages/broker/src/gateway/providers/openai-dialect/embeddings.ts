// POST /embeddings: input only, so its bytes (or its tokens, when it comes as numbers) bound the cost.

import { fail, succeed } from '@valetkey/core';
import type { Operation } from '../../contract.ts';
import { canonical } from '../../json/parse-json.ts';
import { jsonMeter } from '../metering/json-meter.ts';
import { flawError } from '../reading/flaw.ts';
import { plainReading } from '../reading/plain-reading.ts';
import { jsonBody, post } from '../reading/request.ts';
import { anything, object, oneOf, text, wholeNumber } from '../reading/rules.ts';
import { STEERING } from '../reading/steering.ts';
import { startWalk } from '../reading/walk.ts';

import { chatReport } from './chat-usage.ts';
import { promptCount, prompts } from './completions.ts';

/** Tokens added to each input by the provider, begin and end marks included. */
const TOKENS_PER_INPUT = 8;

const check = object(
  {
    ...STEERING,
    model: text,
    input: prompts,
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
    const anyInputTokens = Buffer.byteLength(sent) + TOKENS_PER_INPUT * promptCount(body.input);
    const bound = { anyInputTokens, inputKinds: ['text'], outputs: 0, outputKinds: [], fixed: {} } as const;
    return succeed(plainReading(body.model as string, () => post('/v1/embeddings', sent), { bound }));
  },
  meter: () => jsonMeter(chatReport),
});
