// Messages field by field, block by block, tool by tool.

import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../json/parse-json.ts';
import { accepted, operationOf, readJson, verdict } from '../testing/operation-call.ts';
import { filterModels } from './operations.ts';
import { anthropic } from './provider.ts';

const messages = operationOf(anthropic, 'messages');
const count = operationOf(anthropic, 'messages.count_tokens');
const body = (more: JsonObject): JsonObject => ({
  model: 'claude-sonnet-5',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'hi' }],
  ...more,
});
const read = (more: JsonObject) => readJson(messages, body(more));
const block = (content: JsonObject): JsonObject => ({ messages: [{ role: 'user', content: [content] }] });
const at = 'messages[0].content[0]';
const pdf = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' };
const png = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };

describe('messages take their documented fields and refuse the others by name', () => {
  it.each([
    // field, value, verdict
    ['system', [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } }], 'ok'],
    ['temperature', 0.5, 'ok'],
    ['thinking', { type: 'enabled', budget_tokens: 2_000 }, 'ok'],
    ['thinking', { type: 'enabled', budget_tokens: '2000' }, 'invalid_request thinking.budget_tokens'],
    ['output_config', { effort: 'high' }, 'ok'],
    ['service_tier', 'auto', 'ok'],
    ['service_tier', 'priority', 'invalid_request service_tier'],
    ['speed', 'warp', 'invalid_request speed'],
    ['max_tokens', 0, 'ok'],
    ['max_tokens', -1, 'invalid_request max_tokens'],
    ['max_tokens', null, 'invalid_request max_tokens'],
    ['max_tokens', '100', 'invalid_request max_tokens'],
    ['stream', 1, 'invalid_request stream'],
    ['container', 'container_1', 'reference_not_permitted container'],
    ['diagnostics', { previous_message_id: 'msg_1' }, 'reference_not_permitted diagnostics'],
    ['thread', { id: 't' }, 'reference_not_permitted thread'],
    ['mcp_servers', [], 'unknown_field mcp_servers'],
    ['fallbacks', [{ model: 'claude-opus-5' }], 'unknown_field fallbacks'],
    ['billing_policy', {}, 'unknown_field billing_policy'],
    ['context_management', { edits: [{ type: 'clear_tool_uses_20250919' }] }, 'ok'],
    ['inference_geo', 'mars', 'invalid_request inference_geo'],
    ['something_new', 1, 'unknown_field something_new'],
  ] as const)('%s = %j: %s', (field, value, expected) => {
    expect(verdict(read({ [field]: value as JsonValue }))).toBe(expected);
  });

  it.each([
    [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }, 'ok'],
    [
      { type: 'text', text: 'x', cache_control: { type: 'permanent' } },
      `invalid_request ${at}.cache_control.type`,
    ],
    [{ type: 'image', source: png }, 'ok'],
    [{ type: 'image', source: { type: 'url', url: 'https://images.example.org/a.png' } }, 'ok'],
    [
      { type: 'image', source: { type: 'url', url: 'http://169.254.169.254/' } },
      `reference_not_permitted ${at}.source.url`,
    ],
    [{ type: 'image', source: { type: 'file', file_id: 'file_1' } }, `reference_not_permitted ${at}.source`],
    [{ type: 'document', source: pdf, title: 't' }, 'ok'],
    [
      { type: 'document', source: { ...pdf, media_type: 'text/html' } },
      `invalid_request ${at}.source.media_type`,
    ],
    [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'image', source: png }] }, 'ok'],
    [
      { type: 'tool_result', tool_use_id: 't', content: [{ type: 'container_upload', file_id: 'f' }] },
      `reference_not_permitted ${at}.content[0]`,
    ],
    [{ type: 'thinking', thinking: 'x', signature: 'y' }, 'ok'],
    [{ type: 'mcp_tool_use', id: 'x' }, `operation_not_permitted ${at}`],
    [{ type: 'hologram' }, `unknown_field ${at}.type`],
  ] as const)('block %j: %s', (content, expected) => {
    expect(verdict(read(block(content)))).toBe(expected);
  });

  it.each([
    // tool, the name a grant must include (or the refusal), calls of the provider's, whether it is bounded
    [{ name: 'f', input_schema: {} }, 'custom', 0, true],
    [{ type: 'custom', name: 'f', input_schema: {} }, 'custom', 0, true],
    [{ type: 'bash_20250124', name: 'bash' }, 'bash', 0, true],
    [{ type: 'computer_toolset_20260801' }, 'computer_toolset', 0, true],
    [{ type: 'web_search_20250305', name: 'web_search', max_uses: 4 }, 'web_search', 4, true],
    [{ type: 'web_search_20260318', name: 'web_search' }, 'web_search', 0, false],
    [
      { type: 'web_search_20260318', name: 'web_search', max_uses: -1 },
      'invalid_request tools[0].max_uses',
      0,
      false,
    ],
    [{ type: 'web_fetch_20260318', name: 'web_fetch', max_uses: 2 }, 'web_fetch', 2, true],
    [{ type: 'code_execution_20260521', name: 'code_execution' }, 'code_execution', 0, false],
    [
      { type: 'advisor_20260301', name: 'advisor', model: 'claude-opus-5' },
      'operation_not_permitted tools[0].type',
      0,
      false,
    ],
    [{ type: 'mcp_toolset', mcp_server_name: 's' }, 'operation_not_permitted tools[0].type', 0, false],
    [{ type: 'brand_new_20270101' }, 'brand_new', 0, false],
  ] as const)('tool %j: %s', (tool, expected, calls, bounded) => {
    const result = read({ tools: [tool as JsonObject] });
    if (!result.ok) return expect(verdict(result)).toBe(expected);
    expect(result.value.tools).toEqual([expected]);
    expect(result.value.bound.outputs).toBe(1 + calls);
    return expect(result.value.unbounded === null).toBe(bounded);
  });

  it.each([
    ['interleaved-thinking-2025-05-14', 'ok', 'ok'],
    ['claude-code-20250219,fine-grained-tool-streaming-2025-05-14', 'ok', 'ok'],
    ['oauth-2025-04-20', 'ok', 'ok'],
    ['brand-new-2027-01-01', 'invalid_request', 'ok'],
    ['server-side-fallback-2026-06-01', 'operation_not_permitted', 'operation_not_permitted'],
    ['context-1m-2025-08-07, mcp-client-2025-11-20', 'operation_not_permitted', 'operation_not_permitted'],
    ['x y', 'invalid_request', 'invalid_request'],
  ] as const)('A15 anthropic-beta: %s: %s for apps, %s for own tools', (flags, forApps, forOwnTools) => {
    const headers = { 'anthropic-beta': flags };
    expect(verdict(readJson(messages, body({}), { headers }))).toBe(forApps);
    expect(verdict(readJson(messages, body({}), { headers, unknownFields: 'pass' }))).toBe(forOwnTools);
  });
});

describe('what is sent and bounded', () => {
  it('is the checked body with the cap that was held for, and the query that was asked for', () => {
    const reading = accepted(readJson(messages, body({ stream: true }), { query: 'beta=true' }));
    expect(reading.encode(40)).toMatchObject({ method: 'POST', path: '/v1/messages?beta=true' });
    expect(JSON.parse(String(reading.encode(40).body))).toEqual(body({ stream: true, max_tokens: 40 }));
    expect(JSON.parse(String(reading.encode(Infinity).body)).max_tokens).toBe(100);
  });

  it('refuses a query it does not know', () => {
    expect(verdict(readJson(messages, body({}), { query: 'beta=false' }))).toBe('invalid_request');
    expect(verdict(readJson(messages, body({}), { query: 'beta=true&beta=true' }))).toBe('invalid_request');
    expect(verdict(readJson(messages, body({}), { query: 'url=https://x.example' }))).toBe('unknown_field');
  });

  it('leaves room for thinking, below which the provider refuses', () => {
    const thinking = { type: 'enabled', budget_tokens: 2_000 };
    expect(accepted(read({ thinking, max_tokens: 4_000 })).minOutputTokens).toBe(2_001);
  });

  it('names the kinds of cache writes that are asked for', () => {
    const cached = (ttl: string) =>
      block({ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl } });
    expect(accepted(read(cached('5m'))).bound.inputKinds).toEqual(['text', 'cache_write_5m']);
    expect(accepted(read(cached('1h'))).bound.inputKinds).toEqual(['text', 'cache_write_1h']);
    expect(accepted(read({})).bound.inputKinds).toEqual(['text']);
  });

  it('counts pictures and documents at their documented most', () => {
    const source = { ...png, data: 'A'.repeat(900_000) };
    expect(accepted(read(block({ type: 'image', source }))).bound.anyInputTokens).toBeLessThan(6_000);
    expect(accepted(read(block({ type: 'document', source: pdf }))).bound.anyInputTokens).toBeGreaterThan(
      1_000_000,
    );
  });

  it.each([
    [{ speed: 'fast' }, 'fast mode'],
    [{ inference_geo: 'us' }, 'region'],
    [{ context_management: { edits: [{ type: 'compact_20260112' }] } }, 'compaction'],
  ])('%j cannot be bounded', (more, why) => {
    expect(accepted(read(more)).unbounded).toContain(why);
  });
});

describe('the free operations', () => {
  it('count tokens of the same prompts, and nothing that messages would refuse', () => {
    const { max_tokens: _, ...prompt } = body({});
    expect(accepted(readJson(count, prompt)).encode(0)).toMatchObject({ path: '/v1/messages/count_tokens' });
    expect(verdict(readJson(count, body({})))).toBe('unknown_field max_tokens');
    expect(verdict(readJson(count, { ...prompt, fallbacks: [] }))).toBe('unknown_field fallbacks');
  });

  it('list the permitted models', () => {
    const page = { data: [{ id: 'a' }, { id: 'b' }], has_more: false, first_id: 'a', last_id: 'b' };
    expect(filterModels(page, (model) => model === 'b')).toEqual({ ...page, data: [{ id: 'b' }] });
    const list = operationOf(anthropic, 'models.list');
    expect(accepted(readJson(list, null, { query: 'limit=20&source=app&after_id=a' })).encode(0).path).toBe(
      '/v1/models?limit=20&after_id=a',
    );
    expect(verdict(readJson(list, null, { query: 'api_key=x' }))).toBe('unknown_field');
    expect(verdict(readJson(list, null, { query: 'limit=x' }))).toBe('invalid_request');
  });
});
