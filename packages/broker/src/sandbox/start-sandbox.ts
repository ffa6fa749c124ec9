// The built-in provider `sandbox`: a simulated model that speaks OpenAI's dialect, so that the whole flow can be
// tried with no real key. It listens on loopback only, asks for no key, keeps nothing, and never calls out.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, type Result, succeed } from '@valetkey/core';
import { z } from 'zod';
import { type Ambient, randomId, systemAmbient } from '../clock.ts';
import {
  chatReply,
  embeddingsReply,
  modelsReply,
  responsesReply,
  type SandboxEvent,
  type SandboxReply,
  type Stamp,
} from './openai-form.ts';
import { chatRequest, embeddingsRequest, responsesRequest } from './sandbox-requests.ts';

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

/** Why a request gets no answer, in words for the caller. */
interface Refusal {
  readonly status: 400 | 404 | 413;
  readonly message: string;
}

/** How a method and path are answered. */
type Route = (body: Buffer, stamp: Stamp) => Result<SandboxReply, Refusal>;

const ROUTES: Readonly<Record<string, Route>> = {
  'POST /v1/chat/completions': answering(chatRequest, chatReply),
  'POST /v1/responses': answering(responsesRequest, responsesReply),
  'POST /v1/embeddings': answering(embeddingsRequest, embeddingsReply),
  'GET /v1/models': (_body, stamp) => succeed(modelsReply(stamp)),
};

/** Starts the sandbox on a free port of 127.0.0.1. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { ambient = systemAmbient, wordGapMs = WORD_GAP_MS } = options;
  const server = createServer((message, response) => {
    serve(message, response, ambient, wordGapMs).catch(() => response.destroy());
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
): Promise<void> {
  const { pathname } = new URL(message.url ?? '/', 'http://sandbox');
  const route = ROUTES[`${message.method} ${pathname}`];
  if (!route)
    return refuse(response, { status: 404, message: `The sandbox has no ${message.method} ${pathname}.` });
  const body = await readBody(message);
  if (!body.ok) return refuse(response, body.error);
  const stamp = { id: randomId(ambient, ''), createdAtSeconds: Math.floor(ambient.now() / 1000) };
  const reply = route(body.value, stamp);
  if (!reply.ok) return refuse(response, reply.error);
  if ('body' in reply.value) return sendJson(response, 200, reply.value.body);
  return sendEvents(response, reply.value.events, wordGapMs);
}

/** A route that parses its body by `shape` and answers with `reply`. */
function answering<Shape extends z.ZodType>(
  shape: Shape,
  reply: (request: z.infer<Shape>, stamp: Stamp) => SandboxReply,
): Route {
  return (body, stamp) => {
    const parsed = shape.safeParse(parseJson(body));
    if (parsed.success) return succeed(reply(parsed.data, stamp));
    return fail({ status: 400, message: z.prettifyError(parsed.error) });
  };
}

/** The whole body; one that is too long is read to its end but not kept, so that the refusal arrives. */
async function readBody(message: IncomingMessage): Promise<Result<Buffer, Refusal>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (length > MAX_BODY_BYTES)
    return fail({ status: 413, message: `The body is over ${MAX_BODY_BYTES} bytes.` });
  return succeed(Buffer.concat(chunks));
}

/** The value, or undefined (which no shape accepts) if the bytes are not JSON. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

async function sendEvents(
  response: ServerResponse,
  events: readonly SandboxEvent[],
  wordGapMs: number,
): Promise<void> {
  const leaving = new AbortController();
  response.on('close', () => leaving.abort());
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  for (const { text, isWord } of events) {
    if (isWord) await sleep(wordGapMs, undefined, { signal: leaving.signal }).catch(() => undefined);
    if (leaving.signal.aborted) return;
    response.write(text);
  }
  response.end();
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function refuse(response: ServerResponse, { status, message }: Refusal): void {
  sendJson(response, status, { error: { message, type: 'invalid_request_error', param: null, code: null } });
}
