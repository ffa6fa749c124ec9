// Where Anthropic's SDK refreshes the tokens of a profile of type `user_oauth`: `<base>/v1/oauth/token`, in JSON. It is the token endpoint in
// other clothes, for refresh tokens of public clients alone; everything is decided there.

import { IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { OAUTH_PATHS } from './paths.ts';
import { readJsonBody } from './read-json-body.ts';
import { sendJson } from './send-json.ts';

const MAX_BODY_BYTES = 16 * 1024;

const schema = z.strictObject({
  grant_type: z.literal('refresh_token'),
  refresh_token: z.string().min(1),
  client_id: z.string().min(1),
});

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Library {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
}

/** The handler by path. The library is asked for each time, because a key rotation replaces it. */
export const createProfileRefresh = (library: () => Library): Readonly<Record<string, Handler>> => {
  const handler = (request: IncomingMessage, response: ServerResponse) => refresh(request, response, library);
  return { [OAUTH_PATHS.profileToken]: handler, [OAUTH_PATHS.profileTokenTwice]: handler };
};

async function refresh(
  request: IncomingMessage,
  response: ServerResponse,
  library: () => Library,
): Promise<void> {
  const refuse = (status: number, error_description: string) =>
    sendJson(
      response,
      status,
      { error: 'invalid_request', error_description },
      status === 405 ? { allow: 'POST' } : {},
    );
  if (request.method !== 'POST') return refuse(405, 'Refresh with POST.');
  const body = await readJsonBody(request, MAX_BODY_BYTES);
  if (!body.ok) return refuse(body.error.status, body.error.detail);
  const sent = schema.safeParse(body.value);
  if (!sent.success)
    return refuse(400, 'Send grant_type "refresh_token", refresh_token and client_id, and nothing else.');
  library().handle(asForm(request, sent.data), response);
}

/** The same request as the token endpoint knows it. No header goes along: neither a credential nor a proof, which is for another address. */
function asForm({ socket }: IncomingMessage, fields: Readonly<Record<string, string>>): IncomingMessage {
  const body = Buffer.from(new URLSearchParams(fields).toString());
  const form = new IncomingMessage(socket);
  form.method = 'POST';
  form.url = OAUTH_PATHS.token;
  form.headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(body.byteLength),
  };
  form.push(body);
  form.push(null);
  // A message that did not come whole closes its connection.
  form.complete = true;
  return form;
}
