// Every billed operation against the simulators, which keep their own bill: what is metered is what they billed, whatever the division of
// the answer into chunks; what was bounded is never less; and the bytes pass as they came.

import { METERS, type Usage } from '@valetkey/core';
import {
  type Usage as Billed,
  type Simulator,
  type Rule as SimulatorRule,
  startSimulator,
} from '@valetkey/testkit';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Operation, Provider, Reading } from '../contract.ts';
import type { JsonObject } from '../json/parse-json.ts';
import { anthropic } from './anthropic/provider.ts';
import { google } from './google/provider.ts';
import { openai } from './openai/provider.ts';
import {
  type Around,
  accepted,
  cutAt,
  meterAll,
  meterOf,
  operationOf,
  readForm,
  readJson,
} from './testing/operation-call.ts';

const providers: Readonly<Record<string, Provider>> = { openai, anthropic, google };
const sims = new Map<string, Simulator>();

beforeAll(async () => {
  for (const provider of ['openai', 'anthropic', 'google'] as const)
    sims.set(provider, await startSimulator({ provider }));
});
afterEach(() => {
  for (const sim of sims.values()) sim.reset();
});
afterAll(async () => {
  for (const sim of sims.values()) await sim.close();
});

/** The simulators' categories as our meters. */
const metersOf = (billed: Billed): Usage => {
  const usage: Record<string, number> = {
    input_tokens: billed.input,
    cache_read_tokens: billed.cachedInput,
    cache_write_5m_tokens: billed.cacheWrite5m,
    cache_write_1h_tokens: billed.cacheWrite1h,
    input_audio_tokens: billed.audioInput,
    input_image_tokens: billed.imageInput,
    output_tokens: billed.output + billed.reasoning,
    output_audio_tokens: billed.audioOutput,
    output_image_tokens: billed.imageOutput,
    images: billed.images,
    characters: billed.characters,
    audio_seconds: billed.seconds,
    web_search_calls: billed.webSearches,
  };
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== 0));
};

const INPUT = METERS.filter((meter) => /^(?:input|cache).*_tokens$/.test(meter));

/** Whether a usage is within a bound, the output cap being `cap`. */
function isWithin(usage: Usage, { bound }: Reading, cap: number): boolean {
  const fixed = (meter: keyof Usage) => bound.fixed[meter] ?? 0;
  const input = INPUT.reduce((sum, meter) => sum + (usage[meter] ?? 0), 0);
  const output =
    (usage.output_tokens ?? 0) + (usage.output_audio_tokens ?? 0) + (usage.output_image_tokens ?? 0);
  const rest = (['images', 'characters', 'audio_seconds', 'web_search_calls'] as const).every(
    (meter) => (usage[meter] ?? 0) <= fixed(meter),
  );
  const fixedOutput = fixed('output_tokens') + fixed('output_audio_tokens') + fixed('output_image_tokens');
  return rest && input <= bound.anyInputTokens && output <= bound.outputs * cap + fixedOutput;
}

const messages = [
  { role: 'user', content: 'Was kostet die Welt? Ein paar Wörter mehr, damit es etwas zu zählen gibt.' },
];
const contents = [{ role: 'user', parts: [{ text: messages[0]?.content ?? '' }] }];
const gemini = { params: { model: 'gemini-2.5-flash' } };

interface Case {
  readonly name: string;
  readonly body: JsonObject;
  readonly around?: Around;
  readonly rule?: SimulatorRule;
}

const CASES: readonly (readonly [provider: string, Case])[] = [
  ['openai', { name: 'chat.completions', body: { model: 'gpt-5', messages } }],
  ['openai', { name: 'chat.completions', body: { model: 'gpt-5', messages, n: 3 } }],
  ['openai', { name: 'chat.completions', body: { model: 'gpt-5', messages, stream: true } }],
  [
    'openai',
    {
      name: 'chat.completions',
      body: { model: 'gpt-5', messages, stream: true, stream_options: { include_usage: true } },
    },
  ],
  [
    'openai',
    {
      name: 'chat.completions',
      body: { model: 'gpt-5', messages, stream: true },
      rule: { usageIn: 'last-choice' },
    },
  ],
  [
    'openai',
    {
      name: 'chat.completions',
      body: { model: 'gpt-5', messages, stream: true },
      rule: { usageIn: 'every' },
    },
  ],
  [
    'openai',
    {
      name: 'chat.completions',
      body: { model: 'gpt-5', messages, stream: true },
      rule: { usageIn: 'twice' },
    },
  ],
  [
    'openai',
    {
      name: 'chat.completions',
      body: { model: 'gpt-5.6-sol', messages, stream: true },
      rule: {
        usage: {
          input: 9,
          cachedInput: 30,
          cacheWrite5m: 4,
          audioInput: 2,
          output: 5,
          reasoning: 7,
          audioOutput: 1,
        },
      },
    },
  ],
  [
    'openai',
    { name: 'completions', body: { model: 'gpt-3.5-turbo-instruct', prompt: 'Twelve bytes', best_of: 2 } },
  ],
  [
    'openai',
    { name: 'completions', body: { model: 'gpt-3.5-turbo-instruct', prompt: 'Twelve bytes', stream: true } },
  ],
  ['openai', { name: 'responses', body: { model: 'gpt-5', input: 'Twelve bytes' } }],
  [
    'openai',
    {
      name: 'responses',
      body: { model: 'gpt-5', input: [{ role: 'user', content: 'Twelve bytes' }], stream: true },
      rule: { usage: { input: 8, cachedInput: 20, cacheWrite5m: 3, reasoning: 9 } },
    },
  ],
  ['openai', { name: 'embeddings', body: { model: 'text-embedding-3-small', input: ['one', 'two'] } }],
  ['openai', { name: 'images.generations', body: { model: 'gpt-image-1', prompt: 'a cat', n: 2 } }],
  ['openai', { name: 'images.generations', body: { model: 'gpt-image-1', prompt: 'a cat', stream: true } }],
  ['openai', { name: 'images.generations', body: { model: 'dall-e-3', prompt: 'a cat' } }],
  ['openai', { name: 'audio.speech', body: { model: 'tts-1', input: 'Grüße 👋', voice: 'alloy' } }],
  ['anthropic', { name: 'messages', body: { model: 'claude-sonnet-5', max_tokens: 400, messages } }],
  [
    'anthropic',
    {
      name: 'messages',
      body: { model: 'claude-sonnet-5', max_tokens: 400, messages, stream: true },
      around: { query: 'beta=true' },
    },
  ],
  [
    'anthropic',
    {
      name: 'messages',
      body: { model: 'claude-sonnet-5', max_tokens: 400, messages, stream: true },
      rule: {
        usage: { input: 5, cachedInput: 40, cacheWrite5m: 6, cacheWrite1h: 7, output: 9, reasoning: 3 },
        usageIn: 'every',
      },
    },
  ],
  [
    'anthropic',
    {
      name: 'messages',
      body: {
        model: 'claude-sonnet-5',
        max_tokens: 400,
        messages,
        tools: [{ type: 'web_search_20260209', name: 'web_search', max_uses: 3 }],
      },
      rule: { usage: { input: 90_000, output: 500, webSearches: 3 } },
    },
  ],
  ['google', { name: 'generateContent', body: { contents }, around: gemini }],
  [
    'google',
    { name: 'generateContent', body: { contents, generationConfig: { candidateCount: 2 } }, around: gemini },
  ],
  ['google', { name: 'streamGenerateContent', body: { contents }, around: { ...gemini, query: 'alt=sse' } }],
  ['google', { name: 'streamGenerateContent', body: { contents }, around: gemini }],
  [
    'google',
    {
      name: 'streamGenerateContent',
      body: { contents },
      around: { ...gemini, query: 'alt=sse' },
      rule: {
        usage: {
          input: 11,
          cachedInput: 20,
          audioInput: 3,
          imageInput: 4,
          output: 6,
          reasoning: 8,
          imageOutput: 5,
        },
        usageIn: 'twice',
      },
    },
  ],
  ['google', { name: 'embedContent', body: { content: { parts: [{ text: 'one' }] } }, around: gemini }],
  [
    'google',
    {
      name: 'batchEmbedContents',
      body: {
        requests: ['one', 'two'].map((text) => ({
          model: 'models/gemini-2.5-flash',
          content: { parts: [{ text }] },
        })),
      },
      around: gemini,
    },
  ],
];

const CAP = 400;

/** Sends what the operation encodes; the answer's bytes and what was billed for it. */
async function send(provider: string, reading: Reading, rule: SimulatorRule | undefined) {
  const sim = sims.get(provider) as Simulator;
  if (rule) sim.script(rule);
  const { method, path, contentType, body } = reading.encode(CAP);
  const answer = await fetch(sim.origin + path, {
    method,
    ...(contentType === null ? {} : { headers: { 'content-type': contentType } }),
    ...(body === null ? {} : { body: body as string | Uint8Array<ArrayBuffer> }),
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  expect(answer.status).toBe(200);
  return { bytes, billed: metersOf(sim.bill.at(-1)?.usage as Billed) };
}

function expectMetered(operation: Operation, reading: Reading, bytes: Uint8Array, billed: Usage): void {
  const whole = meterAll(meterOf(operation, reading), [bytes]);
  expect(whole.metered).toMatchObject({ usage: billed, complete: true, anomalies: [] });
  if (!reading.hideUsageChunk) expect(whole.passed.equals(bytes)).toBe(true);
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 12 }), (places) => {
      const divided = meterAll(meterOf(operation, reading), cutAt(bytes, places));
      expect(divided.metered).toEqual(whole.metered);
      expect(divided.passed.equals(whole.passed)).toBe(true);
    }),
    { numRuns: 25 },
  );
  expect(isWithin(billed, reading, CAP)).toBe(true);
}

describe('an operation meters what the provider billed, within its bound', () => {
  it.each(
    CASES.map(([provider, one], index) => [`${index} ${provider}.${one.name}`, provider, one] as const),
  )('%s', async (_title, provider, { name, body, around, rule }) => {
    const operation = operationOf(providers[provider] as Provider, name);
    const reading = accepted(readJson(operation, body, around));
    const { bytes, billed } = await send(provider, reading, rule);
    expectMetered(operation, reading, bytes, billed);
  });

  it.each(['whisper-1', 'gpt-4o-transcribe'])('transcription with %s', async (model) => {
    const operation = operationOf(openai, 'audio.transcriptions');
    const file = { name: 'file', filename: 'a.wav', contentType: 'audio/wav', bytes: wav(16_000, 32_044) };
    const reading = accepted(
      readForm(operation, { fields: [{ name: 'model', value: model }], files: [file] }),
    );
    const { bytes, billed } = await send('openai', reading, undefined);
    expectMetered(operation, reading, bytes, billed);
  });
});

/** PCM WAV of one byte a sample. */
function wav(sampleRate: number, size: number): Uint8Array {
  const bytes = Buffer.alloc(size);
  bytes.write('RIFF', 0);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt16LE(1, 32);
  return bytes;
}
