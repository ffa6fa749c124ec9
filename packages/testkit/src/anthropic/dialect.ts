// Anthropic's API as a simulator speaks it.

import type { Dialect } from '../simulator/dialect.ts';
import { sseEvent } from '../simulator/sse.ts';
import { countTokens, messages } from './messages.ts';
import { getModel, listModels } from './models.ts';

const ERROR_TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

const error = (status: number, message: string, request_id: string) => ({
  type: 'error',
  error: { type: ERROR_TYPES[status] ?? 'api_error', message },
  request_id,
});

/** Anthropic's dialect. */
export const anthropic: Dialect = {
  defaultModels: ['claude-opus-4-6', 'claude-sonnet-4-6', 'claude-haiku-4-5'],
  requestIdPrefix: 'req_anthropic_',
  badKeyStatus: 401,
  headers: (requestId) => ({ 'request-id': requestId, 'anthropic-organization-id': 'simulated' }),
  operations: [messages, countTokens, listModels, getModel],
  errorBody: error,
  errorEvent: (message, requestId) => sseEvent(error(529, message, requestId), 'error'),
};
