// Finds the one credential of a request. Three carriers are read, all with the same checks behind them; two different credentials at
// once are refused, so that nobody can be confused about which one counted. The query, cookies and other headers are never read.

import type { IncomingMessage } from 'node:http';
import { fail, type PublicError, type Result, succeed } from '@valetkey/core';
import { headerValues } from './header-values.ts';

/** A credential as it came: `scheme` is `dpop` only for `Authorization: DPoP` (RFC 9449 section 7.1). */
export interface Credential {
  readonly token: string;
  readonly scheme: 'bearer' | 'dpop';
}

const AUTHORIZATION = /^(bearer|dpop) +([\x21-\x7e]+)$/i;
const KEY_HEADERS = ['x-api-key', 'x-goog-api-key'];
const TOKEN = /^[\x21-\x7e]{1,8192}$/;

/** The credential of a request, or why there is not exactly one. */
export const readCredential = (request: IncomingMessage): Result<Credential, PublicError> => {
  const found = new Map<string, Credential>();
  for (const header of headerValues(request, 'authorization')) {
    const [, scheme, token] = AUTHORIZATION.exec(header) ?? [];
    if (!scheme || !token) {
      return fail({ code: 'invalid_token', message: 'The Authorization header must be `Bearer <token>`.' });
    }
    found.set(token, { token, scheme: scheme.toLowerCase() === 'dpop' ? 'dpop' : 'bearer' });
  }
  for (const name of KEY_HEADERS) {
    for (const token of headerValues(request, name))
      if (!found.has(token)) found.set(token, { token, scheme: 'bearer' });
  }
  const [credential, ...others] = found.values();
  if (!credential) {
    return fail({
      code: 'missing_token',
      message:
        'No token came with the request. Send it as `Authorization: Bearer <token>`, x-api-key or x-goog-api-key.',
    });
  }
  if (others.length > 0) {
    return fail({
      code: 'multiple_credentials',
      message: 'Two different credentials came with one request. Send one.',
    });
  }
  return TOKEN.test(credential.token)
    ? succeed(credential)
    : fail({ code: 'invalid_token', message: 'The token is malformed.' });
};
