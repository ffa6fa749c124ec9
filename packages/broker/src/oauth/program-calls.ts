// What every call of a program that nobody registered has in common, whatever it speaks: a small JSON body that no browser page has sent, and
// an answer that nobody keeps.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail, type Result } from '@valetkey/core';
import { type BodyRefusal, readJsonBody } from './read-json-body.ts';
import { sendJson } from './send-json.ts';

/** A status and a JSON body. */
export interface ProgramAnswer {
  readonly status: number;
  readonly body: object;
}

const MAX_BODY_BYTES = 8 * 1024;
const RETRY_SECONDS = 60 * 60;

/** What was posted. A page that an owner only looks at MUST NOT make requests of its own stand on the owner's list. */
export async function readProgramCall(request: IncomingMessage): Promise<Result<unknown, BodyRefusal>> {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (request.method !== 'POST') return fail({ status: 405, detail: 'Ask with POST.' });
  if (origin !== undefined || site !== undefined)
    return fail({
      status: 403,
      detail: 'Programs ask here, pages do not: send it from the server of the app.',
    });
  return readJsonBody(request, MAX_BODY_BYTES);
}

/** Sends the answer, if anybody still listens. */
export function sendProgramAnswer(response: ServerResponse, { status, body }: ProgramAnswer): void {
  if (response.destroyed) return;
  sendJson(response, status, body, {
    ...(status === 405 && { allow: 'POST' }),
    ...(status === 429 && { 'retry-after': String(RETRY_SECONDS) }),
  });
}
