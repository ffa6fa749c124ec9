// The built-in provider `sandbox`: a simulated model that speaks OpenAI's dialect, so that the whole flow can be
// tried with no real key. It listens on loopback only, asks for no key, keeps nothing, and never calls out.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Ambient, randomId, systemAmbient } from '../clock.ts';
import { chatReply, embeddingsReply, responsesReply, type SandboxReply, type Stamp } from './openai-form.ts';
import { chatRequest, embeddingsRequest, responsesRequest } from './sandbox-requests.ts';
import { CHAT_MODELS, EMBEDDING_MODELS } from './simulated-model.ts';

/** A running sandbox. */
export interface Sandbox {
  /** `http://127.0.0.1:port`; the API is below `/v1`. */
  readonly origin: string;
  /** Ends its connections and stops listening. */
  close(): Promise<void>;
}

/** What tests change. */
export interface SandboxOptions {
  readonly ambient?: Ambient;
  /** Milliseconds before each streamed word. */
  readonly wordGapMs?: number;
}

const WORD_GAP_MS = 20;
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** A refusal in the caller's own dialect. */
class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** How a path and method is answered; the body is parsed JSON, or undefined for GET. */
type Route = (body: unknown, stamp: Stamp) => SandboxReply;

const ROUTES: Readonly<Record<string, Route>> = {
  'POST /v1/chat/completions': (body, stamp) => chatReply(parse(chatRequest, body), stamp),
  'POST /v1/responses': (body, stamp) => responsesReply(parse(responsesRequest, body), stamp),
  'POST /v1/embeddings': (body) => embeddingsReply(parse(embeddingsRequest, body)),
  'GET /v1/models': (_body, { createdAtSeconds: created }) => ({
    body: {
      object: 'list',
      data: [...CHAT_MODELS, ...EMBEDDING_MODELS].map((id) => ({
        id,
        object: 'model',
        created,
        owned_by: 'valetkey',
      })),
    },
  }),
};

/** Starts the sandbox on a free port of 127.0.0.1. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { ambient = systemAmbient, wordGapMs = WORD_GAP_MS } = options;
  const server = createServer((message, response) => {
    serve(message, response, ambient, wordGapMs).catch((error: unknown) => refuse(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  ambient: Ambient,
  wordGapMs: number,
) {
  const { pathname } = new URL(message.url ?? '/', 'http://sandbox');
  const route = ROUTES[`${message.method} ${pathname}`];
  if (!route) throw new Refusal(404, `The sandbox has no ${message.method} ${pathname}.`);
  const body = message.method === 'GET' ? undefined : await readJson(message);
  const createdAtSeconds = Math.floor(ambient.now() / 1000);
  const reply = route(body, { id: randomId(ambient, ''), createdAtSeconds });
  if ('body' in reply) return sendJson(response, 200, reply.body);

  const leaving = new AbortController();
  response.on('close', () => leaving.abort());
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  for (const { text, isWord } of reply.events) {
    if (isWord) await sleep(wordGapMs, undefined, { signal: leaving.signal }).catch(() => undefined);
    if (leaving.signal.aborted) return;
    response.write(text);
  }
  response.end();
}

async function readJson(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new Refusal(413, `The body is over ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new Refusal(400, 'The body is not JSON.');
  }
}

function parse<Shape extends z.ZodType>(shape: Shape, body: unknown): z.infer<Shape> {
  const result = shape.safeParse(body);
  if (result.success) return result.data;
  throw new Refusal(400, z.prettifyError(result.error));
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const status = error instanceof Refusal ? error.status : 500;
  const message = error instanceof Refusal ? error.message : 'The sandbox failed.';
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  sendJson(response, status, { error: { message, type, param: null, code: null } });
}
