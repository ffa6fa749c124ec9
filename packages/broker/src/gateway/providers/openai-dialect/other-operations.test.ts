// Completions, embeddings, images, speech, transcriptions, moderations and models of the OpenAI dialect.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json/parse-json.ts';
import type { Multipart } from '../../multipart/multipart.ts';
import { openai } from '../openai/provider.ts';
import {
  accepted,
  meterAll,
  meterOf,
  operationOf,
  readForm,
  readJson,
  verdict,
} from '../testing/operation-call.ts';
import { filterModels } from './models.ts';

const prompt = 'Twelve bytes';

describe('each field is what its operation documents', () => {
  it.each([
    // operation, body, verdict
    ['completions', { model: 'm', prompt }, 'ok'],
    ['completions', { model: 'm', prompt: [1, 2, 3] }, 'ok'],
    ['completions', { model: 'm', prompt: [[1, 2], 'x'] }, 'ok'],
    ['completions', { model: 'm', prompt: [1, 'x'] }, 'invalid_request prompt[1]'],
    ['completions', { model: 'm', prompt, best_of: 21 }, 'invalid_request best_of'],
    ['completions', { model: 'm', prompt, store: true }, 'unknown_field store'],
    ['embeddings', { model: 'm', input: prompt, dimensions: 256, encoding_format: 'base64' }, 'ok'],
    ['embeddings', { model: 'm', input: [[1, 2], [3]] }, 'ok'],
    ['embeddings', { model: 'm', input: [1.5] }, 'invalid_request input[0]'],
    ['embeddings', { model: 'm', input: Array(2_049).fill('x') }, 'invalid_request input'],
    ['embeddings', { model: 'm', input: { text: 'x' } }, 'invalid_request input'],
    ['embeddings', { model: 'm' }, 'invalid_request input'],
    ['images.generations', { model: 'gpt-image-1', prompt, n: 10, quality: 'high', size: '1024x1536' }, 'ok'],
    ['images.generations', { model: 'gpt-image-1', prompt, n: 11 }, 'invalid_request n'],
    ['images.generations', { model: 'gpt-image-1', prompt, quality: 'best' }, 'invalid_request quality'],
    [
      'images.generations',
      { model: 'gpt-image-2', prompt, svg: { model: 'gpt-6-sol' } },
      'operation_not_permitted svg',
    ],
    [
      'images.generations',
      { model: 'gpt-image-2', prompt, frame_count: 9 },
      'operation_not_permitted frame_count',
    ],
    ['images.generations', { prompt }, 'invalid_request model'],
    ['audio.speech', { model: 'tts-1', input: prompt, voice: 'alloy', speed: 1.5 }, 'ok'],
    ['audio.speech', { model: 'tts-1', input: prompt, voice: { id: 'voice_1' } }, 'invalid_request voice'],
    ['moderations', { input: prompt }, 'ok'],
    [
      'moderations',
      { input: [{ type: 'image_url', image_url: { url: 'http://127.0.0.1/x' } }] },
      'reference_not_permitted input[0].image_url.url',
    ],
  ] as const)('%s %j: %s', (name, body, expected) => {
    expect(verdict(readJson(operationOf(openai, name), body as JsonObject))).toBe(expected);
  });
});

const boundOf = (name: string, body: JsonObject) => accepted(readJson(operationOf(openai, name), body)).bound;

describe('each bound multiplies what is asked for', () => {
  it('completions: prompts times the larger of n and best_of', () => {
    expect(boundOf('completions', { model: 'm', prompt: ['a', 'b', 'c'], n: 2, best_of: 4 }).outputs).toBe(
      12,
    );
    expect(boundOf('completions', { model: 'm', prompt: [1, 2, 3] }).outputs).toBe(1);
  });

  it('images: tokens of each picture, or pieces', () => {
    expect(
      boundOf('images.generations', { model: 'gpt-image-1', prompt, n: 3, partial_images: 2 }).fixed,
    ).toEqual({
      output_image_tokens: 3 * (6_240 + 200),
    });
    expect(boundOf('images.generations', { model: 'dall-e-3', prompt, n: 3 }).fixed).toEqual({ images: 3 });
  });

  it('speech: characters as code points', () => {
    expect(boundOf('audio.speech', { model: 'tts-1', input: 'äé👋', voice: 'a' }).fixed).toEqual({
      characters: 3,
    });
  });

  it.each([
    ['images.generations', { model: 'gpt-image-9', prompt }],
    ['audio.speech', { model: 'gpt-4o-mini-tts', input: prompt, voice: 'alloy' }],
  ] as const)('%s %j cannot be bounded', (name, body) => {
    expect(accepted(readJson(operationOf(openai, name), body)).unbounded).not.toBeNull();
  });
});

describe('moderations', () => {
  it('write out the model that the provider would choose', () => {
    const reading = accepted(readJson(operationOf(openai, 'moderations'), { input: prompt }));
    expect(reading.model).toBe('omni-moderation-latest');
    expect(JSON.parse(String(reading.encode(0).body)).model).toBe('omni-moderation-latest');
  });
});

const transcriptions = operationOf(openai, 'audio.transcriptions');
const file = { name: 'file', filename: 'a.mp3', contentType: 'audio/mpeg', bytes: new Uint8Array(100) };
const form = (fields: readonly (readonly [string, string])[], files = [file]): Multipart => ({
  fields: fields.map(([name, value]) => ({ name, value })),
  files,
});

describe('transcriptions', () => {
  it.each([
    // fields, files, verdict
    [
      [
        ['model', 'gpt-4o-transcribe'],
        ['response_format', 'json'],
        ['timestamp_granularities[]', 'word'],
      ],
      1,
      'ok',
    ],
    [[['model', 'gpt-4o-transcribe']], 0, 'invalid_request file'],
    [[['model', 'gpt-4o-transcribe']], 2, 'invalid_request file'],
    [[], 1, 'invalid_request model'],
    [
      [
        ['model', 'm'],
        ['temperature', 'hot'],
      ],
      1,
      'invalid_request temperature',
    ],
    [
      [
        ['model', 'm'],
        ['webhook', 'https://x.example'],
      ],
      1,
      'unknown_field webhook',
    ],
    [
      [
        ['model', 'm'],
        ['known_speaker_references[]', 'data:audio/wav;base64,AA=='],
      ],
      1,
      'unknown_field known_speaker_references[]',
    ],
  ] as const)('%j with %i files: %s', (fields, count, expected) => {
    expect(verdict(readForm(transcriptions, form(fields, Array(count).fill(file))))).toBe(expected);
  });

  it('cannot bound a recording whose length its size does not tell', () => {
    const reading = accepted(readForm(transcriptions, form([['model', 'whisper-1']])));
    expect(reading.unbounded).toContain('WAV');
    expect(
      meterAll(meterOf(transcriptions, reading), [Buffer.from('plain text\n')]).metered.usage,
    ).toBeNull();
  });

  it('rounds seconds up', () => {
    const reading = accepted(readForm(transcriptions, form([['model', 'whisper-1']])));
    const answer = Buffer.from('{"text":"a","usage":{"type":"duration","seconds":12.2}}');
    expect(meterAll(meterOf(transcriptions, reading), [answer]).metered.usage).toEqual({ audio_seconds: 13 });
  });
});

describe('models', () => {
  const permitted = (model: string) => model === 'a';
  it.each([
    [
      { object: 'list', data: [{ id: 'a' }, { id: 'b' }, { name: 'a' }, null] },
      { object: 'list', data: [{ id: 'a' }] },
    ],
    [[{ id: 'a' }, { id: 'b' }], [{ id: 'a' }]],
    ['nonsense', { object: 'list', data: [] }],
  ])('%j is filtered to %j', (answer, expected) => {
    expect(filterModels(answer, permitted)).toEqual(expected);
  });

  it.each([
    ['models.list', { query: 'client_version=0.169.0&order=a&order=b' }, '/v1/models'],
    ['models.get', { query: 'client_version=0.169.0', params: { model: 'a' } }, '/v1/models/a'],
  ])('%s leaves out what programs add of themselves', (operation, asked, path) => {
    expect(accepted(readJson(operationOf(openai, operation), null, asked)).encode(0).path).toBe(path);
  });

  it.each(['api_key=x', 'key=x', 'x-api-key=x', 'access_token=x', 'Token=x'])(
    'refuses a credential in the address: %s',
    (query) => {
      expect(verdict(readJson(operationOf(openai, 'models.list'), null, { query }))).toBe('unknown_field');
    },
  );

  it('writes the address from the checked name', () => {
    const reading = accepted(
      readJson(operationOf(openai, 'models.get'), null, { params: { model: 'ft:gpt-4o:org' } }),
    );
    expect(reading.encode(0).path).toBe('/v1/models/ft%3Agpt-4o%3Aorg');
    expect(reading.model).toBe('ft:gpt-4o:org');
  });
});
