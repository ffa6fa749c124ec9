// Sends what the authorization server answers by itself, beside the library: JSON that nobody keeps.

import type { ServerResponse } from 'node:http';

/** Sends `body`, or nothing if it is null, with these headers besides. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object | null,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...(body && { 'content-type': 'application/json' }),
    'cache-control': 'no-store',
    // What is left of a body that was not read would be taken for the next request.
    ...(!response.req.complete && { connection: 'close' }),
    ...headers,
  });
  response.end(body ? JSON.stringify(body) : undefined);
}
