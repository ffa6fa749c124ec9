// The unmodified openai SDK and the AI SDK against the simulator, whole and streamed.

import { createOpenAI } from '@ai-sdk/openai';
import { embed, generateText, streamText } from 'ai';
import OpenAI, { toFile } from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../index.ts';

const messages = [{ role: 'user' as const, content: 'Twelve bytes' }];
const ANSWER = 'This is a simulated answer to a prompt of 3 tokens.';

let sim: Simulator;
let client: OpenAI;

beforeAll(async () => {
  sim = await startSimulator({ provider: 'openai' });
  client = new OpenAI({ apiKey: 'sk-test', baseURL: sim.url, maxRetries: 0 });
});
afterEach(() => sim.reset());
afterAll(() => sim.close());

async function collect<Item>(stream: AsyncIterable<Item>): Promise<Item[]> {
  return Array.fromAsync(stream);
}

describe('chat completions', () => {
  it('answers with usage that follows from the request', async () => {
    const completion = await client.chat.completions.create({ model: 'gpt-5', messages });
    expect(completion.choices[0]?.message.content).toBe(ANSWER);
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    expect(completion.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 13, total_tokens: 16 });
    expect(completion._request_id).toBe(sim.bill[0]?.requestId);
  });

  it('cuts at the output cap and says so', async () => {
    const completion = await client.chat.completions.create({
      model: 'gpt-5',
      messages,
      max_completion_tokens: 2,
    });
    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'length',
      message: { content: 'This is ' },
    });
    expect(completion.usage?.completion_tokens).toBe(2);
  });

  it('counts every choice of n', async () => {
    const completion = await client.chat.completions.create({ model: 'gpt-5', messages, n: 3 });
    expect(completion.choices).toHaveLength(3);
    expect(completion.usage?.completion_tokens).toBe(39);
  });

  it('reports cached and reasoning tokens inside their totals', async () => {
    sim.script({ usage: { input: 10, cachedInput: 90, output: 5, reasoning: 20 } });
    const { usage } = await client.chat.completions.create({ model: 'gpt-5', messages });
    expect(usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 25, total_tokens: 125 });
    expect(usage?.prompt_tokens_details?.cached_tokens).toBe(90);
    expect(usage?.completion_tokens_details?.reasoning_tokens).toBe(20);
  });

  it('refuses what it cannot read with a 400 in its own form', async () => {
    const broken = client.chat.completions.create({ model: 'gpt-5' } as never);
    await expect(broken).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' });
    expect(sim.bill).toHaveLength(0);
  });
});

describe('streamed chat completions', () => {
  it('streams without usage unless it is asked for', async () => {
    const chunks = await collect(
      await client.chat.completions.create({ model: 'gpt-5', messages, stream: true }),
    );
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(ANSWER);
    expect(chunks.some((chunk) => chunk.usage)).toBe(false);
    expect(chunks.every((chunk) => chunk.choices.length === 1)).toBe(true);
  });

  it('streams usage in an extra last chunk without choices when asked', async () => {
    const stream_options = { include_usage: true };
    const chunks = await collect(
      await client.chat.completions.create({ model: 'gpt-5', messages, stream: true, stream_options }),
    );
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 13 } });
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
  });

  it.each([
    { usageIn: 'last-choice' as const, reports: 1, extra: 0 },
    { usageIn: 'every' as const, reports: 4, extra: 0 },
    { usageIn: 'twice' as const, reports: 2, extra: 2 },
    { usageIn: 'nowhere' as const, reports: 0, extra: 0 },
  ])('reports usage as scripted: $usageIn', async ({ usageIn, reports, extra }) => {
    sim.script({ usageIn, text: 'abcd', chunks: 2 });
    const stream_options = { include_usage: true };
    const chunks = await collect(
      await client.chat.completions.create({ model: 'gpt-5', messages, stream: true, stream_options }),
    );
    expect(chunks.filter((chunk) => chunk.usage)).toHaveLength(reports);
    expect(chunks.filter((chunk) => chunk.choices.length === 0)).toHaveLength(extra);
    if (reports > 0) expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 1 });
  });
});

describe('completions', () => {
  it('answers and streams', async () => {
    const whole = await client.completions.create({
      model: 'gpt-3.5-turbo-instruct',
      prompt: 'Twelve bytes',
    });
    expect(whole).toMatchObject({
      choices: [{ text: ANSWER, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3 },
    });
    const chunks = await collect(
      await client.completions.create({
        model: 'gpt-3.5-turbo-instruct',
        prompt: 'Twelve bytes',
        stream: true,
      }),
    );
    expect(chunks.map((chunk) => chunk.choices[0]?.text).join('')).toBe(ANSWER);
  });
});

describe('responses', () => {
  it('counts input as it is billed, for nothing', async () => {
    const request = { model: 'gpt-5', input: 'Twelve bytes', instructions: 'Be brief.' };
    const { input_tokens: counted } = await client.responses.inputTokens.count(request);
    expect(sim.bill).toEqual([]);
    const { usage } = await client.responses.create(request);
    expect(usage?.input_tokens).toBe(counted);
  });

  it('answers with usage in the form of this API', async () => {
    const response = await client.responses.create({ model: 'gpt-5', input: 'Twelve bytes' });
    expect(response.output_text).toBe(ANSWER);
    expect(response).toMatchObject({ status: 'completed', usage: { input_tokens: 3, output_tokens: 13 } });
  });

  it('streams the full sequence of events, in order and numbered', async () => {
    sim.script({ text: 'ab', chunks: 2 });
    const events = await collect(
      await client.responses.create({ model: 'gpt-5', input: 'Hi', stream: true }),
    );
    expect(events.map((event) => event.type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map((event) => event.sequence_number)).toEqual(events.keys().toArray());
    expect(events.at(-1)).toMatchObject({ response: { usage: { input_tokens: 1, output_tokens: 1 } } });
  });

  it('ends as incomplete when the cap cut it', async () => {
    const events = await collect(
      await client.responses.create({ model: 'gpt-5', input: 'Hi', stream: true, max_output_tokens: 1 }),
    );
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    });
  });
});

it('is whole again in the stream helpers of the SDK', async () => {
  const completion = await client.chat.completions.stream({ model: 'gpt-5', messages }).finalChatCompletion();
  expect(completion.choices[0]?.message.content).toBe(ANSWER);
  const response = await client.responses.stream({ model: 'gpt-5', input: 'Twelve bytes' }).finalResponse();
  expect(response.output_text).toBe(ANSWER);
});

describe('embeddings', () => {
  it('gives the same vectors as floats and as base64', async () => {
    const input = ['one', 'two'];
    const packed = await client.embeddings.create({ model: 'text-embedding-3-small', input });
    const floats = await client.embeddings.create({
      model: 'text-embedding-3-small',
      input,
      encoding_format: 'float',
    });
    expect(JSON.parse(sim.requests[0]!.body.toString()).encoding_format).toBe('base64');
    expect(packed.data.map((one) => [...one.embedding])).toEqual(floats.data.map((one) => one.embedding));
    expect(packed.usage).toEqual({ prompt_tokens: 2, total_tokens: 2 });
  });

  it('counts token lists by their length', async () => {
    const { usage } = await client.embeddings.create({ model: 'text-embedding-3-small', input: [5, 6, 7] });
    expect(usage.prompt_tokens).toBe(3);
  });
});

describe('images, audio, moderations, models', () => {
  it('makes images billed in tokens or by the piece', async () => {
    const tokens = await client.images.generate({ model: 'gpt-image-1', prompt: 'a cat', n: 2 });
    expect(tokens.usage).toMatchObject({ input_tokens: 2, output_tokens: 544 });
    const pieces = await client.images.generate({ model: 'dall-e-3', prompt: 'a cat' });
    expect(pieces.usage).toBeUndefined();
    expect(sim.bill[1]?.usage.images).toBe(1);
  });

  it('streams an image with its usage', async () => {
    const events = await collect(
      await client.images.generate({ model: 'gpt-image-1', prompt: 'a cat', stream: true }),
    );
    expect(events.at(-1)).toMatchObject({
      type: 'image_generation.completed',
      usage: { output_tokens: 272 },
    });
  });

  it('speaks', async () => {
    const sound = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'héllo' });
    expect((await sound.arrayBuffer()).byteLength).toBeGreaterThan(0);
    expect(sim.bill[0]?.usage.characters).toBe(5);
  });

  it('transcribes multipart uploads, by the second or in tokens', async () => {
    const file = await toFile(Buffer.alloc(20_000), 'speech.mp3');
    const whisper = await client.audio.transcriptions.create({ model: 'whisper-1', file });
    expect(whisper.usage).toEqual({ type: 'duration', seconds: 2 });
    const tokens = await client.audio.transcriptions.create({ model: 'gpt-4o-transcribe', file });
    expect(tokens.usage).toMatchObject({ type: 'tokens', input_tokens: 20 });
    const stream = await client.audio.transcriptions.create({
      model: 'gpt-4o-transcribe',
      file,
      stream: true,
    });
    expect((await collect(stream)).at(-1)).toMatchObject({
      type: 'transcript.text.done',
      usage: { input_tokens: 20 },
    });
  });

  it('moderates and lists for nothing', async () => {
    expect((await client.moderations.create({ input: ['a', 'b'] })).results).toHaveLength(2);
    const ids = (await collect(client.models.list())).map(({ id }) => id);
    expect(ids).toContain('gpt-5');
    expect((await client.models.retrieve('gpt-5')).id).toBe('gpt-5');
    expect(sim.bill).toHaveLength(0);
  });
});

describe('the AI SDK', () => {
  it('generates, streams and embeds', async () => {
    const provider = createOpenAI({ apiKey: 'sk-test', baseURL: sim.url });
    const prompt = 'Twelve bytes';
    const whole = await generateText({ model: provider('gpt-5'), prompt });
    expect(whole.text).toBe(ANSWER);
    expect(whole.usage.inputTokens).toBe(3);
    for (const model of [provider.chat('gpt-5'), provider.responses('gpt-5')]) {
      const stream = streamText({ model, prompt });
      expect(await stream.text).toBe(ANSWER);
      expect((await stream.usage).outputTokens).toBe(13);
    }
    const { embedding } = await embed({ model: provider.embedding('text-embedding-3-small'), value: 'one' });
    expect(embedding).toHaveLength(16);
    expect(sim.requests.map(({ operation }) => operation)).toEqual([
      'responses',
      'chat',
      'responses',
      'embeddings',
    ]);
  });
});
