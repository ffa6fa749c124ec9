// Chat completions field by field, and what is sent of them.

import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../json/parse-json.ts';
import { openai } from '../openai/provider.ts';
import { compatibleProviders } from '../openai-compatible/providers.ts';
import { accepted, operationOf, readJson, verdict } from '../testing/operation-call.ts';

const chat = operationOf(openai, 'chat.completions');
const messages = [{ role: 'user', content: 'hi' }];
const body = (more: JsonObject): JsonObject => ({ model: 'gpt-5-mini', messages, ...more });
const part = (content: JsonObject): JsonObject => ({ messages: [{ role: 'user', content: [content] }] });
const at = 'messages[0].content[0]';
const PNG = 'data:image/png;base64,iVBORw0KGgo=';

const NUMBERS: readonly JsonValue[] = [-1, 0, 1.5, '100', true, 2 ** 53, [1], {}];

describe('chat completions take their documented fields and refuse the others by name', () => {
  it.each([
    // field, value, verdict
    ['temperature', 0.2, 'ok'],
    ['response_format', { type: 'json_schema', json_schema: { name: 'a', schema: {} } }, 'ok'],
    ['tools', [{ type: 'function', function: { name: 'f', parameters: {} } }], 'ok'],
    ['tools', [{ type: 'custom', custom: { name: 'f' } }], 'ok'],
    [
      'tools',
      [{ type: 'mcp', server_url: 'https://evil.example' }],
      'operation_not_permitted tools[0].server_url',
    ],
    ['tools', [{ function: {} }], 'invalid_request tools[0].type'],
    ['functions', [{ name: 'f' }], 'ok'],
    ['store', false, 'ok'],
    ['store', null, 'ok'],
    ['store', true, 'operation_not_permitted store'],
    ['n', 8, 'ok'],
    ['n', 129, 'invalid_request n'],
    ['stream', 'true', 'invalid_request stream'],
    ['stream_options', { include_usage: 1 }, 'invalid_request stream_options.include_usage'],
    ['service_tier', 'priority', 'ok'],
    ['service_tier', 'ultra', 'invalid_request service_tier'],
    ['modalities', ['text', 'video'], 'invalid_request modalities[1]'],
    ['audio', { format: 'mp3', voice: 'alloy' }, 'ok'],
    ['audio', { format: 'mp3', voice: { id: 'voice_1' } }, 'invalid_request audio.voice'],
    ['moderation', { model: 'omni-moderation-latest' }, 'ok'],
    ['moderation', { model: 'gpt-5' }, 'invalid_request moderation.model'],
    ['prompt_cache_options', { ttl: '12h' }, 'ok'],
    ['prompt_cache_options', { ttl: '9h' }, 'invalid_request prompt_cache_options.ttl'],
    ['max_tokens', null, 'ok'],
    ['messages', [{ role: 'root', content: 'x' }], 'invalid_request messages[0].role'],
    [
      'messages',
      [{ role: 'assistant', audio: { id: 'audio_1' } }],
      'reference_not_permitted messages[0].audio',
    ],
    ['messages', [{ role: 'user', content: 'x', weight: 1 }], 'unknown_field messages[0].weight'],
    ['messages', 'hi', 'invalid_request messages'],
    ['model', 7, 'invalid_request model'],
    ['constructor', 1, 'unknown_field constructor'],
    ['something_new', 1, 'unknown_field something_new'],
  ] as const)('%s = %j: %s', (field, value, expected) => {
    expect(verdict(readJson(chat, body({ [field]: value as JsonValue })))).toBe(expected);
  });

  it.each([
    [{ type: 'text', text: 'x' }, 'ok'],
    [{ type: 'image_url', image_url: { url: PNG } }, 'ok'],
    [{ type: 'image_url', image_url: { url: 'https://images.example.org/cat.png', detail: 'high' } }, 'ok'],
    [
      { type: 'image_url', image_url: { url: 'data:text/html;base64,PGI+' } },
      `invalid_request ${at}.image_url.url`,
    ],
    [
      { type: 'image_url', image_url: { url: PNG, detail: 'huge' } },
      `invalid_request ${at}.image_url.detail`,
    ],
    [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }, 'ok'],
    [{ type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' } }, 'ok'],
    [
      { type: 'file', file: { file_id: 'file-1', file_data: 'x' } },
      `reference_not_permitted ${at}.file.file_id`,
    ],
    [{ type: 'video_url', video_url: { url: 'https://a.example' } }, `unknown_field ${at}.type`],
    [{ text: 'x' }, `invalid_request ${at}.type`],
  ] as const)('content part %j: %s', (content, expected) => {
    expect(verdict(readJson(chat, body(part(content))))).toBe(expected);
  });

  it('needs a model and messages', () => {
    expect(verdict(readJson(chat, { messages }))).toBe('invalid_request model');
    expect(verdict(readJson(chat, { model: 'gpt-5' }))).toBe('invalid_request messages');
  });

  it.each(['max_tokens', 'max_completion_tokens', 'n'])('%s is a whole number and nothing else', (field) => {
    for (const value of NUMBERS)
      expect(verdict(readJson(chat, body({ [field]: value })))).toBe(`invalid_request ${field}`);
  });

  it('passes unknown fields for own tools, but never those that steer', () => {
    const passed = accepted(readJson(chat, body({ something_new: 1 }), { unknownFields: 'pass' }));
    expect(String(passed.encode(5).body)).toContain('"something_new":1');
    expect(verdict(readJson(chat, body({ fallbacks: [] }), { unknownFields: 'pass' }))).toBe(
      'unknown_field fallbacks',
    );
  });

  it('calls content of an unknown kind unbounded when it passes it', () => {
    const reading = accepted(readJson(chat, body(part({ type: 'video_url' })), { unknownFields: 'pass' }));
    expect(reading.unbounded).toContain('not known here');
  });
});

const sent = (value: JsonObject, cap: number) =>
  JSON.parse(String(accepted(readJson(chat, value)).encode(cap).body));

describe('what is sent', () => {
  it('is the checked body with the cap, usage asked for and the standard tier', () => {
    expect(sent(body({ stream: true }), 77)).toEqual({
      ...body({ stream: true }),
      stream_options: { include_usage: true },
      service_tier: 'default',
      max_completion_tokens: 77,
    });
  });

  it.each(['max_tokens', 'max_completion_tokens'])(
    'puts the cap into the field that the caller used: %s',
    (field) => {
      const reading = accepted(readJson(chat, body({ [field]: 500 })));
      expect(reading.outputCap).toBe(500);
      const value = JSON.parse(String(reading.encode(60).body));
      expect(value[field]).toBe(60);
      expect(['max_tokens', 'max_completion_tokens'].filter((name) => name in value)).toEqual([field]);
    },
  );

  it('reads a null cap as none and sends one number', () => {
    const reading = accepted(readJson(chat, body({ max_completion_tokens: null })));
    expect(reading.outputCap).toBeNull();
    expect(String(reading.encode(9).body).match(/max_completion_tokens/g)).toHaveLength(1);
  });

  it('sets no cap where none was held for', () => {
    expect(sent(body({}), Infinity)).not.toHaveProperty('max_completion_tokens');
  });

  it('refuses two caps at once', () => {
    expect(verdict(readJson(chat, body({ max_tokens: 1, max_completion_tokens: 2 })))).toBe(
      'invalid_request max_tokens',
    );
  });

  it('keeps the options of a caller who asked for usage, and hides nothing from them', () => {
    const asked = { stream: true, stream_options: { include_usage: true, include_obfuscation: false } };
    expect(sent(body(asked), 5).stream_options).toEqual(asked.stream_options);
    expect(accepted(readJson(chat, body(asked))).hideUsageChunk).toBe(false);
    expect(accepted(readJson(chat, body({ stream: true }))).hideUsageChunk).toBe(true);
    expect(accepted(readJson(chat, body({}))).hideUsageChunk).toBe(false);
  });

  it('asks Mistral for nothing that it refuses', () => {
    const mistral = compatibleProviders.find(({ name }) => name === 'mistral');
    if (!mistral) throw new Error('no mistral');
    const reading = accepted(readJson(operationOf(mistral, 'chat.completions'), body({ stream: true })));
    expect(JSON.parse(String(reading.encode(7).body))).toEqual(body({ stream: true, max_tokens: 7 }));
  });
});

const boundOf = (more: JsonObject, model = 'gpt-5-mini') =>
  accepted(readJson(chat, { ...body(more), model })).bound;

describe('the bound', () => {
  it('is at least one token for each byte of what the model reads', () => {
    const content = 'ü'.repeat(500);
    expect(boundOf({ messages: [{ role: 'user', content }] }).anyInputTokens).toBeGreaterThanOrEqual(1_000);
  });

  it('counts a picture at its documented most, not by its bytes', () => {
    const url = `data:image/png;base64,${'A'.repeat(400_000)}`;
    const { anyInputTokens } = boundOf(part({ type: 'image_url', image_url: { url } }));
    expect(anyInputTokens).toBeGreaterThan(1_445);
    expect(anyInputTokens).toBeLessThan(6_000);
    expect(
      boundOf(part({ type: 'image_url', image_url: { url } }), 'gpt-4o-mini').anyInputTokens,
    ).toBeGreaterThan(48_169);
  });

  it('names audio as a kind of its own', () => {
    const bound = boundOf(
      part({ type: 'input_audio', input_audio: { data: 'A'.repeat(64_000), format: 'mp3' } }),
    );
    expect(bound.inputKinds).toContain('audio');
    expect(bound.anyInputTokens).toBeGreaterThan(1_000);
    expect(boundOf({ modalities: ['text', 'audio'] }).outputKinds).toEqual(['text', 'audio']);
  });

  it('counts a file as a whole context', () => {
    const file = { file_data: 'data:application/pdf;base64,JVBERi0=' };
    expect(boundOf(part({ type: 'file', file })).anyInputTokens).toBeGreaterThan(1_000_000);
  });

  it('knows which models bill what they write to the cache', () => {
    expect(boundOf({}, 'gpt-5.6-sol').inputKinds).toContain('cache_write_5m');
    expect(boundOf({}, 'gpt-5-mini').inputKinds).toEqual(['text']);
    expect(boundOf({ prompt_cache_options: { ttl: '12h' } }).inputKinds).toContain('cache_write_1h');
  });
});
