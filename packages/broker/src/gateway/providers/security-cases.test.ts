// The catalogue of hostile requests, as far as reading decides them. Each is refused, or bounded, before anything is sent.

import { describe, expect, it } from 'vitest';
import type { Operation } from '../contract.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../json/parse-json.ts';
import { parseMultipart } from '../multipart/parse-multipart.ts';
import { anthropic } from './anthropic/provider.ts';
import { google } from './google/provider.ts';
import { openai } from './openai/provider.ts';
import { type Around, accepted, operationOf, readForm, readJson, verdict } from './testing/operation-call.ts';

interface Api {
  readonly name: string;
  readonly operation: Operation;
  readonly body: JsonObject;
  readonly around: Around;
}

const prompt = [{ role: 'user', content: 'hi' }];
const chat: Api = {
  name: 'chat',
  operation: operationOf(openai, 'chat.completions'),
  body: { model: 'm-small', messages: prompt },
  around: {},
};
const responses: Api = {
  name: 'responses',
  operation: operationOf(openai, 'responses'),
  body: { model: 'm-small', input: 'hi' },
  around: {},
};
const embeddings: Api = {
  name: 'embeddings',
  operation: operationOf(openai, 'embeddings'),
  body: { model: 'm-small', input: 'hi' },
  around: {},
};
const messages: Api = {
  name: 'messages',
  operation: operationOf(anthropic, 'messages'),
  body: { model: 'm-small', max_tokens: 9, messages: prompt },
  around: {},
};
const generate: Api = {
  name: 'generateContent',
  operation: operationOf(google, 'generateContent'),
  body: { contents: [{ parts: [{ text: 'hi' }] }] },
  around: { params: { model: 'm-small' } },
};
const APIS = [chat, responses, embeddings, messages, generate];

const read = (api: Api, more: JsonObject, mode: 'refuse' | 'pass' = 'refuse') =>
  readJson(api.operation, { ...api.body, ...more }, { ...api.around, unknownFields: mode });

/** Reads the text of a body as the gate does. */
function readText(api: Api, text: string): string {
  const parsed = parseJson(Buffer.from(text));
  if (!parsed.ok) return parsed.error.code;
  return isJsonObject(parsed.value)
    ? verdict(readJson(api.operation, parsed.value, api.around))
    : 'invalid_json';
}

const each = APIS.map((api) => [api.name, api] as const);
const MODES = ['refuse', 'pass'] as const;

describe('A3 a request cannot name its own base', () => {
  it.each(each)('%s', (_name, api) => {
    for (const field of ['api_base', 'base_url', 'baseURL', 'custom_llm_provider'])
      expect(verdict(read(api, { [field]: 'http://evil.test' }))).toBe(`unknown_field ${field}`);
  });
});

describe('A15 headers that switch or carry credentials are not on any list', () => {
  it.each([openai, anthropic, google].map((provider) => [provider.name, provider] as const))(
    '%s',
    (_name, provider) => {
      for (const header of [
        'openai-organization',
        'openai-project',
        'x-api-key',
        'x-goog-user-project',
        'cookie',
        'x-stainless-lang',
      ])
        expect(provider.requestHeaders).not.toContain(header);
    },
  );
});

describe('A42 A43 a key that comes twice, also escaped, is refused', () => {
  it.each([
    '{"model":"m-small","model":"m-big","messages":[]}',
    '{"model":"m-big","model":"m-small","messages":[]}',
    '{"\\u006dodel":"m-big","model":"m-small","messages":[]}',
  ])('%s', (text) => expect(readText(chat, text)).toBe('duplicate_key'));
});

describe('A44 a model is compared as it is sent, never repaired', () => {
  const NAMES = [
    'M-SMALL',
    ' m-small',
    'm-small\n',
    'm-small-latest',
    'ft:m-small:org::id',
    'openai/m-small',
    'models/m-small',
    'm-small:free',
  ];
  it.each(NAMES)('%j', (model) => {
    const reading = accepted(read(chat, { model }));
    expect(reading.model).toBe(model);
    expect(JSON.parse(String(reading.encode(1).body)).model).toBe(model);
  });
});

describe('A45 the model in the address and in the body must agree', () => {
  it.each(MODES)('%s', (mode) => {
    expect(verdict(read(generate, { model: 'models/m-big' }, mode))).toBe('invalid_request model');
    expect(accepted(read(generate, { model: 'models/m-small' }, mode)).encode(1).path).toContain(
      '/models/m-small:generateContent',
    );
  });
});

describe('A46 a form has each field once, under its own name', () => {
  const transcription = operationOf(openai, 'audio.transcriptions');
  const part = (name: string, value: string, more = '') =>
    `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const file = part('file', 'RIFF', '; filename="a.wav"\r\nContent-Type: audio/wav');
  const form = (...parts: string[]) =>
    parseMultipart(Buffer.from(`${parts.join('')}--b--\r\n`), 'multipart/form-data; boundary=b');

  it('refuses two models', () => {
    expect(form(part('model', 'm-small'), part('model', 'm-big'), file).ok).toBe(false);
  });

  it.each(['model ', 'Model', 'model[]'])('refuses a second model spelled %j in both modes', (name) => {
    const parsed = form(part('model', 'm-small'), part(name, 'm-big'), file);
    for (const unknownFields of MODES)
      expect(parsed.ok && readForm(transcription, parsed.value, { unknownFields }).ok).toBe(false);
  });

  it('writes exactly one model, before the file, whatever the order it came in', () => {
    const parsed = form(file, part('model', 'm-small'));
    if (!parsed.ok) throw new Error('not parsed');
    const body = Buffer.from(
      accepted(readForm(transcription, parsed.value)).encode(0).body as Uint8Array,
    ).toString('latin1');
    expect(body.match(/name="model"/g)).toHaveLength(1);
    expect(body.indexOf('name="model"')).toBeLessThan(body.indexOf('name="file"'));
  });
});

describe('A48 numbers are whole numbers in range', () => {
  const CAPS: readonly (readonly [Api, (value: string) => string])[] = [
    [chat, (value) => `{"model":"m","messages":[],"max_tokens":${value}}`],
    [chat, (value) => `{"model":"m","messages":[],"n":${value}}`],
    [responses, (value) => `{"model":"m","input":"x","max_output_tokens":${value}}`],
    [messages, (value) => `{"model":"m","messages":[],"max_tokens":${value}}`],
    [generate, (value) => `{"contents":[],"generationConfig":{"maxOutputTokens":${value}}}`],
    [generate, (value) => `{"contents":[],"generationConfig":{"candidateCount":${value}}}`],
  ];
  it.each(['1e400', '-1', '1.5', '"100"', '9007199254740993', 'true', '[1]', '{}'])('%s', (value) => {
    for (const [api, text] of CAPS) expect(readText(api, text(value))).toMatch(/^invalid_(?:json|request)/);
  });

  it('null is absence where the provider says so, and refused elsewhere', () => {
    expect(accepted(read(chat, { max_tokens: null })).outputCap).toBeNull();
    expect(accepted(read(chat, { n: null })).bound.outputs).toBe(1);
    expect(verdict(read(messages, { max_tokens: null }))).toBe('invalid_request max_tokens');
    expect(verdict(read(generate, { generationConfig: { candidateCount: null } }))).toBe(
      'invalid_request generationConfig.candidateCount',
    );
  });

  it('a prototype is no field', () => {
    expect(readText(chat, '{"__proto__":{"model":"m-big"},"model":"m","messages":[]}')).toMatch(
      /^(?:invalid_json|unknown_field)/,
    );
    expect(Object.hasOwn(Object.prototype, 'model')).toBe(false);
  });
});

describe('A49 Gemini fields have one spelling', () => {
  it.each([
    [
      { generationConfig: { candidate_count: 1, candidateCount: 8 } },
      'unknown_field generationConfig.candidate_count',
    ],
    [
      { generation_config: {}, generationConfig: { maxOutputTokens: 999_999 } },
      'unknown_field generation_config',
    ],
    [{ system_instruction: { parts: [] } }, 'unknown_field system_instruction'],
    [{ contents: [{ parts: [{ inline_data: {} }] }] }, 'unknown_field contents[0].parts[0].inline_data'],
    [{ cached_content: 'cachedContents/1' }, 'unknown_field cached_content'],
  ] as const)('%j in both modes', (more, expected) => {
    for (const mode of MODES) expect(verdict(read(generate, more as JsonObject, mode))).toBe(expected);
  });
});

describe('A50 unknown fields are refused by name, and those that steer even for own tools', () => {
  const FIELDS = ['models', 'fallbacks', 'route', 'provider', 'plugins', 'mcp_servers', 'extra_body'];
  it.each([chat, responses, embeddings, messages].map((api) => [api.name, api] as const))(
    '%s',
    (_name, api) => {
      for (const field of FIELDS)
        for (const mode of MODES)
          expect(verdict(read(api, { [field]: ['x'] }, mode))).toBe(`unknown_field ${field}`);
    },
  );
  it('generateContent', () => {
    for (const field of FIELDS)
      expect(verdict(read(generate, { [field]: ['x'] }))).toBe(`unknown_field ${field}`);
  });
});

describe('A52 what others stored is out of reach', () => {
  const image = (url: string): JsonObject => ({
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
  });
  it.each([
    [responses, { previous_response_id: 'resp_other' }],
    [responses, { conversation: 'conv_other' }],
    [responses, { prompt: { id: 'pmpt_other' } }],
    [responses, { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'file-other' }] }] }],
    [
      chat,
      {
        messages: [
          { role: 'user', content: [{ type: 'file', file: { file_id: 'file-other', file_data: 'x' } }] },
        ],
      },
    ],
    [
      messages,
      {
        messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'file', file_id: 'f' } }] }],
      },
    ],
    [generate, { cachedContent: 'cachedContents/other' }],
    [generate, { contents: [{ parts: [{ fileData: { fileUri: 'files/other' } }] }] }],
    ...[
      'http://169.254.169.254/',
      'https://169.254.169.254/',
      'https://localhost/x',
      'https://10.0.0.1/',
      'https://[::1]/',
      'https://2130706433/',
    ].map((url) => [chat, image(url)] as const),
    ...[
      'https://a.internal/',
      'https://user:pw@images.example.org/',
      'https://images.example.org:8443/',
      'ftp://images.example.org/',
      'file:///etc/passwd',
    ].map((url) => [chat, image(url)] as const),
  ] as const)('%# in both modes', (api, more) => {
    for (const mode of MODES)
      expect(verdict(read(api, more as JsonObject, mode))).toMatch(/^reference_not_permitted /);
  });
});

const outputs = (api: Api, more: JsonObject) => accepted(read(api, more)).bound.outputs;

describe('A53 what is asked for many times is held for as many times', () => {
  it('n, best_of, candidates', () => {
    expect(outputs(chat, { n: 100 })).toBe(100);
    expect(outputs(generate, { generationConfig: { candidateCount: 8 } })).toBe(8);
    const completions = operationOf(openai, 'completions');
    expect(accepted(readJson(completions, { model: 'm', prompt: 'x', best_of: 20 })).bound.outputs).toBe(20);
  });

  it('embeddings of 2,048 inputs', () => {
    const { anyInputTokens } = accepted(read(embeddings, { input: Array(2_048).fill('four') })).bound;
    expect(anyInputTokens).toBeGreaterThanOrEqual(2_048 * 4);
  });
});

describe('A54 tools that the provider runs are named, and bounded or unbounded', () => {
  it.each([
    // api, tools, what is asked of the grant, whether it is bounded without a stated number of calls
    [responses, [{ type: 'web_search' }], ['web_search']],
    [responses, [{ type: 'code_interpreter', container: { type: 'auto' } }], ['code_interpreter']],
    [chat, [{ type: 'web_search' }], ['web_search']],
    [chat, [{ type: 'computer_use' }], ['computer_use']],
    [messages, [{ type: 'web_search_20250305', name: 'web_search' }], ['web_search']],
    [generate, [{ googleSearch: {} }], ['web_search']],
  ] as const)('%# named and unbounded', (api, tools, expected) => {
    for (const mode of MODES) {
      const reading = accepted(read(api, { tools: tools as unknown as JsonValue }, mode));
      expect(reading.tools).toEqual(expected);
      expect(reading.unbounded).not.toBeNull();
    }
  });

  it.each([
    [responses, [{ type: 'mcp', server_label: 's', server_url: 'https://x.example' }]],
    [responses, [{ type: 'file_search', vector_store_ids: ['vs_1'] }]],
    [responses, [{ type: 'image_generation' }]],
    [chat, [{ type: 'mcp', server_url: 'https://x.example' }]],
    [messages, [{ type: 'mcp_toolset', mcp_server_name: 's' }]],
    [generate, [{ mcpServers: [] }]],
  ] as const)('%# refused', (api, tools) => {
    for (const mode of MODES)
      expect(read(api, { tools: tools as unknown as JsonValue }, mode).ok).toBe(false);
  });

  it('search models search without being asked', () => {
    const reading = accepted(read(chat, { model: 'gpt-4o-search-preview' }));
    expect(reading.tools).toEqual(['web_search']);
    expect(reading.unbounded).not.toBeNull();
  });

  it('a stated number of calls bounds them', () => {
    const limited = accepted(
      read(messages, { tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 2 }] }),
    );
    expect(limited.unbounded).toBeNull();
    expect(limited.bound.fixed).toEqual({ web_search_calls: 2 });
  });
});

describe('A55 dear tiers are held for', () => {
  it.each([
    // api, body, tiers held for, whether it is bounded
    [chat, {}, ['default'], true],
    [chat, { service_tier: 'auto' }, ['default', 'priority'], true],
    [chat, { service_tier: 'priority' }, ['default', 'priority'], true],
    [chat, { service_tier: 'fast' }, ['default', 'priority'], true],
    [responses, { service_tier: 'auto' }, ['default', 'priority'], true],
    [messages, { service_tier: 'auto' }, [], true],
    [messages, { speed: 'fast' }, [], false],
    [generate, { serviceTier: 'priority' }, [], false],
  ] as const)('%# %j', (api, more, tiers, bounded) => {
    const reading = accepted(read(api, more));
    expect(reading.serviceTiers).toEqual(tiers);
    expect(reading.unbounded === null).toBe(bounded);
  });

  it('no tier said is the standard one, said out loud', () => {
    expect(JSON.parse(String(accepted(read(chat, {})).encode(1).body)).service_tier).toBe('default');
  });
});

describe('A56 nothing goes on after the answer', () => {
  it.each([
    [responses, { background: true }],
    [responses, { store: true }],
    [chat, { store: true }],
    [generate, { store: true }],
  ] as const)('%# %j', (api, more) => {
    for (const mode of MODES) expect(verdict(read(api, more, mode))).toMatch(/^operation_not_permitted /);
  });
});

describe('A57 a missing or huge output cap is replaced by the one that was held for', () => {
  it.each([
    [chat, {}, 'max_completion_tokens'],
    [chat, { max_tokens: 9_000_000 }, 'max_tokens'],
    [responses, { max_output_tokens: 9_000_000 }, 'max_output_tokens'],
    [messages, { max_tokens: 9_000_000 }, 'max_tokens'],
  ] as const)('%# %j', (api, more, field) => {
    expect(JSON.parse(String(accepted(read(api, more)).encode(123).body))[field]).toBe(123);
  });

  it('Gemini', () => {
    const reading = accepted(read(generate, { generationConfig: { maxOutputTokens: 9_000_000 } }));
    expect(JSON.parse(String(reading.encode(123).body)).generationConfig).toEqual({ maxOutputTokens: 123 });
  });
});
