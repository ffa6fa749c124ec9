// Stands between a program that knows nothing of proofs and the broker: adds to each request the proof of this device's key. MUST sign for
// the one token it was made for and for nothing else, and listen on this machine alone.

import { createServer, type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { proveKeyWith, type SigningKey } from '@valetkey/sdk';

/** For which token at which broker, and the key that is proved. */
export interface ProofOptions {
  /** The broker's origin. */
  readonly server: string;
  readonly token: string;
  readonly key: SigningKey;
}

/** A proxy that runs until it is closed. */
export interface ProofProxy {
  /** Its origin, to be used in the place of the broker's. */
  readonly url: string;
  close(): void;
}

/** Carriers of a token, and what belongs to one connection alone. */
const OWN_HEADERS = [
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'dpop',
  'host',
  'connection',
  'keep-alive',
];
const ANSWER_HEADERS = ['connection', 'keep-alive', 'transfer-encoding', 'trailer'];

/** Starts one on a free port of the loopback interface. */
export async function startProofProxy(options: ProofOptions): Promise<ProofProxy> {
  const proxy = createServer((request, response) => {
    pass(request, response, options).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close() {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  { server, token, key }: ProofOptions,
): Promise<void> {
  const { method = 'GET', headers } = request;
  const url = URL.parse(request.url ?? '', server);
  if (url?.origin !== server) return refuse(response, 400, 'This address is not one of the broker.');
  if (!carries(headers, token))
    return refuse(response, 401, 'This is not the token that was delegated here.');
  const proof = await proveKeyWith(token, key, method, url.href);
  const send = url.protocol === 'https:' ? tlsRequest : plainRequest;
  const sent = { ...without(headers, OWN_HEADERS), authorization: `DPoP ${token}`, dpop: proof };
  const upstream = send(url, { method, headers: sent }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, without(answer.headers, ANSWER_HEADERS));
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  upstream.on('error', () => {
    if (response.headersSent) response.destroy();
    else refuse(response, 502, `Cannot reach ${server}.`);
  });
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

const carries = (headers: IncomingMessage['headers'], token: string): boolean =>
  headers.authorization?.replace(/^Bearer +/i, '') === token ||
  headers['x-api-key'] === token ||
  headers['x-goog-api-key'] === token;

const without = <Headers extends object>(headers: Headers, names: readonly string[]) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

const refuse = (response: ServerResponse, status: number, message: string): void => {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ error: { code: 'invalid_token', message } }));
};
