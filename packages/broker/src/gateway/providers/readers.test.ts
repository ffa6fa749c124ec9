// Readers on anything at all: they never throw, and what they accept is what they send.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../contract.ts';
import type { JsonObject, JsonValue } from '../json/parse-json.ts';
import { builtInProviders } from './registry.ts';
import { readJson } from './testing/operation-call.ts';

const operations = builtInProviders
  .flatMap((provider) => provider.operations)
  .filter(({ body }) => body === 'json')
  .map((operation) => [operation.name, operation] as const);

const SEEDS: readonly JsonObject[] = [
  { model: 'm', messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 },
  { model: 'm', input: 'hi', prompt: 'hi', voice: 'alloy' },
  { model: 'm', prompt: 'hi' },
  { contents: [{ parts: [{ text: 'hi' }] }] },
  { content: { parts: [{ text: 'hi' }] } },
  { requests: [{ content: { parts: [{ text: 'hi' }] } }] },
];

const NAMES = [
  ...[
    'messages',
    'input',
    'content',
    'contents',
    'tools',
    'system',
    'stream',
    'stream_options',
    'n',
    'max_tokens',
    'reasoning',
  ],
  ...[
    'generationConfig',
    'systemInstruction',
    'cache_control',
    'modalities',
    'context_management',
    'temperature',
    'novelty',
  ],
];
const TYPES = [
  'text',
  'image',
  'image_url',
  'input_text',
  'function',
  'web_search',
  'message',
  'tool_result',
  'document',
  'base64',
];

/** JSON that looks like requests often enough to get past the first check. */
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom('user', 'hi', ...TYPES),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('type', 'role', 'content', 'text', 'source', 'url', 'data', 'parts', 'tools', ...NAMES),
      tie('any'),
      { maxKeys: 4 },
    ),
  ),
})).any;

const around = { params: { model: 'm' } };
/** What readers may change of a body, and nothing else. */
const OWN = [
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'stream_options',
  'service_tier',
  'store',
  'generationConfig',
  'model',
];

function expectSent(operation: Operation, body: JsonObject, mode: 'refuse' | 'pass'): void {
  const result = readJson(operation, body, { ...around, unknownFields: mode });
  if (!result.ok) {
    expect(result.error.message).not.toBe('');
    return;
  }
  const { body: text } = result.value.encode(7);
  const sent = JSON.parse(String(text)) as Record<string, JsonValue>;
  const kept = (members: JsonObject) =>
    Object.fromEntries(Object.entries(members).filter(([name]) => !OWN.includes(name)));
  expect(kept(sent)).toEqual(JSON.parse(JSON.stringify(kept(body))));
  expect(Number.isSafeInteger(result.value.bound.anyInputTokens)).toBe(true);
  expect(result.value.bound.anyInputTokens).toBeGreaterThanOrEqual(0);
}

describe('a reader accepts or refuses, and sends what it accepted', () => {
  it.each(operations)('%s', (_name, operation) => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SEEDS),
        fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 3 }),
        fc.constantFrom('refuse' as const, 'pass' as const),
        (seed, more, mode) => {
          expectSent(operation, { ...seed, ...(more as JsonObject) }, mode);
        },
      ),
      { numRuns: 60 },
    );
  });
});
