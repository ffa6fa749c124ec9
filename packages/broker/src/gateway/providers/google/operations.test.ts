// Google's operations field by field, part by part, tool by tool.

import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../json/parse-json.ts';
import { accepted, readJson, verdict } from '../testing/operation-call.ts';
import { filterModels, operations } from './operations.ts';

const operation = (path: string) => {
  const found = operations.find((candidate) => candidate.path === path);
  if (!found) throw new Error(`no operation at ${path}`);
  return found;
};
const generate = operation('/v1beta/models/{model}:generateContent');
const stream = operation('/v1/models/{model}:streamGenerateContent');
const params = { model: 'gemini-3-pro' };
const body = (more: JsonObject): JsonObject => ({
  contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
  ...more,
});
const read = (more: JsonObject) => readJson(generate, body(more), { params });
const part = (value: JsonObject): JsonObject => ({ contents: [{ parts: [value] }] });
const at = 'contents[0].parts[0]';

describe('generateContent takes its documented fields and refuses the others by name', () => {
  it.each([
    // field, value, verdict
    ['systemInstruction', { parts: [{ text: 'x' }] }, 'ok'],
    ['safetySettings', [{ category: 'c', threshold: 't' }], 'ok'],
    ['generationConfig', { temperature: 1, thinkingConfig: { thinkingBudget: 100 } }, 'ok'],
    ['generationConfig', { candidateCount: 9 }, 'invalid_request generationConfig.candidateCount'],
    ['generationConfig', { maxOutputTokens: '100' }, 'invalid_request generationConfig.maxOutputTokens'],
    ['generationConfig', { maxOutputTokens: null }, 'invalid_request generationConfig.maxOutputTokens'],
    [
      'generationConfig',
      { responseModalities: ['VIDEO'] },
      'invalid_request generationConfig.responseModalities[0]',
    ],
    ['generationConfig', { routingConfig: {} }, 'unknown_field generationConfig.routingConfig'],
    ['cachedContent', 'cachedContents/1', 'reference_not_permitted cachedContent'],
    ['store', true, 'operation_not_permitted store'],
    ['serviceTier', 'warp', 'invalid_request serviceTier'],
    ['model', 'models/gemini-3-pro', 'ok'],
    ['model', 'models/gemini-3-ultra', 'invalid_request model'],
    ['contents', { parts: [] }, 'invalid_request contents'],
    ['somethingNew', 1, 'unknown_field somethingNew'],
  ] as const)('%s = %j: %s', (field, value, expected) => {
    expect(verdict(read({ [field]: value as JsonValue }))).toBe(expected);
  });

  it.each([
    [{ text: 'x', thought: true, thoughtSignature: 's' }, 'ok'],
    [{ inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }, 'ok'],
    [{ inlineData: { data: 'x' } }, `invalid_request ${at}.inlineData.mimeType`],
    [
      { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/1' } },
      `reference_not_permitted ${at}.fileData`,
    ],
    [{ functionCall: { name: 'f', args: { any_name: 1 } } }, 'ok'],
    [
      { functionResponse: { name: 'f', response: {}, parts: [{ fileData: { fileUri: 'x' } }] } },
      `reference_not_permitted ${at}.functionResponse.parts[0].fileData`,
    ],
    [{ hologram: {} }, `unknown_field ${at}.hologram`],
  ] as const)('part %j: %s', (value, expected) => {
    expect(verdict(read(part(value)))).toBe(expected);
  });

  it.each([
    // tool, the name a grant must include (or the refusal), whether it is bounded
    [{ functionDeclarations: [{ name: 'f' }] }, 'function', true],
    [{ googleSearch: {} }, 'web_search', false],
    [{ codeExecution: {} }, 'code_execution', false],
    [{ urlContext: {} }, 'url_context', false],
    [{ computerUse: {} }, 'computer', true],
    [{ fileSearch: { fileSearchStoreNames: ['x'] } }, 'reference_not_permitted tools[0].fileSearch', false],
    [{ mcpServers: [] }, 'operation_not_permitted tools[0].mcpServers', false],
    [{ google_search: {} }, 'unknown_field tools[0].google_search', false],
  ] as const)('tool %j: %s', (tool, expected, bounded) => {
    const result = read({ tools: [tool as JsonObject] });
    if (!result.ok) return expect(verdict(result)).toBe(expected);
    expect(result.value.tools).toEqual([expected]);
    return expect(result.value.unbounded === null).toBe(bounded);
  });
});

describe('what is sent and bounded', () => {
  it('keeps the version that the caller used, and puts the cap into generationConfig', () => {
    const reading = accepted(read({ generationConfig: { temperature: 1, maxOutputTokens: 500 } }));
    const { path, body: text } = reading.encode(30);
    expect(path).toBe('/v1beta/models/gemini-3-pro:generateContent');
    expect(JSON.parse(String(text))).toEqual(
      body({ generationConfig: { temperature: 1, maxOutputTokens: 30 } }),
    );
    expect(reading.outputCap).toBe(500);
    const streamed = accepted(readJson(stream, body({}), { params, query: 'alt=sse' }));
    expect(streamed.encode(7)).toMatchObject({
      path: '/v1/models/gemini-3-pro:streamGenerateContent?alt=sse',
    });
    expect(JSON.parse(String(streamed.encode(7).body))).toEqual(
      body({ generationConfig: { maxOutputTokens: 7 } }),
    );
  });

  it.each([
    ['alt=sse', 'ok'],
    ['', 'ok'],
    ['alt=proto', 'invalid_request'],
    ['alt=sse&alt=json', 'invalid_request'],
    ['alt=sse&key=AIza', 'unknown_field'],
    ['alt=sse&fields=candidates', 'unknown_field'],
  ])('streamGenerateContent?%s: %s', (query, expected) => {
    expect(verdict(readJson(stream, body({}), { params, query }))).toBe(expected);
  });

  it.each(['a:embedContent', '..', 'a b', 'models%2Fa', 'a?x', ''])('does not call the model %j', (model) => {
    expect(verdict(readJson(generate, body({}), { params: { model } }))).toBe('model_not_permitted');
  });

  it('multiplies by candidates and names the kinds of media', () => {
    const { bound } = accepted(
      read({ generationConfig: { candidateCount: 4, responseModalities: ['TEXT', 'IMAGE'] } }),
    );
    expect(bound.outputs).toBe(4);
    expect(bound.outputKinds).toEqual(['text', 'image']);
    const audio = accepted(read(part({ inlineData: { mimeType: 'audio/mp3', data: 'AAAA' } }))).bound;
    expect(audio.inputKinds).toEqual(['text', 'audio']);
    expect(audio.anyInputTokens).toBeGreaterThan(1_000_000);
    const picture = { inlineData: { mimeType: 'image/png', data: 'A'.repeat(800_000) } };
    expect(accepted(read(part(picture))).bound.anyInputTokens).toBeLessThan(6_000);
  });

  it('cannot bound a tier whose price is not known', () => {
    expect(accepted(read({ serviceTier: 'priority' })).unbounded).toContain('tier');
  });
});

describe('embeddings and token counts', () => {
  const embed = operation('/v1beta/models/{model}:embedContent');
  const batch = operation('/v1beta/models/{model}:batchEmbedContents');
  const count = operation('/v1beta/models/{model}:countTokens');
  const content = { parts: [{ text: 'x' }] };

  it.each([
    [embed, { content, outputDimensionality: 256 }, 'ok'],
    [embed, { content, outputDimensionality: '256' }, 'invalid_request outputDimensionality'],
    [embed, { content, output_dimensionality: 256 }, 'unknown_field output_dimensionality'],
    [batch, { requests: [{ model: 'models/gemini-3-pro', content }] }, 'ok'],
    [batch, { requests: [{ model: 'models/other', content }] }, 'invalid_request requests[0].model'],
    [batch, { requests: 'x' }, 'invalid_request requests'],
    [count, { contents: [content] }, 'ok'],
    [count, { generateContentRequest: { model: 'models/gemini-3-pro', contents: [content] } }, 'ok'],
    [
      count,
      { generateContentRequest: { model: 'models/other' } },
      'invalid_request generateContentRequest.model',
    ],
  ] as const)('%# %j', (one, value, expected) => {
    expect(verdict(readJson(one, value, { params }))).toBe(expected);
  });
});

describe('models', () => {
  it('are filtered by the name without `models/`', () => {
    const page = { models: [{ name: 'models/a' }, { name: 'models/b' }], nextPageToken: 't' };
    expect(filterModels(page, (model) => model === 'a')).toEqual({
      models: [{ name: 'models/a' }],
      nextPageToken: 't',
    });
    expect(filterModels(null, () => true)).toEqual({ models: [] });
  });

  it('are listed without what programs add of themselves, and never by a key in the address', () => {
    const list = operation('/v1beta/models');
    const path = (query: string) => accepted(readJson(list, null, { query })).encode(0).path;
    expect(path('pageSize=50&pageToken=a&source=app')).toBe('/v1beta/models?pageSize=50&pageToken=a');
    expect(verdict(readJson(list, null, { query: 'key=x' }))).toBe('unknown_field');
  });
});
