// Errors as callers of Google's API know them (google.rpc.Status, AIP-193): the official SDK shows the body as it is.

import { ERRORS, type PublicError } from '@valetkey/core';
import type { Dialect } from '../contract.ts';
import type { JsonObject } from '../json/parse-json.ts';

/** `{error: {code, message, status, details}}`; our code is the `reason` of an ErrorInfo, our fields its `metadata`, all strings. */
const errorBody = (error: PublicError, requestId: string): JsonObject => {
  const { status } = ERRORS[error.code];
  const { link, offer, retryAfterSeconds } = error;
  const metadata = { ...error.fields, requestId, ...(link === undefined ? {} : { link }) };
  return {
    error: {
      code: status,
      message: error.message,
      status: STATUS[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL'),
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: error.code,
          domain: 'valetkey',
          metadata: Object.fromEntries(
            Object.entries(metadata).map(([name, value]) => [name, String(value)]),
          ),
        },
        ...(retryAfterSeconds === undefined ? [] : [retryInfo(retryAfterSeconds)]),
        ...(offer === undefined ? [] : [struct({ offer: offer as unknown as JsonObject })]),
      ],
    },
  };
};

/** Any JSON among the details (google.protobuf.Struct in an Any). */
const struct = (value: JsonObject): JsonObject => ({
  '@type': 'type.googleapis.com/google.protobuf.Struct',
  value,
});

const retryInfo = (seconds: number): JsonObject => ({
  '@type': 'type.googleapis.com/google.rpc.RetryInfo',
  retryDelay: `${seconds}s`,
});

const STATUS: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** The Google dialect. A stream that is cut ends with an error object, which the official SDK raises. */
export const googleDialect: Dialect = {
  name: 'google',
  errorBody,
  streamError: (error, requestId) => `data: ${JSON.stringify(errorBody(error, requestId))}\n\n`,
};
