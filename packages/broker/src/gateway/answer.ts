// How the broker itself answers in a provider's place: errors in the dialect that was called, the budget header, CORS.

import type { ServerResponse } from 'node:http';
import { ERRORS, type ErrorCode, type PublicError, usdDecimal } from '@valetkey/core';
import type { Dialect } from './contract.ts';

/** Headers on every answer of the gateway. Any page may call it: what counts is the token, and no cookie is ever read here. */
export const commonHeaders = (requestId: string): Record<string, string> => ({
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'valetkey-budget, valetkey-receipt, valetkey-call-id, valetkey-request-id, idempotency-replayed, retry-after, request-id, x-request-id',
  'valetkey-request-id': requestId,
});

/** What is left and what this call took, as an RFC 9651 dictionary of decimal USD strings. */
export const budgetHeader = (budget: {
  readonly costNanos?: number;
  readonly remainingNanos: number | null;
  readonly reservedNanos: number | null;
  /** The output cap the broker set, where the caller set none. */
  readonly outputCap?: number | undefined;
}): string => {
  const members = [
    budget.costNanos === undefined ? '' : `cost="${usdDecimal(budget.costNanos)}"`,
    budget.remainingNanos === null ? '' : `remaining="${usdDecimal(budget.remainingNanos)}"`,
    budget.reservedNanos === null ? '' : `reserved="${usdDecimal(budget.reservedNanos)}"`,
    budget.outputCap === undefined ? '' : `output-cap=${budget.outputCap}`,
  ];
  return members.filter((member) => member !== '').join(', ');
};

/** Sends an error in the dialect called, with `more` headers. Does nothing if an answer has begun. */
export const sendError = (
  response: ServerResponse,
  dialect: Dialect,
  error: PublicError,
  requestId: string,
  issuer: string,
  more: Readonly<Record<string, string>> = {},
): void => {
  if (response.headersSent || response.destroyed) return;
  const { status, retry } = ERRORS[error.code];
  const body = Buffer.from(JSON.stringify(dialect.errorBody(error, requestId)));
  const headers: Record<string, string | number> = {
    ...commonHeaders(requestId),
    ...more,
    'content-type': 'application/json',
    'content-length': body.length,
    'cache-control': 'no-store',
    link: `<${issuer}/docs/errors/${error.code}>; rel="help"`,
  };
  if (!retry) headers['x-should-retry'] = 'false';
  if (error.retryAfterSeconds !== undefined) headers['retry-after'] = error.retryAfterSeconds;
  if (error.allow !== undefined) headers.allow = error.allow;
  if (status === 401) {
    headers['www-authenticate'] = challengeOf(error.code, issuer);
  }
  // What is left of a body that was not read would be taken for the next request.
  if (!response.req.complete) headers.connection = 'close';
  response.writeHead(status, headers);
  response.end(body);
};

/** What a caller has to do to be let in: RFC 6750 section 3 (no error where no token came), RFC 9449 section 7.1, RFC 9728 section 5.1. */
const challengeOf = (code: ErrorCode, issuer: string): string => {
  const metadata = `resource_metadata="${issuer}/.well-known/oauth-protected-resource"`;
  if (code === 'missing_token') return `Bearer ${metadata}`;
  if (code === 'invalid_dpop_proof') return `DPoP algs="ES256 Ed25519 EdDSA", error="${code}", ${metadata}`;
  return `Bearer ${metadata}, error="invalid_token"`;
};
