// Whole requests and answers as the gate reads them, on bytes that nobody meant for it. What is checked and held for MUST be what a parser
// of others reads in the body that is sent; what an answer reports MUST never be credited.

import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, it } from 'vitest';
import type { Operation, Reading } from '../../src/gateway/contract.ts';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
} from '../../src/gateway/json/parse-json.ts';
import { anthropic } from '../../src/gateway/providers/anthropic/provider.ts';
import { google } from '../../src/gateway/providers/google/provider.ts';
import { openai } from '../../src/gateway/providers/openai/provider.ts';
import {
  type Around,
  accepted,
  cutAt,
  meterAll,
  meterOf,
  operationOf,
  readJson,
} from '../../src/gateway/providers/testing/operation-call.ts';
import { FUZZ_TIMEOUT_MS, fuzz, near } from './fuzz.ts';

/** An operation, a body that it accepts, and where a provider looks for what costs. */
interface Api {
  readonly operation: Operation;
  readonly body: JsonObject;
  readonly around?: Around;
  readonly caps: readonly string[];
  readonly outputs: readonly string[];
}

const messages = [{ role: 'user', content: [{ type: 'text', text: 'h\u00e9llo' }] }];
const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
const spellings = ['$.generationConfig', '$.generation_config'];
const APIS: Readonly<Record<string, Api>> = {
  chat: {
    operation: operationOf(openai, 'chat.completions'),
    body: { model: 'm', messages, max_tokens: 9, n: 2, stream: true, tools },
    caps: ['$.max_completion_tokens', '$.max_tokens'],
    outputs: ['$.n'],
  },
  responses: {
    operation: operationOf(openai, 'responses'),
    body: { model: 'm', input: [{ role: 'user', content: 'hi' }], instructions: 'x', max_output_tokens: 99 },
    caps: ['$.max_output_tokens'],
    outputs: [],
  },
  messages: {
    operation: operationOf(anthropic, 'messages'),
    body: { model: 'm', max_tokens: 9, messages, system: 'x', stream: false },
    caps: ['$.max_tokens'],
    outputs: [],
  },
  generateContent: {
    operation: operationOf(google, 'generateContent'),
    body: {
      contents: [{ parts: [{ text: 'hi' }] }],
      generationConfig: { maxOutputTokens: 9, candidateCount: 2 },
    },
    around: { params: { model: 'm' } },
    // Google takes both spellings.
    caps: spellings.flatMap((config) => [`${config}.maxOutputTokens`, `${config}.max_output_tokens`]),
    outputs: spellings.flatMap((config) => [`${config}.candidateCount`, `${config}.candidate_count`]),
  },
};

/** What bodies are changed with: what costs at one provider means nothing at another, or the same under another name. */
const FIELDS = [
  'model messages input contents system instructions prompt n best_of stream max_tokens max_completion_tokens',
  'max_output_tokens generationConfig generation_config candidateCount candidate_count maxOutputTokens tools',
  'tool_choice stream_options service_tier store background modalities temperature metadata user stop __proto__',
].flatMap((line) => line.split(' '));
const VALUES = fc.oneof(
  fc.constantFrom<JsonValue>(
    ...[null, true, false, 0, 1, 2, 7, 99, 1e9, -1, 1.5, '', 'm', 'big', '9', '\0', 'é'],
  ),
  fc.constantFrom<JsonValue>(
    messages,
    tools,
    [],
    {},
    [{ type: 'web_search' }],
    [{ parts: [{ text: 'more' }] }],
  ),
  fc.string({ unit: 'grapheme' }),
  fc.dictionary(fc.constantFrom(...FIELDS), fc.constantFrom<JsonValue>(1, 99, 'big', null), { maxKeys: 3 }),
);
const changes = fc.array(fc.tuple(fc.constantFrom(...FIELDS), fc.option(VALUES, { nil: undefined })), {
  maxLength: 4,
});

const target = (name: string, run: () => Promise<void>) => it(name, run, FUZZ_TIMEOUT_MS);
const names = fc.constantFrom(...Object.keys(APIS));

describe('requests', () => {
  const sqlite = new DatabaseSync(':memory:');
  const extract = sqlite.prepare('select json_extract(?, ?) as value');
  const textBytes = sqlite.prepare(
    "select sum(length(cast(atom as blob))) as value from json_tree(?) where type = 'text'",
  );
  afterAll(() => sqlite.close());
  const bySqlite = (statement: typeof extract, ...values: SQLInputValue[]) => statement.get(...values)?.value;

  /** Throws unless the body says to SQLite what the gate checked and held for. */
  const mustSay = (sent: string, reading: Reading, { caps, outputs, around }: Api, cap: number): void => {
    const at = (path: string) => bySqlite(extract, sent, path) ?? null;
    const model = at('$.model');
    if (model !== reading.model && !(around && model === null)) throw new Error(`model ${model}`);
    const sentCaps = caps.map(at).filter((value) => value !== null);
    if (sentCaps.length === 0 || sentCaps.some((value) => value !== cap)) throw new Error(`caps ${sentCaps}`);
    for (const path of outputs)
      if (Number(at(path) ?? 1) > reading.bound.outputs) throw new Error(`outputs ${at(path)}`);
    if (!around && (at('$.stream') === 1) !== reading.stream) throw new Error('streams otherwise');
    // A token is at least a byte of text, whoever's; nothing here is media, which is bounded otherwise.
    const bytes = Number(bySqlite(textBytes, sent) ?? 0);
    if (bytes > reading.bound.anyInputTokens) throw new Error(`${bytes} bytes of text`);
  };

  /** A body with some fields changed or taken out. Not through an object, where `__proto__` is no field. */
  const changed = (body: JsonObject, some: readonly (readonly [string, JsonValue | undefined])[]): string => {
    const fields = new Map<string, JsonValue | undefined>([...Object.entries(body), ...some]);
    const members = [...fields].filter(([, value]) => value !== undefined);
    return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
  };
  const inputs = fc.record({ name: names, some: changes, passes: fc.boolean() });

  target('that are accepted say to another parser what was checked and held for', () =>
    fuzz('requests', inputs, ({ name, some, passes }) => {
      const api = APIS[name]!;
      const parsed = parseJson(Buffer.from(changed(api.body, some)));
      if (!parsed.ok || !isJsonObject(parsed.value)) return;
      const unknownFields = passes ? 'pass' : 'refuse';
      const reading = readJson(api.operation, parsed.value, { ...api.around, unknownFields });
      if (!reading.ok) return;
      const cap = reading.value.outputCap ?? Math.max(5, reading.value.minOutputTokens);
      const sent = Buffer.from(reading.value.encode(cap).body ?? '').toString('utf8');
      // SQLite ends a text at a NUL and has no lone surrogates.
      if (!/\\u(?:0000|d[89a-f])/.test(sent)) mustSay(sent, reading.value, api, cap);
    }),
  );
});

describe('answers', () => {
  const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
  /** Whole answers of each kind with the same counts. */
  const answersWith = (usage: JsonValue): string[] => [
    `${event({ choices: [{ delta: { content: 'x' } }] })}${event({ model: 'm', choices: [], usage })}data: [DONE]\n\n`,
    `${event({ type: 'message_start', message: { usage } })}${event({ type: 'message_delta', usage })}`,
    event({ type: 'response.completed', response: { status: 'completed', model: 'm', usage } }),
    JSON.stringify({ model: 'm', usage, usageMetadata: usage }),
    JSON.stringify([{ usageMetadata: usage }, { usageMetadata: usage }]),
    event({ candidates: [{ finishReason: 'STOP' }], usageMetadata: usage }),
  ];
  const counts = fc.dictionary(
    fc.constantFrom(
      ...'prompt_tokens completion_tokens total_tokens input_tokens output_tokens prompt_tokens_details'.split(
        ' ',
      ),
      ...'cache_read_input_tokens cache_creation_input_tokens cached_tokens input_tokens_details'.split(' '),
      ...'promptTokenCount candidatesTokenCount thoughtsTokenCount cachedContentTokenCount totalTokenCount'.split(
        ' ',
      ),
    ),
    fc.oneof(
      fc.constantFrom<JsonValue>(0, 4, 10, 14, 3, 1.5, -1, 1e18, '10', null, true, []),
      fc.constantFrom<JsonValue>({ cached_tokens: 3 }, { cached_tokens: -3 }),
    ),
  );
  const answers = fc.oneof(
    near(answersWith({ prompt_tokens: 10, input_tokens: 10, output_tokens: 4, promptTokenCount: 10 }), [
      ...['data: ', '\n\n', '\r', '"usage":', '-1', '1e18', '1.5', 'null', '"10"', '{}', '[', '99'],
    ]),
    fc.tuple(counts, fc.nat(5)).map(([usage, kind]) => Buffer.from(answersWith(usage)[kind] ?? '')),
  );

  target('report whole amounts or none, whatever they hold and however they are cut', () =>
    fuzz(
      'answers',
      fc.tuple(names, answers, fc.array(fc.nat(400), { maxLength: 5 })),
      ([name, bytes, cuts]) => {
        const { operation, body, around } = APIS[name]!;
        const reading = accepted(readJson(operation, body, around));
        const { metered, passed } = meterAll(meterOf(operation, reading), [bytes]);
        const amounts = Object.values(metered.usage ?? {});
        if (!amounts.every((amount) => Number.isSafeInteger(amount) && amount >= 0))
          throw new Error('no amounts');
        const again = meterAll(meterOf(operation, reading), cutAt(bytes, cuts));
        if (!isDeepStrictEqual(again, { metered, passed })) throw new Error('depends on the cuts');
      },
    ),
  );
});
