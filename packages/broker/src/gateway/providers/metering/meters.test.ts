// Meters on answers that are whole, cut, repeated, suppressed or absurd: what cannot be believed is never used, and bytes pass untouched.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metered, Provider, Reading } from '../../contract.ts';
import type { JsonObject, JsonValue } from '../../json/parse-json.ts';
import { anthropic } from '../anthropic/provider.ts';
import { google } from '../google/provider.ts';
import { openai } from '../openai/provider.ts';
import { accepted, cutAt, meterAll, meterOf, operationOf, readJson, sse } from '../testing/operation-call.ts';
import { Counts } from './counts.ts';

const prompt = [{ role: 'user', content: 'hi' }];
const BODIES: Readonly<Record<string, readonly [Provider, JsonObject, object]>> = {
  'chat.completions': [openai, { model: 'gpt-5', messages: prompt }, {}],
  responses: [openai, { model: 'gpt-5', input: 'hi' }, {}],
  messages: [anthropic, { model: 'claude-sonnet-5', max_tokens: 9, messages: prompt }, {}],
  generateContent: [
    google,
    { contents: [{ parts: [{ text: 'hi' }] }] },
    { params: { model: 'gemini-3-pro' } },
  ],
  streamGenerateContent: [
    google,
    { contents: [{ parts: [{ text: 'hi' }] }] },
    { params: { model: 'gemini-3-pro' }, query: 'alt=sse' },
  ],
};

function reading(name: string, more: JsonObject = {}): Reading {
  const [provider, body, around] = BODIES[name] as (typeof BODIES)[string];
  return accepted(readJson(operationOf(provider, name), { ...body, ...more }, around));
}

/** What the meter of `name` makes of an answer. */
function metered(name: string, answer: string, more: JsonObject = {}): Metered {
  const [provider] = BODIES[name] as (typeof BODIES)[string];
  return meterAll(meterOf(operationOf(provider, name), reading(name, more)), [Buffer.from(answer)]).metered;
}

const chunk = (usage: JsonValue, choices: JsonValue = []) => sse({ model: 'gpt-5-2025', choices, usage });
const delta = sse({
  choices: [{ index: 0, delta: { content: 'say "usage":{"prompt_tokens":9} and [DONE]' } }],
  usage: null,
});
const usage = { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 };
const DONE = sse('[DONE]');
const streamed = { stream: true };

describe('A58 usage that the caller suppresses', () => {
  const whole = Buffer.from(delta + delta + chunk(usage) + DONE);
  const operation = operationOf(openai, 'chat.completions');

  it.each([
    [{}, true],
    [{ stream_options: { include_usage: false } }, true],
    [{ stream_options: null }, true],
    [{ stream_options: { include_usage: true } }, false],
  ])('%j is asked for all the same, and hidden: %s', (more, isHidden) => {
    const request = reading('chat.completions', { ...streamed, ...more });
    expect(String(request.encode(5).body)).toContain('"include_usage":true');
    const result = meterAll(meterOf(operation, request), [whole]);
    expect(result.metered.usage).toEqual({ input_tokens: 10, output_tokens: 4 });
    expect(result.passed.toString()).toBe(isHidden ? delta + delta + DONE : whole.toString());
  });

  it('hides the same whatever the division of the stream', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20 }), (places) => {
        const result = meterAll(
          meterOf(operation, reading('chat.completions', streamed)),
          cutAt(whole, places),
        );
        expect(result.passed.toString()).toBe(delta + delta + DONE);
        expect(result.metered).toMatchObject({
          usage: { input_tokens: 10, output_tokens: 4 },
          complete: true,
        });
      }),
    );
  });

  it('never hides a chunk that has choices', () => {
    const last = chunk(usage, [{ index: 0, delta: {}, finish_reason: 'stop' }]);
    const result = meterAll(meterOf(operation, reading('chat.completions', streamed)), [
      Buffer.from(last + DONE),
    ]);
    expect(result.passed.toString()).toBe(last + DONE);
  });

  it('never hides a chunk that only speaks of usage', () => {
    const talk = sse({ choices: [], note: 'prompt_tokens' });
    const result = meterAll(meterOf(operation, reading('chat.completions', streamed)), [
      Buffer.from(talk + chunk(usage) + DONE),
    ]);
    expect(result.passed.toString()).toBe(talk + DONE);
  });

  it('reports none when none arrives', () => {
    expect(metered('chat.completions', delta + DONE, streamed)).toEqual({
      usage: null,
      modelReported: null,
      serviceTier: null,
      complete: true,
      anomalies: ['usage_missing'],
    });
  });
});

const started = sse(
  {
    type: 'message_start',
    message: {
      model: 'claude-x',
      usage: {
        input_tokens: 7,
        output_tokens: 1,
        cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 2 },
        cache_creation_input_tokens: 3,
      },
    },
  },
  'message_start',
);
const grew = (tokens: number) =>
  sse(
    { type: 'message_delta', delta: {}, usage: { input_tokens: null, output_tokens: tokens } },
    'message_delta',
  );
const stopped = sse({ type: 'message_stop' }, 'message_stop');
const candidate = (index: number, finishReason?: string) => ({
  index,
  content: {},
  ...(finishReason ? { finishReason } : {}),
});
const geminiChunk = (tokens: number, candidates: JsonObject[]) =>
  sse({
    candidates,
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: tokens, totalTokenCount: 5 + tokens },
  });

const SMALL = { input_tokens: 8, output_tokens: 5 };

describe('A69 an answer that is cut is not complete', () => {
  it.each([
    [
      'chat.completions',
      delta + chunk(usage),
      { usage: { input_tokens: 10, output_tokens: 4 }, complete: false, anomalies: [] },
    ],
    [
      'chat.completions',
      delta + sse({ error: { message: 'overloaded' } }) + DONE,
      { usage: null, complete: false, anomalies: ['error_in_stream', 'usage_missing'] },
    ],
    [
      'responses',
      sse({ type: 'response.failed', response: { usage: null } }),
      { complete: false, anomalies: ['error_in_stream', 'usage_missing'] },
    ],
    [
      'responses',
      sse({ type: 'error', code: 'server_error', message: 'x' }),
      { complete: false, anomalies: ['error_in_stream', 'usage_missing'] },
    ],
    [
      'responses',
      sse({ type: 'response.queued', next: 'response.completed', response: { usage: SMALL } }),
      { usage: SMALL, complete: false, anomalies: [] },
    ],
    ['messages', started, { usage: null, complete: false, anomalies: ['usage_missing'] }],
    [
      'messages',
      started + grew(3),
      {
        usage: { input_tokens: 7, cache_write_5m_tokens: 1, cache_write_1h_tokens: 2, output_tokens: 3 },
        complete: false,
      },
    ],
    [
      'messages',
      started + grew(3) + sse({ type: 'error', error: { type: 'overloaded_error' } }, 'error'),
      { complete: false, anomalies: ['error_in_stream'] },
    ],
    [
      'streamGenerateContent',
      geminiChunk(2, [candidate(0)]),
      { usage: { input_tokens: 5, output_tokens: 2 }, complete: false },
    ],
    [
      'streamGenerateContent',
      geminiChunk(2, [candidate(0), candidate(1)]) + geminiChunk(3, [candidate(0, 'STOP')]),
      { complete: false },
    ],
    ['streamGenerateContent', geminiChunk(0, []), { usage: { input_tokens: 5 }, complete: false }],
    [
      'streamGenerateContent',
      sse({ usageMetadata: { promptTokenCount: 5 } }),
      { usage: { input_tokens: 5 }, complete: false },
    ],
    [
      'streamGenerateContent',
      geminiChunk(2, [candidate(0)]) + sse({ error: { code: 503 } }),
      { complete: false, anomalies: ['error_in_stream'] },
    ],
  ] as const)('%s %#', (name, answer, expected) => {
    expect(metered(name, answer, name === 'streamGenerateContent' ? {} : streamed)).toMatchObject(expected);
  });
});

describe('A72 usage that is repeated or cumulative counts once, the last one', () => {
  it.each([
    [
      'chat.completions',
      chunk({ ...usage, completion_tokens: 2, total_tokens: 12 }, [{}]) + chunk(usage) + chunk(usage) + DONE,
      { input_tokens: 10, output_tokens: 4 },
    ],
    [
      'messages',
      started + grew(3) + grew(9) + sse({ type: 'message_delta', delta: {} }) + grew(9) + stopped,
      { input_tokens: 7, cache_write_5m_tokens: 1, cache_write_1h_tokens: 2, output_tokens: 9 },
    ],
    [
      'streamGenerateContent',
      geminiChunk(2, [candidate(0)]) + geminiChunk(6, [candidate(0, 'STOP')]) + geminiChunk(6, []),
      { input_tokens: 5, output_tokens: 6 },
    ],
    [
      'responses',
      ['response.created', 'response.completed']
        .map((type) =>
          sse({
            type,
            response: { usage: { input_tokens: 8, output_tokens: type === 'response.created' ? 0 : 5 } },
          }),
        )
        .join(''),
      { input_tokens: 8, output_tokens: 5 },
    ],
    [
      'streamGenerateContent',
      sse({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 5 } }),
      { input_tokens: 5 },
    ],
    ['responses', sse({ type: 'response.incomplete', response: { usage: SMALL } }), SMALL],
  ] as const)('%s', (name, answer, expected) => {
    const result = metered(name, answer, name === 'streamGenerateContent' ? {} : streamed);
    expect(result).toMatchObject({ usage: expected, complete: true, anomalies: [] });
  });
});

const gemini = (counts: JsonObject): JsonObject => ({ usageMetadata: { totalTokenCount: 20, ...counts } });

describe('A73 absurd usage is no usage', () => {
  it.each([
    // operation, answer, anomaly
    ['chat.completions', { usage: { ...usage, prompt_tokens: -1 } }, 'usage_negative'],
    ['chat.completions', { usage: { ...usage, prompt_tokens: '10' } }, 'usage_absurd'],
    ['chat.completions', { usage: { ...usage, prompt_tokens: 1e18 } }, 'usage_absurd'],
    ['chat.completions', { usage: { ...usage, completion_tokens: 1.5 } }, 'usage_absurd'],
    [
      'chat.completions',
      { usage: { ...usage, prompt_tokens_details: { cached_tokens: 11 } } },
      'usage_absurd',
    ],
    [
      'chat.completions',
      { usage: { ...usage, completion_tokens_details: { audio_tokens: 5 } } },
      'usage_absurd',
    ],
    ['chat.completions', { usage: { total_tokens: 14 } }, 'usage_missing'],
    ['chat.completions', { usage: { prompt_tokens: 10 } }, 'usage_missing'],
    ['chat.completions', { usage: null }, 'usage_missing'],
    ['chat.completions', {}, 'usage_missing'],
    [
      'responses',
      { usage: { input_tokens: 5, output_tokens: 1, input_tokens_details: { cached_tokens: 6 } } },
      'usage_absurd',
    ],
    ['responses', { usage: { input_tokens: 5 } }, 'usage_missing'],
    [
      'messages',
      { usage: { input_tokens: 5, output_tokens: 1, cache_read_input_tokens: -4 } },
      'usage_negative',
    ],
    [
      'messages',
      {
        usage: {
          input_tokens: 5,
          output_tokens: 1,
          cache_creation_input_tokens: 1,
          cache_creation: { ephemeral_1h_input_tokens: 2 },
        },
      },
      'usage_absurd',
    ],
    ['messages', { usage: { input_tokens: 5 } }, 'usage_missing'],
    ['messages', {}, 'usage_missing'],
    ['generateContent', gemini({ promptTokenCount: 4, cachedContentTokenCount: 5 }), 'usage_absurd'],
    ['generateContent', gemini({ candidatesTokenCount: '4' }), 'usage_absurd'],
    ['generateContent', { usageMetadata: {} }, 'usage_missing'],
    ['generateContent', {}, 'usage_missing'],
  ] as const)('%s %j: %s', (name, answer, anomaly) => {
    expect(metered(name, JSON.stringify(answer))).toMatchObject({ usage: null, anomalies: [anomaly] });
  });

  it('takes no number from anything that is not a count', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const counts = new Counts();
        const read = counts.required(value as JsonValue);
        const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
        expect(counts.anomaly === null).toBe(isCount);
        expect(read).toBe(isCount ? value : 0);
      }),
    );
  });
});

describe('usage is split into disjoint meters', () => {
  it.each([
    // answer of chat completions, meters
    [
      { usage: { ...usage, prompt_tokens_details: { cached_tokens: 6, audio_tokens: 3 } } },
      { input_tokens: 1, cache_read_tokens: 6, input_audio_tokens: 3, output_tokens: 4 },
    ],
    [
      { usage: { ...usage, prompt_tokens_details: { cached_tokens: 9, audio_tokens: 3 } } },
      { cache_read_tokens: 7, cache_read_audio_tokens: 2, input_audio_tokens: 1, output_tokens: 4 },
    ],
    // xAI counts reasoning only in the total.
    [
      { usage: { ...usage, total_tokens: 50, completion_tokens_details: { reasoning_tokens: 36 } } },
      { input_tokens: 10, output_tokens: 40 },
    ],
    // DeepSeek's older names.
    [
      { usage: { ...usage, prompt_cache_hit_tokens: 4 } },
      { input_tokens: 6, cache_read_tokens: 4, output_tokens: 4 },
    ],
  ])('%j', (answer, expected) => {
    expect(metered('chat.completions', JSON.stringify(answer)).usage).toEqual(expected);
  });

  it('responses: searches count, opened pages do not', () => {
    const output = [
      { type: 'web_search_call', action: { type: 'search' } },
      { type: 'web_search_call', action: { type: 'search' } },
      { type: 'web_search_call' },
      { type: 'web_search_call', action: { type: 'open_page' } },
      null,
      { type: 'message' },
    ];
    const answer = {
      output,
      usage: {
        input_tokens: 9,
        output_tokens: 1,
        input_tokens_details: { cache_write_tokens: 5, cache_write_tokens_details: { ttl_12h_tokens: 2 } },
      },
    };
    expect(metered('responses', JSON.stringify(answer)).usage).toEqual({
      input_tokens: 4,
      cache_write_5m_tokens: 3,
      cache_write_1h_tokens: 2,
      output_tokens: 1,
      web_search_calls: 3,
    });
    expect(metered('responses', JSON.stringify({ usage: SMALL })).usage).toEqual(SMALL);
  });

  const searched = (...counts: number[]) => ({
    candidates: counts.map((count, index) => ({
      ...candidate(index, 'STOP'),
      groundingMetadata: { webSearchQueries: Array(count).fill('q') },
    })),
    usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 },
  });
  const unsearched = { ...searched(), candidates: [candidate(0, 'STOP')] };
  it.each([
    ['one answer', [searched(2, 1)], 3],
    ['a stream that says so early', [searched(2), unsearched], 2],
    ['a stream that says so late', [unsearched, searched(2)], 2],
    ['a stream that repeats it', [searched(2), searched(2)], 2],
    ['a stream without any', [unsearched, unsearched], undefined],
  ] as const)('Gemini: searches of %s count once', (_, chunks, web_search_calls) => {
    const expected = { input_tokens: 5, ...(web_search_calls && { web_search_calls }) };
    const list = JSON.stringify(chunks.length === 1 ? chunks[0] : chunks);
    expect(metered('generateContent', list).usage).toEqual(expected);
    const stream = metered('streamGenerateContent', chunks.map((each) => sse(each)).join(''));
    expect(stream).toMatchObject({ complete: true, anomalies: [] });
    expect(stream.usage).toEqual(expected);
  });

  it('Gemini: thoughts are output, what tools read is input, cached tokens are inside the prompt', () => {
    const answer = gemini({
      promptTokenCount: 10,
      cachedContentTokenCount: 4,
      candidatesTokenCount: 3,
      thoughtsTokenCount: 5,
      toolUsePromptTokenCount: 2,
      promptTokensDetails: [null, { modality: 'AUDIO', tokenCount: 3 }, { modality: 'TEXT', tokenCount: 7 }],
      cacheTokensDetails: [
        { modality: 'AUDIO', tokenCount: 1 },
        { modality: 'TEXT', tokenCount: 3 },
      ],
    });
    expect(metered('generateContent', JSON.stringify(answer)).usage).toEqual({
      input_tokens: 7 - 3 + 2,
      cache_read_tokens: 3,
      input_audio_tokens: 2,
      cache_read_audio_tokens: 1,
      output_tokens: 8,
    });
  });

  it('Gemini: what the total has more than its parts is output', () => {
    const answer = gemini({ promptTokenCount: 10, candidatesTokenCount: 3, thoughtsTokenCount: 2 });
    expect(metered('generateContent', JSON.stringify(answer)).usage).toEqual({
      input_tokens: 10,
      output_tokens: 10,
    });
  });

  it('Gemini: searches make no usage of what cannot be believed', () => {
    const absurd = { ...searched(), usageMetadata: { promptTokenCount: -5, totalTokenCount: 5 } };
    const stream = metered('streamGenerateContent', sse(searched(2)) + sse(absurd));
    expect(stream).toMatchObject({ usage: null, anomalies: ['usage_negative'] });
  });

  it('reports the tier and the model in the words of the provider', () => {
    expect(
      metered('chat.completions', JSON.stringify({ model: 'm', service_tier: 'priority', usage })),
    ).toMatchObject({ modelReported: 'm', serviceTier: 'priority' });
    expect(
      metered(
        'messages',
        JSON.stringify({
          model: 'm',
          usage: { input_tokens: 1, output_tokens: 1, speed: 'fast', service_tier: 'standard' },
        }),
      ),
    ).toMatchObject({ serviceTier: 'fast' });
    const standard = sse({ type: 'message_delta', usage: { output_tokens: 1, service_tier: 'standard' } });
    expect(metered('messages', started + standard + stopped, streamed)).toMatchObject({
      modelReported: 'claude-x',
      serviceTier: 'standard',
    });
    expect(
      metered(
        'generateContent',
        JSON.stringify({ modelVersion: 'm', usageMetadata: { totalTokenCount: 1, serviceTier: 'FLEX' } }),
      ),
    ).toMatchObject({ modelReported: 'm', serviceTier: 'flex' });
  });
});

describe('A80 memory stays bounded', () => {
  it('a line without end is passed on and not kept', () => {
    const operation = operationOf(openai, 'chat.completions');
    const meter = meterOf(
      operation,
      reading('chat.completions', { ...streamed, stream_options: { include_usage: true } }),
    );
    const part = Buffer.alloc(64 * 1024, 'x');
    meter.push(Buffer.from('data: {"usage":'));
    for (let count = 0; count < 64; count += 1) expect(meter.push(part)).toBe(part);
    expect(meter.end().metered.anomalies).toContain('line_too_long');
  });

  it('an answer that is too large passes and reports nothing', () => {
    const meter = meterOf(operationOf(openai, 'chat.completions'), reading('chat.completions'));
    const part = Buffer.alloc(1024 * 1024, ' ');
    for (let count = 0; count < 33; count += 1) expect(meter.push(part)).toBe(part);
    expect(meter.end().metered).toMatchObject({
      usage: null,
      complete: false,
      anomalies: ['answer_too_large', 'usage_missing'],
    });
  });

  it('an answer that is not JSON reports nothing', () => {
    expect(metered('chat.completions', '<html>')).toMatchObject({ usage: null, complete: false });
  });
});
