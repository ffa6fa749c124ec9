// Takes in a request body, bounded: too large is refused as soon as it is known, an encoded one is refused unread.

import type { IncomingMessage } from 'node:http';
import { fail, type PublicError, type Result, succeed } from '@valetkey/core';

const tooLarge = (maxBytes: number) =>
  fail<PublicError>({
    code: 'request_too_large',
    message: `The body is larger than ${maxBytes} bytes, the most this operation takes.`,
  });

/** The whole body, at most `maxBytes` of it. */
export const readBody = (
  request: IncomingMessage,
  maxBytes: number,
): Promise<Result<Buffer, PublicError>> => {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    const message = 'The body must come uncompressed (no Content-Encoding).';
    return Promise.resolve(fail<PublicError>({ code: 'unsupported_media_type', message }));
  }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve(tooLarge(maxBytes));
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        chunks.length = 0;
        request.pause();
        resolve(tooLarge(maxBytes));
      }
    });
    request.on('end', () =>
      resolve(succeed(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))),
    );
    const cutShort = () =>
      resolve(fail<PublicError>({ code: 'invalid_request', message: 'The body ended early.' }));
    request.on('error', cutShort);
    request.on('close', cutShort);
    // What broke off while its grant was looked up says so only once, and before anybody listened.
    if (request.destroyed) cutShort();
  });
};
