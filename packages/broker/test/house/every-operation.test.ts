// The operations that the SDK tests do not reach, through the gate, and the addresses under which the same call may arrive.

import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type House, startHouse } from './start-house.ts';

let house: House;
let token: string;
beforeAll(async () => {
  house = await startHouse();
  ({ token } = await house.grant(
    { provider: 'openai' },
    { provider: 'sandbox' },
    { provider: 'google' },
    { provider: 'anthropic' },
  ));
});
afterAll(() => house.close());

const post = (path: string, body: unknown, bearer = token) =>
  fetch(house.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const openai = () => new OpenAI({ apiKey: token, baseURL: `${house.url}/openai/v1`, maxRetries: 0 });
/** The newest call once it has its outcome: an answer does not wait for its settlement to reach the disk. */
const lastCall = () =>
  vi.waitFor(
    async () => {
      const [call] = (await house.api('GET', '/calls?limit=1')).body.data;
      expect(call.status).not.toBe('admitted');
      return call;
    },
    { timeout: 20_000 },
  );

describe('an operation passes the gate and is settled', () => {
  it('images, from the tokens that the answer reports', async () => {
    const image = await openai().images.generate({
      model: 'gpt-image-1',
      prompt: 'a key',
      n: 1,
      size: '1024x1024',
      quality: 'low',
    });
    expect(image.data).toHaveLength(1);
    expect(await lastCall()).toMatchObject({ operation: 'openai.images.generations', status: 'settled' });
  });

  it('speech, byte for byte, by its characters', async () => {
    const spoken = await openai().audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hello' });
    expect((await spoken.arrayBuffer()).byteLength).toBeGreaterThan(0);
    expect(await lastCall()).toMatchObject({
      operation: 'openai.audio.speech',
      status: 'settled',
      cost_usd: '0.000075',
    });
  });

  it('transcription, whose form is written anew from its checked fields', async () => {
    const file = await toFile(Buffer.from('not really audio'), '../../etc/talk.mp3', { type: 'audio/mpeg' });
    const { text } = await openai().audio.transcriptions.create({ model: 'gpt-4o-mini-transcribe', file });
    expect(text).toContain('simulated');
    const sent = house.simulators.openai.requests.at(-1)?.body.toString('latin1') ?? '';
    expect(sent.match(/name="model"/g)).toHaveLength(1);
    expect(sent).toContain('filename="talk.mp3"');
    expect(await lastCall()).toMatchObject({ operation: 'openai.audio.transcriptions', status: 'settled' });
  });

  it('completions and moderations', async () => {
    const completion = await openai().completions.create({
      model: 'gpt-3.5-turbo-instruct',
      prompt: 'Say hello',
      max_tokens: 5,
    });
    expect(completion.choices).toHaveLength(1);
    const moderation = await openai().moderations.create({ model: 'omni-moderation-latest', input: 'hello' });
    expect(moderation.results).toHaveLength(1);
    expect(await lastCall()).toMatchObject({
      operation: 'openai.moderations',
      status: 'settled',
      cost_usd: '0',
    });
  });

  it('Gemini’s batch embeddings and token counts', async () => {
    const content = { parts: [{ text: 'hello' }] };
    const requests = [{ model: 'models/gemini-embedding-001', content }];
    const batch = await post('/google/v1beta/models/gemini-embedding-001:batchEmbedContents', { requests });
    expect([batch.status, ((await batch.json()) as { embeddings: unknown[] }).embeddings.length]).toEqual([
      200, 1,
    ]);
    const count = await post('/google/v1beta/models/gemini-2.5-flash:countTokens', { contents: [content] });
    expect([count.status, ((await count.json()) as { totalTokens: number }).totalTokens > 0]).toEqual([
      200,
      true,
    ]);
  });

  it('the sandbox, which says that it is simulated', async () => {
    const answer = await post('/sandbox/v1/chat/completions', {
      model: 'sandbox-mini',
      messages: [{ role: 'user', content: 'hi' }],
    });
    expect(await answer.text()).toContain('simulated');
  });
});

describe('one call under several addresses', () => {
  const CHAT = { messages: [{ role: 'user', content: 'hello' }], max_tokens: 5 };

  it.each([
    ['/v1/chat/completions', 'openai/gpt-4o-mini', 200],
    ['/v1/chat/completions', 'sandbox/sandbox-mini', 200],
    ['/v1/openai/chat/completions', 'gpt-4o-mini', 200],
    ['/openai/v1/chat/completions', 'gpt-4o-mini', 200],
    // Two parts of the grant speak this dialect and both include every model: it has to be said which is meant.
    ['/v1/chat/completions', 'gpt-4o-mini', 403],
    ['/v1/chat/completions', 'anthropic/claude-sonnet-4-6', 403],
  ])('%s with the model %s answers %i', async (path, model, status) => {
    expect((await post(path, { ...CHAT, model })).status).toBe(status);
  });

  it('/v1 needs no name when only one part of the grant can be meant', async () => {
    const own = await house.grant({ provider: 'openai' });
    expect((await post('/v1/chat/completions', { ...CHAT, model: 'gpt-4o-mini' }, own.token)).status).toBe(
      200,
    );
  });
});

describe('browsers and probes', () => {
  it('a page of another origin may ask and read, without cookies', async () => {
    const asked = await fetch(`${house.url}/openai/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, x-stainless-os',
      },
    });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe('*');
    expect(asked.headers.get('access-control-allow-headers')).toContain('x-stainless-os');
    expect(asked.headers.has('access-control-allow-credentials')).toBe(false);
  });

  it('a base URL tolerates HEAD, and nothing reaches a provider', async () => {
    const before = house.simulators.anthropic.counters().requests;
    expect((await fetch(`${house.url}/anthropic`, { method: 'HEAD' })).status).toBe(200);
    expect(house.simulators.anthropic.counters().requests).toBe(before);
  });
});
