// The HTTP server around the routes, with bounds on what a connection may cost, and an orderly end.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendFaultPage, sendOutagePage } from './pages/outage-page.ts';
import { pathOf } from './request-path.ts';
import type { Handler } from './routes.ts';
import { isOutage } from './store/outage.ts';

/** Node takes the chunks off and leaves any other coding in the body: what comes in one is refused, never guessed at (RFC 9112 section 6.1). */
const isPlainlyFramed = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] === undefined || headers['transfer-encoding'].toLowerCase() === 'chunked';

const answerUnknownFraming = (response: ServerResponse): void => {
  response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end('Transfer-Encoding: nothing but chunked is taken.\n');
};

/** Connections at a time; what comes beyond them is closed at once, so that slow callers can not take every file that the process may open. */
const MOST_CONNECTIONS = 16_384;

/** Starts to listen. `port` 0 takes a free one. Rejects when the address is taken. */
export const listen = (
  handler: Handler,
  host: string,
  port: number,
): Promise<{ readonly server: Server; readonly port: number }> => {
  const server = createServer(
    {
      keepAliveTimeout: 65_000,
      headersTimeout: 20_000,
      // A body may be large and slow; what reads it bounds its size.
      requestTimeout: 120_000,
      maxHeaderSize: 32_768,
      connectionsCheckingInterval: 5_000,
    },
    (request, response) =>
      isPlainlyFramed(request) ? handler(request, response) : answerUnknownFraming(response),
  );
  server.maxConnections = MOST_CONNECTIONS;
  // No protocol is switched here, and no tunnel opened.
  server.on('upgrade', (_request, socket) =>
    socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'),
  );
  server.on('connect', (_request, socket) =>
    socket.end(
      'HTTP/1.1 405 Method Not Allowed\r\nallow: \r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
    ),
  );
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 4096 }, () => {
      server.removeListener('error', reject);
      resolve({ server, port: (server.address() as AddressInfo).port });
    });
  });
};

/** Whether it runs, and whether it can work. */
const HEALTH_PATHS = ['/healthz', '/health', '/readyz'];

/** Whether `path` asks for the health of the broker. */
export const isHealthPath = (path: string): boolean => HEALTH_PATHS.includes(path);

/** Answers health checks with the state: 503 where it can not work, which for all but `/readyz` a locked broker does, as far as it may. */
export const healthHandler =
  (state: () => 'ok' | 'locked' | 'unavailable', version: string): Handler =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const status = state();
    const isFailure = status === 'unavailable' || (status === 'locked' && pathOf(request) === '/readyz');
    response.writeHead(isFailure ? 503 : 200, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
    });
    response.end(JSON.stringify({ status, version }));
  };

/** What a locked broker serves: its health. */
export const lockedHandler =
  (health: Handler): Handler =>
  (request, response) => {
    if (isHealthPath(pathOf(request))) return health(request, response);
    const body =
      '{"error":{"code":"locked","message":"The master key does not open this database. Start with the key it was made with."}}';
    response.writeHead(503, { 'content-type': 'application/json', connection: 'close' }).end(body);
  };

/** The answer of a room that broke, or whose database is out. */
export const faultAnswer = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent) response.destroy();
  else if (isOutage(error)) sendOutagePage(response);
  else sendFaultPage(response);
};

/** Stops accepting; resolves when every connection has ended, idle ones at once. */
export const stopListening = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
