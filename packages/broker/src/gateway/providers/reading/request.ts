// Small pieces that every operation is made of.

import type { OperationInput, UpstreamRequest } from '../../contract.ts';
import type { JsonObject } from '../../json/parse-json.ts';

/** The JSON body of an operation that takes one; the gate has parsed it. */
export const jsonBody = ({ body }: OperationInput): JsonObject => {
  if (body.kind !== 'json') throw new Error('the gate gave no JSON body to an operation that takes one');
  return body.value;
};

/** A JSON request to `path`. */
export const post = (path: string, body: string | Buffer): UpstreamRequest => ({
  method: 'POST',
  path,
  contentType: 'application/json',
  body: typeof body === 'string' ? Buffer.from(body) : body,
});

/** A request without a body. */
export const get = (path: string): UpstreamRequest => ({
  method: 'GET',
  path,
  contentType: null,
  body: null,
});

/** A bound of nothing: for operations that cost nothing. */
export const FREE = { anyInputTokens: 0, inputKinds: [], outputs: 0, outputKinds: [], fixed: {} } as const;
