// A stand-in for the broker, for trying the dashboard alone: the management API with made-up data, and the built files
// under the strict Content-Security-Policy that the broker sends. Holds no rules; MUST NOT be used with real keys.
// `node packages/web/dev/mock-api.ts [fresh]` after `vite build`.

import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { busyState, freshState, type MockState } from './mock-data.ts';
import { addCall, answerApi, type MockAnswer } from './mock-routes.ts';

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

/** A running stand-in. `state` may be changed while it runs; `isSignedIn` false answers 401 to everything. */
export interface MockApi {
  readonly url: string;
  state: MockState;
  isSignedIn: boolean;
  close(): Promise<void>;
}

interface MockOptions {
  readonly dist: string;
  readonly port?: number;
  readonly fresh?: boolean;
}

/** Starts it on the loopback interface; port 0 takes a free one. */
export async function startMockApi({ dist, port = 0, fresh = false }: MockOptions): Promise<MockApi> {
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    if (request.url === '/api/v1/events' && mock.isSignedIn) return listen(listeners, response);
    // As the broker does, it tells that something changed, not what.
    if (request.method !== 'GET')
      response.once('finish', () => {
        for (const listener of listeners) listener.write('id: 1\nevent: changed\ndata: {"seq":1}\n\n');
      });
    handle(mock, dist, request)
      .catch((error: Error) => ({
        status: 500,
        body: { error: { code: 'internal_error', message: error.message } },
      }))
      .then((answer) => send(response, answer));
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const mock: MockApi = {
    url,
    state: (fresh ? freshState : busyState)(url, Date.now()),
    isSignedIn: true,
    close: () => closeServer(server),
  };
  return mock;
}

function listen(listeners: Set<ServerResponse>, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('retry: 2000\n\n');
  listeners.add(response);
  response.once('close', () => listeners.delete(response));
}

interface Answer extends MockAnswer {
  readonly file?: Buffer;
  readonly type?: string;
}

async function handle(mock: MockApi, dist: string, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '/', mock.url);
  const body = await readBody(request);
  if (url.pathname.startsWith('/api/auth/')) return { status: 200, body: { success: true } };
  if (url.pathname.startsWith('/api/v1/')) {
    if (!mock.isSignedIn)
      return { status: 401, body: { error: { code: 'missing_token', message: 'Sign in.' } } };
    const path = url.pathname.slice('/api/v1'.length);
    return answerApi(mock.state, { method: request.method ?? 'GET', path, query: url.searchParams, body });
  }
  if (url.pathname.endsWith('/chat/completions'))
    return addCall(mock.state, request.headers.authorization ?? '');
  if (['/sign-in', '/settings/passkeys'].includes(url.pathname)) {
    return {
      status: 200,
      file: Buffer.from(`<title>${url.pathname}</title><h1>${url.pathname}</h1>`),
      type: TYPES['.html']!,
    };
  }
  return serveFile(dist, url.pathname);
}

/** A built file, or for the paths of the dashboard's own pages its index. */
async function serveFile(dist: string, path: string): Promise<Answer> {
  const name = extname(path) === '' ? '/index.html' : normalize(path);
  const file = await readFile(join(dist, name)).catch(() => null);
  if (file === null) return { status: 404, body: { error: { code: 'not_found', message: 'No such file.' } } };
  return { status: 200, file, type: TYPES[extname(name)] ?? 'application/octet-stream' };
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : JSON.parse(text);
}

function send(response: ServerResponse, answer: Answer): void {
  response.statusCode = answer.status;
  response.setHeader('content-security-policy', CSP);
  response.setHeader('content-type', answer.type ?? 'application/json');
  response.end(answer.file ?? (answer.body === undefined ? undefined : JSON.stringify(answer.body)));
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((closed) => {
    server.close(() => closed());
    server.closeAllConnections();
  });

if (import.meta.main) {
  const mock = await startMockApi({
    dist: join(import.meta.dirname, '../dist'),
    port: Number(process.env.PORT ?? 8799),
    fresh: process.argv.includes('fresh'),
  });
  process.stdout.write(`${mock.url}\n`);
}
