// The unmodified openai SDK against the sandbox, and the rules of its simulated model.

import fc from 'fast-check';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerPrompt, CHAT_MODELS, countTokens } from './simulated-model.ts';
import { type Sandbox, startSandbox } from './start-sandbox.ts';

const messages = [{ role: 'user' as const, content: 'Twelve bytes' }];
const model = 'sandbox-mini';

let sandbox: Sandbox;
let client: OpenAI;

beforeAll(async () => {
  sandbox = await startSandbox({ wordGapMs: 1 });
  client = new OpenAI({ apiKey: 'any', baseURL: `${sandbox.origin}/v1`, maxRetries: 0 });
});
afterAll(() => sandbox.close());

describe('chat completions', () => {
  it('says that it is simulated and echoes the prompt', async () => {
    const completion = await client.chat.completions.create({ model, messages });
    const text = completion.choices[0]?.message.content ?? '';
    expect(text).toContain('simulated answer');
    expect(text).toContain('12 bytes');
    expect(text).toContain('"Twelve bytes"');
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    expect(completion.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: countTokens(text) });
  });

  it('streams the same text word by word, with usage when asked', async () => {
    const whole = await client.chat.completions.create({ model, messages });
    const stream_options = { include_usage: true };
    const stream = await client.chat.completions.create({ model, messages, stream: true, stream_options });
    const chunks = await Array.fromAsync(stream);
    const words = chunks.map((chunk) => chunk.choices[0]?.delta.content).filter(Boolean);
    expect(words.join('')).toBe(whole.choices[0]?.message.content);
    expect(words.length).toBeGreaterThan(10);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
  });

  it('streams no usage when it was not asked for', async () => {
    const chunks = await Array.fromAsync(
      await client.chat.completions.create({ model, messages, stream: true }),
    );
    expect(chunks.some((chunk) => 'usage' in chunk)).toBe(false);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
  });

  it.each([
    { name: 'max_tokens', cap: { max_tokens: 2 } },
    { name: 'max_completion_tokens', cap: { max_completion_tokens: 2 } },
  ])('stops at $name and says so', async ({ cap }) => {
    const completion = await client.chat.completions.create({ model, messages, ...cap });
    expect(completion.choices[0]?.finish_reason).toBe('length');
    expect(completion.usage?.completion_tokens).toBe(2);
  });

  it('waits between words', async () => {
    const gap = await startSandbox({ wordGapMs: 60_000 });
    const slow = new OpenAI({ apiKey: 'any', baseURL: `${gap.origin}/v1`, maxRetries: 0 });
    const stream = await slow.chat.completions.create({ model, messages, stream: true });
    for await (const chunk of stream) {
      expect(chunk.choices[0]?.delta.content).toBe('');
      break;
    }
    await gap.close();
  });
});

describe('responses', () => {
  it('answers with usage in the form of this API', async () => {
    const response = await client.responses.create({ model: 'sandbox-large', input: 'Twelve bytes' });
    expect(response).toMatchObject({ status: 'completed', usage: { input_tokens: 3 } });
    expect(response.output_text).toContain('sandbox-large');
  });

  it('streams every event in order and numbered', async () => {
    const input = [{ role: 'user' as const, content: [{ type: 'input_text' as const, text: 'Hi' }] }];
    const events = await Array.fromAsync(await client.responses.create({ model, input, stream: true }));
    expect([...new Set(events.map(({ type }) => type))]).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map((event) => event.sequence_number)).toEqual([...events.keys()]);
  });

  it('is incomplete when max_output_tokens cut it', async () => {
    const response = await client.responses.create({ model, input: 'Hi', max_output_tokens: 1 });
    expect(response).toMatchObject({ status: 'incomplete', usage: { output_tokens: 1 } });
  });
});

describe('embeddings and models', () => {
  it('gives the same unit vectors as base64 and as floats', async () => {
    const request = { model: 'sandbox-embed', input: ['one', 'two'] };
    const packed = await client.embeddings.create(request);
    const floats = await client.embeddings.create({ ...request, encoding_format: 'float' });
    const [vector] = floats.data.map(({ embedding }) => embedding);
    expect(Math.hypot(...vector!)).toBeCloseTo(1);
    packed.data[0]?.embedding.forEach((value, index) => {
      expect(value).toBeCloseTo(vector![index]!);
    });
    expect(floats.usage).toEqual({ prompt_tokens: 2, total_tokens: 2 });
  });

  it('lists its models', async () => {
    const ids = (await Array.fromAsync(client.models.list())).map(({ id }) => id);
    expect(ids).toEqual(['sandbox-mini', 'sandbox-large', 'sandbox-embed']);
  });
});

describe('refusals', () => {
  const post = (path: string, body: string) => fetch(`${sandbox.origin}${path}`, { method: 'POST', body });

  it.each([
    ['an unknown path', '/v1/images/generations', '{}', 404],
    ['a body that is no JSON', '/v1/chat/completions', '{', 400],
    ['an unknown model', '/v1/chat/completions', '{"model":"gpt-5","messages":[{"content":"a"}]}', 400],
    [
      'several choices',
      '/v1/chat/completions',
      '{"model":"sandbox-mini","messages":[{"content":"a"}],"n":2}',
      400,
    ],
    ['an empty text to embed', '/v1/embeddings', '{"model":"sandbox-embed","input":""}', 400],
    [
      'a stored conversation',
      '/v1/responses',
      '{"model":"sandbox-mini","input":"a","previous_response_id":"r"}',
      400,
    ],
  ])('%s is refused in words', async (_name, path, body, status) => {
    const response = await post(path, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', message: /\w+/ } });
  });
});

it('refuses a body that is too long, and goes on serving', async () => {
  const body = JSON.stringify({ model, messages: [{ content: 'a'.repeat(11 * 1024 * 1024) }] });
  const response = await fetch(`${sandbox.origin}/v1/chat/completions`, { method: 'POST', body });
  expect(response.status).toBe(413);
  expect((await client.chat.completions.create({ model, messages })).choices).toHaveLength(1);
});

describe('the simulated model', () => {
  it('never counts more tokens than bytes, nor goes over the cap', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(
        fc.constantFrom(...CHAT_MODELS),
        fc.array(text, { minLength: 1 }),
        fc.integer({ min: 1, max: 120 }),
        (name, texts, cap) => {
          const answer = answerPrompt(name, texts, cap);
          expect(answer.inputTokens).toBeLessThanOrEqual(Buffer.byteLength(texts.join('')));
          expect(answer.outputTokens).toBeLessThanOrEqual(cap);
          expect(answer.words.join('')).toBe(answer.text);
          expect(answer.text).not.toContain('\ufffd');
          expect(answer.cut).toBe(answer.text !== answerPrompt(name, texts, undefined).text);
        },
      ),
    );
  });
});
