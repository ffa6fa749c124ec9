// Reads a JSON body at the grant's own address and of an app that registers, with a limit on its size.

import type { IncomingMessage } from 'node:http';
import { fail, type Result, succeed } from '@valetkey/core';
import { readBody } from '../pages/read-form.ts';

const MAX_BODY_BYTES = 64 * 1024;

/** Why there is no body to read: the status and a sentence. */
export interface BodyRefusal {
  readonly status: number;
  readonly detail: string;
}

/** The value of an uncompressed JSON body of at most `maxBytes`, 64 KB unless told. */
export const readJsonBody = async (
  request: IncomingMessage,
  maxBytes = MAX_BODY_BYTES,
): Promise<Result<unknown, BodyRefusal>> => {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json' || request.headers['content-encoding'] !== undefined)
    return fail({ status: 415, detail: 'Send the body as application/json, uncompressed.' });
  const body = await readBody(request, maxBytes);
  if (body === null) return fail({ status: 413, detail: `The body must have at most ${maxBytes} bytes.` });
  try {
    return succeed(JSON.parse(body.toString('utf8')));
  } catch {
    return fail({ status: 400, detail: 'The body must be a JSON object.' });
  }
};
