// The official SDKs, unmodified, through the broker to simulated providers: streaming and not, with both kinds of token. The providers'
// own bill and our ledger agree to the nano.

import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import type { PriceList } from '@valetkey/testkit';
import { embed, generateText, streamText } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizeApp } from './authorize-app.ts';
import { type House, type SimulatedName, startHouse } from './start-house.ts';

/** Published prices in nanos per million tokens, written down here apart from the broker's own tables. */
const PRICES: Record<SimulatedName, PriceList> = {
  openai: {
    'gpt-4o-mini': { input: 150_000_000, cachedInput: 75_000_000, output: 600_000_000 },
    'text-embedding-3-small': { input: 20_000_000 },
  },
  anthropic: {
    'claude-sonnet-4-6': {
      input: 3_000_000_000,
      cachedInput: 300_000_000,
      cacheWrite5m: 3_750_000_000,
      cacheWrite1h: 6_000_000_000,
      output: 15_000_000_000,
    },
  },
  google: {
    'gemini-2.5-flash': { input: 300_000_000, cachedInput: 30_000_000, output: 2_500_000_000 },
    'gemini-embedding-001': { input: 150_000_000 },
  },
};

const DETAILS = [
  { provider: 'openai', models: ['gpt-4o-mini', 'text-embedding-3-small'], limits: { daily_spend: 5 } },
  { provider: 'anthropic', models: ['claude-sonnet-4-6'], limits: { daily_spend: 5 } },
  { provider: 'google', models: ['gemini-2.5-flash', 'gemini-embedding-001'], limits: { daily_spend: 5 } },
];

const MESSAGES = [{ role: 'user' as const, content: 'Say something short.' }];
let house: House;
const tokens: Record<string, { token: string; grantId: string }> = {};

beforeAll(async () => {
  house = await startHouse();
  const own = await house.grant(...DETAILS);
  tokens.key = { token: own.token, grantId: own.id };
  const app = await authorizeApp(house, DETAILS);
  tokens.oauth = { token: app.accessToken, grantId: app.grantId };
});
afterAll(() => house.close());

const sum = (entries: Iterable<number>): number => [...entries].reduce((total, each) => total + each, 0);

/** Waits for the settlements that are still on their way, then compares our ledger with the providers' bills. */
const expectBillsToAgree = async (): Promise<void> => {
  const billed = sum(
    (Object.keys(PRICES) as SimulatedName[]).map(
      (name) => house.simulators[name].billNanos(PRICES[name]).totalNanos,
    ),
  );
  expect(billed).toBeGreaterThan(0);
  const spent = async () => (await house.api('GET', '/usage')).body.total_usd;
  await expect.poll(spent).toBe((billed / 1e9).toFixed(9).replace(/\.?0+$/, ''));
};

describe.each(['key', 'oauth'])('with a token of kind %s', (kind) => {
  const token = () => tokens[kind]!.token;

  it('openai: chat, a stream, responses and embeddings', async () => {
    const openai = new OpenAI({ apiKey: token(), baseURL: `${house.url}/openai/v1` });
    const chat = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages: MESSAGES });
    expect(chat.choices[0]?.message.content).toContain('simulated');
    const stream = await openai.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: MESSAGES,
      stream: true,
    });
    let text = '';
    for await (const chunk of stream) {
      expect(chunk.usage ?? null).toBeNull();
      text += chunk.choices[0]?.delta.content ?? '';
    }
    expect(text).toContain('simulated');
    const response = await openai.responses.create({ model: 'gpt-4o-mini', input: 'Say something short.' });
    expect(response.output_text).toContain('simulated');
    const embedding = await openai.embeddings.create({
      model: 'text-embedding-3-small',
      input: ['one', 'two'],
    });
    expect(embedding.data).toHaveLength(2);
    const models = await openai.models.list();
    expect(models.data.map((model) => model.id).sort()).toEqual(['gpt-4o-mini', 'text-embedding-3-small']);
    await expectBillsToAgree();
  });

  it('@anthropic-ai/sdk: messages, a stream, a token count', async () => {
    const anthropic = new Anthropic({ apiKey: token(), baseURL: `${house.url}/anthropic` });
    const ask = { model: 'claude-sonnet-4-6', max_tokens: 100, messages: MESSAGES };
    house.simulators.anthropic.script({
      usage: { input: 30, cachedInput: 500, cacheWrite5m: 70, cacheWrite1h: 11, output: 9 },
    });
    const message = await anthropic.messages.create({
      ...ask,
      system: [{ type: 'text', text: 'Long. '.repeat(300), cache_control: { type: 'ephemeral', ttl: '1h' } }],
    });
    expect(message.usage.cache_read_input_tokens).toBe(500);
    const stream = anthropic.messages.stream(ask);
    expect(await stream.finalText()).toContain('simulated');
    const count = await anthropic.messages.countTokens({ model: ask.model, messages: MESSAGES });
    expect(count.input_tokens).toBeGreaterThan(0);
    await expectBillsToAgree();
  });

  it('@google/genai: content, a stream, embeddings', async () => {
    const google = new GoogleGenAI({ apiKey: token(), httpOptions: { baseUrl: `${house.url}/google` } });
    const contents = 'Say something short.';
    const answer = await google.models.generateContent({ model: 'gemini-2.5-flash', contents });
    expect(answer.text).toContain('simulated');
    let text = '';
    for await (const chunk of await google.models.generateContentStream({
      model: 'gemini-2.5-flash',
      contents,
    }))
      text += chunk.text ?? '';
    expect(text).toContain('simulated');
    const embedded = await google.models.embedContent({ model: 'gemini-embedding-001', contents });
    expect(embedded.embeddings?.length).toBe(1);
    await expectBillsToAgree();
  });

  it('ai: text and streams of all three, and an embedding', async () => {
    const apiKey = token();
    const models = [
      createOpenAI({ apiKey, baseURL: `${house.url}/openai/v1` }).chat('gpt-4o-mini'),
      createAnthropic({ apiKey, baseURL: `${house.url}/anthropic/v1` })('claude-sonnet-4-6'),
      createGoogleGenerativeAI({ apiKey, baseURL: `${house.url}/google/v1beta` })('gemini-2.5-flash'),
    ];
    for (const model of models) {
      expect((await generateText({ model, prompt: 'Say something short.', maxRetries: 0 })).text).toContain(
        'simulated',
      );
      expect(await streamText({ model, prompt: 'Say something short.', maxRetries: 0 }).text).toContain(
        'simulated',
      );
    }
    const model = createOpenAI({ apiKey, baseURL: `${house.url}/openai/v1` }).textEmbeddingModel(
      'text-embedding-3-small',
    );
    expect((await embed({ model, value: 'one' })).embedding.length).toBeGreaterThan(0);
    await expectBillsToAgree();
  });
});

it('the official SDKs raise their own typed errors for our refusals', async () => {
  const token = tokens.key!.token;
  const openai = new OpenAI({ apiKey: token, baseURL: `${house.url}/openai/v1` });
  const anthropic = new Anthropic({ apiKey: token, baseURL: `${house.url}/anthropic` });
  const refusedModel = openai.chat.completions.create({ model: 'gpt-4o', messages: MESSAGES });
  await expect(refusedModel).rejects.toBeInstanceOf(OpenAI.PermissionDeniedError);
  await expect(refusedModel).rejects.toMatchObject({ status: 403, code: 'model_not_permitted' });
  const refusedMessage = anthropic.messages.create({
    model: 'claude-opus-4-6',
    max_tokens: 9,
    messages: MESSAGES,
  });
  await expect(refusedMessage).rejects.toBeInstanceOf(Anthropic.PermissionDeniedError);
});
