// What can end an exchange before its answer is whole, and what the caller is told. Nothing of the underlying error reaches the caller:
// it could name addresses or carry the key.

import type { PublicError } from '@valetkey/core';

const FAULTS = {
  revoked: {
    code: 'token_revoked',
    message: 'This access was stopped by its owner while the answer was on its way.',
  },
  device_lost: {
    code: 'device_not_permitted',
    message: 'The device that asked was reported lost by its owner.',
  },
  suspended: {
    code: 'grant_suspended',
    message: 'This access was paused by its owner while the answer was on its way.',
  },
  expired: { code: 'token_expired', message: 'This access expired while the answer was on its way.' },
  narrowed: {
    code: 'operation_not_permitted',
    message: 'This access was narrowed by its owner while the answer was on its way.',
  },
  cut_off: {
    code: 'unavailable',
    message: 'The broker has lost its database, so it cannot tell whether this access still holds.',
    retryAfterSeconds: 1,
  },
  caller_gone: { code: 'invalid_request', message: 'The caller went away.' },
  too_long: { code: 'upstream_timeout', message: 'The answer took longer than the broker allows.' },
  too_large: { code: 'upstream_invalid', message: 'The answer was larger than the broker allows.' },
  redirect: {
    code: 'upstream_redirect',
    message: 'The provider answered with a redirect, which is never followed.',
  },
  encoded_answer: {
    code: 'upstream_invalid',
    message: 'The provider sent an encoded answer that was not asked for.',
  },
  key_refused: {
    code: 'provider_key_unusable',
    message: 'The provider refused the key behind this access. Its owner can replace it under AI accounts.',
  },
  unreachable: { code: 'upstream_unreachable', message: 'The provider could not be reached.' },
  timeout: { code: 'upstream_timeout', message: 'The provider did not answer in time.' },
  too_late: {
    code: 'unavailable',
    message: 'The request came too late to be forwarded. Send it again.',
    retryAfterSeconds: 1,
  },
  broken: { code: 'upstream_invalid', message: 'The provider broke off its answer.' },
  shutdown: {
    code: 'unavailable',
    message: 'The broker is restarting. Try again shortly.',
    retryAfterSeconds: 1,
  },
} as const satisfies Record<string, PublicError>;

/** Why an exchange ended early. */
export type ExchangeFault = keyof typeof FAULTS;

/** What the caller is told. */
export const faultError = (fault: ExchangeFault): PublicError => FAULTS[fault];

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** The kind of a connection's error. Before anything was sent it is the way there that failed: its name, port or certificate. */
export const connectionError = (error: Error, wasForwarded: boolean): ExchangeFault => {
  if (!wasForwarded) return 'unreachable';
  const { code = '' } = error as { code?: string };
  return TIMEOUTS.has(code) ? 'timeout' : 'broken';
};
