// Reads what a form on one of our pages sent, with a limit on its size.

import type { IncomingMessage } from 'node:http';

/** The whole body, or null when it is longer than `maxBytes`; the rest is then not read. */
export const readBody = async (request: IncomingMessage, maxBytes: number): Promise<Buffer | null> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** The fields of a form of at most 64 KB; null if the body is larger or no form. */
export const readForm = async (request: IncomingMessage): Promise<URLSearchParams | null> => {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') return null;
  const body = await readBody(request, 64 * 1024);
  return body === null ? null : new URLSearchParams(body.toString('utf8'));
};
