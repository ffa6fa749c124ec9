// Errors as callers of the Anthropic API know them: official SDKs choose their error class by the status and show the whole body.

import { ERRORS, type PublicError } from '@valetkey/core';
import type { Dialect } from '../contract.ts';
import type { JsonObject } from '../json/parse-json.ts';

/** Anthropic's `{type: 'error', error: {type, message}, request_id}`; our code and fields stand inside `error`. */
const errorBody = (error: PublicError, requestId: string): JsonObject => ({
  type: 'error',
  error: {
    ...error.fields,
    type: typeOf(ERRORS[error.code].status),
    message: error.message,
    code: error.code,
    ...(error.link === undefined ? {} : { link: error.link }),
    ...(error.offer === undefined ? {} : { offer: error.offer as unknown as JsonObject }),
    ...(error.retryAfterSeconds === undefined ? {} : { retry_after_seconds: error.retryAfterSeconds }),
  },
  request_id: requestId,
});

const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

const typeOf = (status: number): string =>
  TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');

/** The Anthropic dialect. A stream that is cut ends with an `error` event, as the provider's own do. */
export const anthropicDialect: Dialect = {
  name: 'anthropic',
  errorBody,
  streamError: (error, requestId) => `event: error\ndata: ${JSON.stringify(errorBody(error, requestId))}\n\n`,
};
