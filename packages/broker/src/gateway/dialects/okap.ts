// What holders of OKAP tokens are told when these have ended: OKAP's own types, inside the error of the API that they called.

import type { IncomingMessage } from 'node:http';
import type { PublicError } from '@valetkey/core';
import { looksLikeOkapToken } from '../../grants/key-token.ts';
import type { Dialect } from '../contract.ts';
import { readCredential } from '../credential.ts';
import type { JsonObject } from '../json/parse-json.ts';

/** The dialect to refuse this request in. */
export const refusalDialect = (
  dialect: Dialect,
  request: IncomingMessage,
  { code }: PublicError,
): Dialect => {
  if (code !== 'token_revoked' && code !== 'token_expired') return dialect;
  const credential = readCredential(request);
  if (!credential.ok || !looksLikeOkapToken(credential.value.token)) return dialect;
  return {
    ...dialect,
    errorBody(error, requestId) {
      const body = dialect.errorBody(error, requestId) as JsonObject;
      return { ...body, error: { ...(body.error as JsonObject), type: error.code } };
    },
  };
};
