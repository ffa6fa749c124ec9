// The Responses API field by field, item by item, tool by tool.

import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../json/parse-json.ts';
import { openai } from '../openai/provider.ts';
import { accepted, operationOf, readJson, verdict } from '../testing/operation-call.ts';

const responses = operationOf(openai, 'responses');
const body = (more: JsonObject): JsonObject => ({ model: 'gpt-5-mini', input: 'hi', ...more });
const read = (more: JsonObject) => readJson(responses, body(more));
const PNG = 'data:image/png;base64,iVBORw0KGgo=';

describe('responses take their documented fields and refuse the others by name', () => {
  it.each([
    // field, value, verdict
    ['instructions', 'be brief', 'ok'],
    ['include', ['reasoning.encrypted_content'], 'ok'],
    ['reasoning', { effort: 'low', summary: 'auto' }, 'ok'],
    ['reasoning', { budget: 1 }, 'unknown_field reasoning.budget'],
    ['store', false, 'ok'],
    ['store', true, 'operation_not_permitted store'],
    ['background', false, 'ok'],
    ['background', true, 'operation_not_permitted background'],
    ['previous_response_id', null, 'ok'],
    ['previous_response_id', 'resp_1', 'reference_not_permitted previous_response_id'],
    ['conversation', { id: 'conv_1' }, 'reference_not_permitted conversation'],
    ['prompt', { id: 'pmpt_1' }, 'reference_not_permitted prompt'],
    [
      'prompt_cache_options',
      { comparison_response_id: 'resp_1' },
      'reference_not_permitted prompt_cache_options.comparison_response_id',
    ],
    ['access_programs', { cyber: 'daybreak_red' }, 'operation_not_permitted access_programs'],
    ['service_tier', 'ultrafast', 'invalid_request service_tier'],
    ['max_output_tokens', 15, 'invalid_request max_output_tokens'],
    ['max_output_tokens', '100', 'invalid_request max_output_tokens'],
    ['max_tool_calls', 0, 'invalid_request max_tool_calls'],
    ['moderation', { model: 'gpt-6-sol' }, 'invalid_request moderation.model'],
    ['something_new', {}, 'unknown_field something_new'],
  ] as const)('%s = %j: %s', (field, value, expected) => {
    expect(verdict(read({ [field]: value as JsonValue }))).toBe(expected);
  });

  it.each([
    // item of input, verdict below `input[0]`
    [{ role: 'user', content: 'hi' }, 'ok'],
    [
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'x', annotations: [] }] },
      'ok',
    ],
    [{ role: 'user', content: [{ type: 'input_image', image_url: PNG, detail: 'low' }] }, 'ok'],
    [
      { role: 'user', content: [{ type: 'input_image', file_id: 'file-1' }] },
      'reference_not_permitted input[0].content[0].file_id',
    ],
    [
      { role: 'user', content: [{ type: 'input_file', file_url: 'http://10.0.0.1/a.pdf' }] },
      'reference_not_permitted input[0].content[0].file_url',
    ],
    [{ role: 'user', content: [{ type: 'input_file', file_url: 'https://files.example.org/a.pdf' }] }, 'ok'],
    [{ type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }, 'ok'],
    [{ type: 'function_call_output', call_id: 'c', output: 'x' }, 'ok'],
    [
      { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_image', file_id: 'f' }] },
      'reference_not_permitted input[0].output[0].file_id',
    ],
    [{ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'abc' }, 'ok'],
    [{ type: 'item_reference', id: 'msg_1' }, 'reference_not_permitted input[0]'],
    [{ id: 'msg_1' }, 'reference_not_permitted input[0]'],
    [
      {
        type: 'additional_tools',
        role: 'developer',
        tools: [{ type: 'mcp', server_url: 'https://x.example' }],
      },
      'operation_not_permitted input[0].tools[0]',
    ],
    [
      {
        type: 'shell_call',
        call_id: 'c',
        action: {},
        environment: { type: 'container_reference', container_id: 'c1' },
      },
      'reference_not_permitted input[0].environment',
    ],
    [
      { type: 'mcp_call', id: 'm', name: 'n', arguments: '', server_label: 's' },
      'operation_not_permitted input[0]',
    ],
    [{ type: 'compaction_trigger' }, 'unknown_field input[0].type'],
  ] as const)('item %j: %s', (item, expected) => {
    expect(verdict(read({ input: [item] }))).toBe(expected);
  });

  it.each([
    // tool, the name a grant must include (or the refusal), whether it can be bounded with max_tool_calls
    [{ type: 'function', name: 'f', parameters: {} }, ['function'], true],
    [{ type: 'namespace', name: 'n', tools: [{ type: 'custom', name: 'c' }] }, ['custom'], true],
    [{ type: 'local_shell' }, ['local_shell'], true],
    [{ type: 'shell', environment: { type: 'local' } }, ['shell'], true],
    [{ type: 'shell', environment: { type: 'container_auto' } }, ['shell'], false],
    [{ type: 'apply_patch' }, ['apply_patch'], true],
    [{ type: 'web_search' }, ['web_search'], true],
    [{ type: 'web_search_preview_2025_03_11' }, ['web_search'], true],
    [{ type: 'code_interpreter', container: { type: 'auto' } }, ['code_interpreter'], false],
    [{ type: 'code_interpreter', container: 'cntr_1' }, 'reference_not_permitted tools[0]', false],
    [{ type: 'file_search', vector_store_ids: ['vs_1'] }, 'reference_not_permitted tools[0]', false],
    [
      { type: 'mcp', server_label: 's', server_url: 'https://x.example' },
      'operation_not_permitted tools[0]',
      false,
    ],
    [{ type: 'image_generation', model: 'gpt-image-2' }, 'operation_not_permitted tools[0]', false],
    [{ type: 'brand_new' }, ['brand_new'], false],
  ] as const)('tool %j: %j', (tool, expected, bounded) => {
    const result = read({ tools: [tool as JsonObject], max_tool_calls: 2 });
    if (typeof expected === 'string') expect(verdict(result)).toBe(expected);
    else {
      expect(accepted(result).tools).toEqual(expected);
      expect(accepted(result).unbounded === null).toBe(bounded);
    }
  });
});

describe('what is sent and bounded', () => {
  it('never lets the provider store the answer', () => {
    const { path, body: text } = accepted(read({ stream: true })).encode(20);
    expect(path).toBe('/v1/responses');
    expect(JSON.parse(String(text))).toEqual({
      ...body({ stream: true }),
      store: false,
      service_tier: 'default',
      max_output_tokens: 20,
    });
    expect(accepted(read({})).minOutputTokens).toBe(16);
  });

  it('holds for every search that max_tool_calls allows, and the context each may fill', () => {
    const { bound } = accepted(read({ tools: [{ type: 'web_search' }], max_tool_calls: 3 }));
    expect(bound.fixed).toEqual({ web_search_calls: 3 });
    expect(bound.anyInputTokens).toBeGreaterThan(3_000_000);
  });
});

describe('the input of a response is counted', () => {
  /** The body of the question; null if it is not asked. */
  const asked = (more: JsonObject, unknownFields: 'refuse' | 'pass' = 'refuse') => {
    const reading = accepted(readJson(responses, body(more), { unknownFields }));
    return JSON.parse(reading.countInput?.()?.body ?? 'null');
  };

  it('as it is sent: every field that becomes input, and none beside', () => {
    const input = {
      instructions: 'be brief',
      input: [{ role: 'user', content: [{ type: 'input_image', image_url: PNG }] }],
      reasoning: { effort: 'low' },
      text: { format: { type: 'text' } },
      tool_choice: 'auto',
      tools: [{ type: 'function', name: 'f', parameters: {} }],
      parallel_tool_calls: false,
      truncation: 'auto',
    };
    const beside = {
      stream: true,
      store: false,
      max_output_tokens: 50,
      metadata: {},
      user: 'u',
      conversation: null,
    };
    expect(asked({ ...input, ...beside })).toEqual(body(input));
  });

  it.each([
    // why it is not counted, more of the body
    [
      'an image that is fetched',
      {
        input: [
          { role: 'user', content: [{ type: 'input_image', image_url: 'https://a.example.org/a.png' }] },
        ],
      },
    ],
    [
      'a file that is fetched',
      {
        input: [{ role: 'user', content: [{ type: 'input_file', file_url: 'https://a.example.org/a.pdf' }] }],
      },
    ],
    ['a search that adds to it', { tools: [{ type: 'web_search' }], max_tool_calls: 1 }],
    ['a tool without a bound', { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] }],
    ['another model beside it', { moderation: { model: 'omni-moderation-latest' } }],
  ] as const)('but not with %s', (_, more) => {
    expect(asked(more as JsonObject)).toBe(null);
  });

  it('but not with a field that nobody knows', () => {
    expect(asked({ something_new: 1 }, 'pass')).toBe(null);
  });

  it.each([
    [{ object: 'response.input_tokens', input_tokens: 12 }, 12],
    [{ input_tokens: '12' }, null],
    [[12], null],
    [null, null],
  ] as const)('from the answer %j: %j', (answer, tokens) => {
    const count = accepted(read({})).countInput?.();
    expect(count?.tokensIn(answer as JsonValue)).toBe(tokens);
  });
});
