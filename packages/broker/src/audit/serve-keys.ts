// Publishes the public keys of checkpoints and of receipts, to everyone: who verifies needs no login.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EvidenceKeys } from './evidence-keys.ts';

/** Where the keys of checkpoints are, as a JWK set (RFC 7517). */
export const CHECKPOINT_KEYS_PATH = '/.well-known/valetkey-checkpoint-keys';

/** Where the keys of receipts are, as a JWK set. */
export const RECEIPT_KEYS_PATH = '/.well-known/valetkey-receipt-keys';

const CACHE_MS = 60_000;

/** Answers with the keys. They are read once a minute at most, however often somebody asks. */
export const serveKeys = (
  keys: Pick<EvidenceKeys, 'published'>,
  now: () => number,
  onFault: (error: unknown, response: ServerResponse) => void,
): ((request: IncomingMessage, response: ServerResponse) => void) => {
  let cached: { readonly body: Promise<string>; readonly atMs: number } | null = null;
  const read = (): Promise<string> => {
    if (cached && now() - cached.atMs < CACHE_MS) return cached.body;
    const body = keys.published().then((set) => JSON.stringify(set));
    cached = { body, atMs: now() };
    body.catch(() => {
      cached = null;
    });
    return body;
  };
  return (_request, response) => {
    read().then(
      (body) =>
        response
          .writeHead(200, {
            'content-type': 'application/jwk-set+json',
            'cache-control': 'public, max-age=300',
            'access-control-allow-origin': '*',
            'x-content-type-options': 'nosniff',
          })
          .end(body),
      (error: unknown) => onFault(error, response),
    );
  };
};
