// Errors as callers of the OpenAI API know them: official SDKs choose their error class by the status and show `message`.

import { ERRORS, type PublicError } from '@valetkey/core';
import type { Dialect } from '../contract.ts';
import type { JsonObject } from '../json/parse-json.ts';

/** OpenAI's `{error: {message, type, param, code}}`; our fields stand beside them. */
const errorBody = (error: PublicError, requestId: string): JsonObject => ({
  error: {
    param: null,
    ...error.fields,
    message: error.message,
    type: typeOf(ERRORS[error.code].status),
    code: error.code,
    ...(error.link === undefined ? {} : { link: error.link }),
    ...(error.offer === undefined ? {} : { offer: error.offer as unknown as JsonObject }),
    ...(error.retryAfterSeconds === undefined ? {} : { retry_after_seconds: error.retryAfterSeconds }),
    request_id: requestId,
  },
});

const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'insufficient_quota',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
};

const typeOf = (status: number): string =>
  TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'server_error');

/** The OpenAI dialect. A stream that is cut ends with an error event; SDKs raise it, and no `[DONE]` pretends that it was whole. */
export const openaiDialect: Dialect = {
  name: 'openai',
  errorBody,
  streamError: (error, requestId) => `data: ${JSON.stringify(errorBody(error, requestId))}\n\n`,
};
