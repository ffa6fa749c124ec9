// The unmodified Anthropic SDK and the AI SDK against the simulator, whole and streamed.

import { createAnthropic } from '@ai-sdk/anthropic';
import Anthropic from '@anthropic-ai/sdk';
import { generateText, streamText } from 'ai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../index.ts';

const messages = [{ role: 'user' as const, content: 'Twelve bytes' }];
const request = { model: 'claude-sonnet-4-6', max_tokens: 100, messages };
const ANSWER = 'This is a simulated answer to a prompt of 3 tokens.';

let sim: Simulator;
let client: Anthropic;

beforeAll(async () => {
  sim = await startSimulator({ provider: 'anthropic' });
  client = new Anthropic({ apiKey: 'sk-ant-test', baseURL: sim.url, maxRetries: 0 });
});
afterEach(() => sim.reset());
afterAll(() => sim.close());

describe('messages', () => {
  it('answers with usage that follows from the request', async () => {
    const message = await client.messages.create(request);
    expect(message).toMatchObject({
      content: [{ type: 'text', text: ANSWER }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 13, cache_read_input_tokens: 0, server_tool_use: null },
    });
    expect(message._request_id).toBe(sim.bill[0]?.requestId);
    expect(sim.requests[0]?.key?.value).toBe('sk-ant-test');
  });

  it('stops at max_tokens and says so', async () => {
    const message = await client.messages.create({ ...request, max_tokens: 1 });
    expect(message).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 1 } });
  });

  it('reports every kind of token apart', async () => {
    const usage = {
      input: 1,
      cachedInput: 2,
      cacheWrite5m: 4,
      cacheWrite1h: 8,
      output: 16,
      reasoning: 32,
      webSearches: 3,
    };
    sim.script({ usage });
    const message = await client.messages.create(request);
    expect(message.usage).toMatchObject({
      input_tokens: 1,
      cache_read_input_tokens: 2,
      cache_creation_input_tokens: 12,
      cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 8 },
      output_tokens: 48,
      output_tokens_details: { thinking_tokens: 32 },
      server_tool_use: { web_search_requests: 3 },
    });
  });

  it('takes beta calls', async () => {
    const betas = ['context-1m-2025-08-07'];
    const message = await client.beta.messages.create({ ...request, betas }, { query: { beta: true } });
    expect(message.usage.input_tokens).toBe(3);
    expect(sim.requests[0]?.target).toBe('/v1/messages?beta=true');
    expect(sim.requests[0]?.headers['anthropic-beta']).toContain('context-1m');
  });

  it('answers errors in its own form', async () => {
    const broken = client.messages.create({ ...request, max_tokens: undefined } as never);
    await expect(broken).rejects.toMatchObject({
      status: 400,
      error: { error: { type: 'invalid_request_error' } },
    });
  });
});

describe('streamed messages', () => {
  it('streams the full sequence of events; the last usage is cumulative', async () => {
    sim.script({ text: 'abcdefgh', chunks: 2 });
    const events = await Array.fromAsync(await client.messages.create({ ...request, stream: true }));
    expect(events.map((event) => event.type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(events.at(0)).toMatchObject({ message: { usage: { input_tokens: 3, output_tokens: 1 } } });
    expect(events.at(-2)).toMatchObject({ usage: { input_tokens: 3, output_tokens: 2 } });
  });

  it('is whole again in the stream helper of the SDK', async () => {
    const message = await client.messages.stream(request).finalMessage();
    expect(message).toMatchObject({ content: [{ text: ANSWER }], usage: { output_tokens: 13 } });
  });

  it('repeats growing usage when scripted', async () => {
    sim.script({ text: 'abcdefgh', chunks: 2, usageIn: 'every' });
    const events = await Array.fromAsync(await client.messages.create({ ...request, stream: true }));
    const reports = events
      .filter((event) => event.type === 'message_delta')
      .map((event) => event.usage.output_tokens);
    expect(reports).toEqual([1, 2, 2]);
  });
});

describe('count_tokens and models', () => {
  it('are free', async () => {
    expect(await client.messages.countTokens({ model: request.model, messages })).toEqual({
      input_tokens: 3,
    });
    const models = await Array.fromAsync(client.models.list());
    expect(models.map(({ id }) => id)).toContain('claude-sonnet-4-6');
    expect((await client.models.retrieve('claude-sonnet-4-6')).id).toBe('claude-sonnet-4-6');
    expect(sim.bill).toHaveLength(0);
  });
});

describe('the AI SDK', () => {
  it('generates and streams', async () => {
    const provider = createAnthropic({ apiKey: 'sk-ant-test', baseURL: `${sim.origin}/v1` });
    const prompt = 'Twelve bytes';
    const whole = await generateText({ model: provider('claude-sonnet-4-6'), prompt });
    expect(whole.text).toBe(ANSWER);
    const stream = streamText({ model: provider('claude-sonnet-4-6'), prompt });
    expect(await stream.text).toBe(ANSWER);
    expect((await stream.usage).outputTokens).toBe(13);
  });
});
