// The unmodified Google SDK and the AI SDK against the simulator, whole and streamed.

import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { GoogleGenAI } from '@google/genai';
import { embed, generateText, streamText } from 'ai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../index.ts';

const model = 'gemini-2.5-flash';
const contents = 'Twelve bytes';
const ANSWER = 'This is a simulated answer to a prompt of 3 tokens.';

let sim: Simulator;
let client: GoogleGenAI;

beforeAll(async () => {
  sim = await startSimulator({ provider: 'google' });
  client = new GoogleGenAI({ apiKey: 'AIza-test', httpOptions: { baseUrl: sim.url } });
});
afterEach(() => sim.reset());
afterAll(() => sim.close());

describe.each(['v1', 'v1beta'])('generateContent under /%s', (apiVersion) => {
  const versioned = () =>
    new GoogleGenAI({ apiKey: 'AIza-test', apiVersion, httpOptions: { baseUrl: sim.url } });

  it('answers with usage that follows from the request', async () => {
    const response = await versioned().models.generateContent({ model, contents });
    expect(response.text).toBe(ANSWER);
    expect(response.usageMetadata).toMatchObject({
      promptTokenCount: 3,
      candidatesTokenCount: 13,
      totalTokenCount: 16,
    });
    expect(response.responseId).toBe(sim.bill[0]?.requestId);
    expect(sim.requests[0]).toMatchObject({ key: { value: 'AIza-test', carrier: 'x-goog-api-key' } });
    expect(sim.requests[0]?.target).toBe(`/${apiVersion}/models/${model}:generateContent`);
  });

  it('streams growing usage in every chunk', async () => {
    sim.script({ text: 'abcdefgh', chunks: 2 });
    const stream = await versioned().models.generateContentStream({ model, contents });
    const chunks = await Array.fromAsync(stream);
    expect(chunks.map((chunk) => chunk.text).join('')).toBe('abcdefgh');
    expect(chunks.map((chunk) => chunk.usageMetadata?.candidatesTokenCount)).toEqual([1, 2]);
    expect(chunks.map((chunk) => chunk.candidates?.[0]?.finishReason)).toEqual([undefined, 'STOP']);
  });
});

describe('generateContent', () => {
  it('stops at maxOutputTokens and says so', async () => {
    const response = await client.models.generateContent({ model, contents, config: { maxOutputTokens: 1 } });
    expect(response.candidates?.[0]?.finishReason).toBe('MAX_TOKENS');
    expect(response.usageMetadata?.candidatesTokenCount).toBe(1);
  });

  it('reports cached and thinking tokens, and searches as queries', async () => {
    sim.script({ usage: { input: 10, cachedInput: 90, output: 5, reasoning: 20, webSearches: 2 } });
    const response = await client.models.generateContent({ model, contents });
    expect(response.usageMetadata).toMatchObject({
      promptTokenCount: 100,
      cachedContentTokenCount: 90,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 20,
      totalTokenCount: 125,
    });
    expect(response.candidates?.[0]?.groundingMetadata?.webSearchQueries).toHaveLength(2);
  });

  it('streams a JSON array when server-sent events were not asked for', async () => {
    const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: contents }] }] });
    const response = await fetch(`${sim.origin}/v1beta/models/${model}:streamGenerateContent`, {
      method: 'POST',
      body,
    });
    const chunks = (await response.json()) as { usageMetadata: { totalTokenCount: number } }[];
    expect(chunks.at(-1)?.usageMetadata.totalTokenCount).toBe(16);
  });

  it('answers errors in its own form', async () => {
    const broken = client.models.generateContent({ model, contents: [] });
    await expect(broken).rejects.toThrow();
    sim.script({ fault: { kind: 'status', status: 429 } });
    await expect(client.models.generateContent({ model, contents })).rejects.toMatchObject({ status: 429 });
  });
});

describe('embeddings, counting, models', () => {
  it('embeds one and many', async () => {
    const one = await client.models.embedContent({ model: 'gemini-embedding-001', contents });
    const many = await client.models.embedContent({
      model: 'gemini-embedding-001',
      contents: [contents, 'other'],
    });
    expect(one.embeddings?.[0]?.values).toEqual(many.embeddings?.[0]?.values);
    expect(many.embeddings).toHaveLength(2);
    const target = `${sim.origin}/v1beta/models/gemini-embedding-001:embedContent`;
    const body = JSON.stringify({ content: { parts: [{ text: contents }] } });
    const plain = (await (await fetch(target, { method: 'POST', body })).json()) as { embedding: unknown };
    expect(plain).toMatchObject({ embedding: one.embeddings?.[0], usageMetadata: { promptTokenCount: 3 } });
  });

  it('counts and lists for nothing', async () => {
    expect((await client.models.countTokens({ model, contents })).totalTokens).toBe(3);
    const models = await Array.fromAsync(await client.models.list());
    expect(models.map(({ name }) => name)).toContain(`models/${model}`);
    expect((await client.models.get({ model })).name).toBe(`models/${model}`);
    expect(sim.bill).toHaveLength(0);
  });
});

describe('the AI SDK', () => {
  it('generates, streams and embeds', async () => {
    const provider = createGoogleGenerativeAI({ apiKey: 'AIza-test', baseURL: `${sim.origin}/v1beta` });
    const whole = await generateText({ model: provider(model), prompt: contents });
    expect(whole.text).toBe(ANSWER);
    const stream = streamText({ model: provider(model), prompt: contents });
    expect(await stream.text).toBe(ANSWER);
    expect((await stream.usage).outputTokens).toBe(13);
    const { embedding } = await embed({ model: provider.embedding('gemini-embedding-001'), value: 'one' });
    expect(embedding).toHaveLength(16);
  });
});
