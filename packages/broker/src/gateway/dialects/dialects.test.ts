// Errors as the official SDKs raise them, whole and in the middle of a stream: the class, the message, and our code inside.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Anthropic from '@anthropic-ai/sdk';
import { ApiError, GoogleGenAI } from '@google/genai';
import { ERRORS, type ErrorCode, type PublicError } from '@valetkey/core';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DialectName } from '../contract.ts';
import { dialects } from './dialects.ts';

const error: PublicError = {
  code: 'insufficient_budget',
  message: 'This request may cost 0.42 USD and 0.10 USD is left.',
  link: 'https://broker.example/apps/1',
  fields: { remaining: '0.10', required: '0.42' },
};

let server: Server;
let origin: string;
/** What the next call is answered with. */
let answer: { status: number; type: string; body: string } = {
  status: 500,
  type: 'application/json',
  body: '{}',
};

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(answer.status, { 'content-type': answer.type, 'x-should-retry': 'false' });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const whole = (dialect: DialectName, code: ErrorCode) => ({
  status: ERRORS[code].status,
  type: 'application/json',
  body: JSON.stringify(dialects[dialect].errorBody({ ...error, code }, 'req_1')),
});

const cut = (dialect: DialectName, first: string) => ({
  status: 200,
  type: 'text/event-stream',
  body: first + dialects[dialect].streamError({ ...error, code: 'token_revoked' }, 'req_1'),
});

const caught = async (call: () => Promise<unknown>): Promise<unknown> => {
  try {
    await call();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
};

const messages = [{ role: 'user' as const, content: 'hi' }];
const openai = () => new OpenAI({ apiKey: 'k', baseURL: `${origin}/v1`, maxRetries: 0 });
const anthropic = () => new Anthropic({ apiKey: 'k', baseURL: origin, maxRetries: 0 });
const google = () => new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: origin } });
const contents = 'hi';

describe('openai', () => {
  const call = () => openai().chat.completions.create({ model: 'm', messages });

  it.each([
    ['invalid_token', OpenAI.AuthenticationError],
    ['insufficient_budget', OpenAI.APIError],
    ['model_not_permitted', OpenAI.PermissionDeniedError],
    ['not_found', OpenAI.NotFoundError],
    ['rate_limited', OpenAI.RateLimitError],
    ['invalid_json', OpenAI.BadRequestError],
    ['unavailable', OpenAI.InternalServerError],
  ] as const)('%s', async (code, type) => {
    answer = whole('openai', code);
    const thrown = await caught(call);
    expect(thrown).toBeInstanceOf(type);
    expect(thrown).toMatchObject({
      status: ERRORS[code].status,
      code,
      error: { remaining: '0.10', link: error.link, request_id: 'req_1' },
    });
    expect((thrown as Error).message).toContain(error.message);
  });

  it('raises the error of a stream that was cut', async () => {
    const chunk = {
      id: '1',
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content: 'a' } }],
    };
    answer = cut('openai', `data: ${JSON.stringify(chunk)}\n\n`);
    const seen: unknown[] = [];
    const thrown = await caught(async () => {
      for await (const event of await openai().chat.completions.create({
        model: 'm',
        messages,
        stream: true,
      }))
        seen.push(event);
    });
    expect(seen).toHaveLength(1);
    expect(thrown).toMatchObject({ code: 'token_revoked' });
  });
});

describe('anthropic', () => {
  const request = { model: 'm', max_tokens: 5, messages };

  it.each([
    ['invalid_token', Anthropic.AuthenticationError, 'authentication_error'],
    ['insufficient_budget', Anthropic.APIError, 'billing_error'],
    ['model_not_permitted', Anthropic.PermissionDeniedError, 'permission_error'],
    ['rate_limited', Anthropic.RateLimitError, 'rate_limit_error'],
    ['invalid_json', Anthropic.BadRequestError, 'invalid_request_error'],
    ['unavailable', Anthropic.InternalServerError, 'overloaded_error'],
  ] as const)('%s', async (code, type, kind) => {
    answer = whole('anthropic', code);
    const thrown = await caught(() => anthropic().messages.create(request));
    expect(thrown).toBeInstanceOf(type);
    expect(thrown).toMatchObject({
      status: ERRORS[code].status,
      error: { type: 'error', request_id: 'req_1', error: { type: kind, code, required: '0.42' } },
    });
    expect((thrown as Error).message).toContain(error.message);
  });

  it('raises the error of a stream that was cut', async () => {
    answer = cut('anthropic', 'event: ping\ndata: {"type":"ping"}\n\n');
    const thrown = await caught(async () =>
      Array.fromAsync(await anthropic().messages.create({ ...request, stream: true })),
    );
    expect(thrown).toBeInstanceOf(Anthropic.APIError);
    expect((thrown as Error).message).toContain(error.message);
  });
});

describe('google', () => {
  it.each([
    ['invalid_token', 'UNAUTHENTICATED'],
    ['insufficient_budget', 'RESOURCE_EXHAUSTED'],
    ['model_not_permitted', 'PERMISSION_DENIED'],
    ['rate_limited', 'RESOURCE_EXHAUSTED'],
    ['invalid_json', 'INVALID_ARGUMENT'],
    ['unavailable', 'UNAVAILABLE'],
  ] as const)('%s', async (code, status) => {
    answer = whole('google', code);
    const thrown = await caught(() => google().models.generateContent({ model: 'm', contents }));
    expect(thrown).toBeInstanceOf(ApiError);
    expect(thrown).toMatchObject({ status: ERRORS[code].status });
    const body = JSON.parse((thrown as Error).message);
    expect(body.error).toMatchObject({ code: ERRORS[code].status, status, message: error.message });
    expect(body.error.details[0]).toMatchObject({
      reason: code,
      domain: 'valetkey',
      metadata: { remaining: '0.10', requestId: 'req_1', link: error.link },
    });
  });

  it('tells when to try again', () => {
    const body = dialects.google.errorBody({ ...error, code: 'rate_limited', retryAfterSeconds: 7 }, 'req_1');
    expect(JSON.stringify(body)).toContain('"retryDelay":"7s"');
  });

  it('raises the error of a stream that was cut', async () => {
    answer = cut('google', 'data: {"candidates":[{"content":{"parts":[{"text":"a"}]}}]}\r\n\r\n');
    const thrown = await caught(async () =>
      Array.fromAsync(await google().models.generateContentStream({ model: 'm', contents })),
    );
    expect(thrown).toBeInstanceOf(ApiError);
    expect((thrown as Error).message).toContain('token_revoked');
  });
});

describe('every error of the registry', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])(
    '%s has a shape in each dialect, with its code and its message',
    (code) => {
      for (const dialect of Object.values(dialects)) {
        const text = JSON.stringify(dialect.errorBody({ code, message: 'Words for a person.' }, 'req_1'));
        expect(text).toContain(`"${code}"`);
        expect(text).toContain('Words for a person.');
        expect(text).toContain('req_1');
      }
    },
  );
});
