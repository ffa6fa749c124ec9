// A request that does not fit by the bytes of its prompt is counted by the provider, where its count is exact, and decided once more: it
// never spends more than its limit, and whatever goes wrong with the count leaves the refusal as it was.

import { randomBytes } from 'node:crypto';
import type { Fault } from '@valetkey/testkit';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type House, startHouse } from './start-house.ts';

const clock = { offsetMs: 0 };
let house: House;
beforeAll(async () => {
  house = await startHouse({
    ambient: { now: () => Date.now() + clock.offsetMs, randomBytes },
    env: { VALETKEY_EXACT_COUNTS: 'openai' },
  });
});
afterEach(() => openai().reset());
afterAll(() => house.close());

const openai = () => house.simulators.openai;
const COUNT = { operation: 'input_tokens' };

/** 1000 tokens of input at $0.15 a million, 100 of output at $0.60: it may cost $0.00021, by its bytes three times as much. */
const REQUEST = { model: 'gpt-4o-mini', input: 'four'.repeat(1000), max_output_tokens: 100 };

// biome-ignore lint/suspicious/noExplicitAny: tests read answers and errors
type Answer = { status: number; headers: Headers; error: any };
const send = async (
  token: string,
  change: object = {},
  headers: Record<string, string> = {},
  path = '/openai/v1/responses',
): Promise<Answer> => {
  const answer = await fetch(house.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ ...REQUEST, ...change }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    error: answer.status === 200 ? null : JSON.parse(text).error,
  };
};
const granted = (limits: object) => house.grant({ provider: 'openai', limits });
/** What reached the provider. */
const asked = () => openai().requests.map(({ operation }) => operation);
const callsOf = async (id: string) => (await house.api('GET', `/calls?grant_id=${id}`)).body.data;
const limitsOf = async (id: string) => (await house.api('GET', `/grants/${id}`)).body.parts[0].limits;

describe('a request that fits only by its count', () => {
  it.each([
    ['money', { daily_spend: 0.00021 }],
    ['tokens of one request', { tokens_per_request: 1100 }],
    ['input tokens of one request', { max_input_tokens: 1000 }],
    ['tokens of a day', { tokens_per_day: 1100 }],
    ['tokens of a minute', { tokens_per_minute: 1100 }],
  ])('is served to the last unit of a limit on %s', async (_, limits) => {
    const { token } = await granted(limits);
    expect((await send(token)).status).toBe(200);
    expect(asked()).toEqual(['input_tokens', 'responses']);
  });

  it.each([
    ['money', { daily_spend: 0.000209 }, 402, 'insufficient_budget', { required: '0.00021' }],
    ['tokens of one request', { tokens_per_request: 1099 }, 403, 'token_limit_exceeded', { required: 1100 }],
    ['input tokens', { max_input_tokens: 999 }, 403, 'token_limit_exceeded', { required: 1000 }],
    ['tokens of a day', { tokens_per_day: 1099 }, 403, 'token_limit_exceeded', { required: 1100 }],
  ])(
    'is refused one unit below a limit on %s, with what it needs by its count',
    async (_, limits, status, code, fields) => {
      const { token } = await granted(limits);
      const answer = await send(token);
      expect([answer.status, answer.error]).toMatchObject([status, { code, ...fields }]);
      expect(asked()).toEqual(['input_tokens']);
    },
  );

  it('is held by the count, costs what it used, and the count stands beside it in the journal, free', async () => {
    const { id, token } = await granted({ daily_spend: 0.00021 });
    const answer = await send(token);
    expect(answer.headers.get('valetkey-budget')).toContain('reserved="0"');
    const [call, count] = await vi.waitFor(
      async () => {
        const calls = await callsOf(id);
        expect(calls.map((each: { status: string }) => each.status)).toEqual(['settled', 'released']);
        return calls;
      },
      { timeout: 20_000 },
    );
    expect(call).toMatchObject({ operation: 'openai.responses', held_usd: '0.00021', anomalies: [] });
    expect(Number(call.cost_usd)).toBeLessThan(0.00021);
    expect(count).toMatchObject({
      operation: 'openai.responses.input_tokens',
      http_status: 200,
      held_usd: '0',
      cost_usd: '0',
      request_id: call.request_id,
    });
    expect(openai().bill).toHaveLength(1);
  });

  it('is served in what others of its window left', async () => {
    const { id, token } = await granted({ tokens_per_day: 5000 });
    for (const counts of [0, 1]) {
      openai().reset();
      expect((await send(token)).status).toBe(200);
      expect(asked().filter((operation) => operation === 'input_tokens')).toHaveLength(counts);
      await vi.waitFor(async () => expect((await callsOf(id))[0].status).toBe('settled'), {
        timeout: 20_000,
      });
    }
  });

  it('whose count was too low is posted in full, and its grant suspended: the provider broke its word', async () => {
    const { id, token } = await granted({ daily_spend: 0.00021 });
    openai().script({ when: COUNT, usage: { input: 500 } });
    expect((await send(token, { max_output_tokens: 16 })).status).toBe(200);
    await vi.waitFor(
      async () =>
        expect((await callsOf(id))[0]).toMatchObject({
          status: 'settled',
          held_usd: '0.0000846',
          cost_usd: '0.0001584',
        }),
      { timeout: 20_000 },
    );
    expect((await send(token)).error.code).toBe('grant_suspended');
  });

  it('is counted as the very body that is sent, by the key of its owner', async () => {
    const { token } = await granted({ daily_spend: 0.00021 });
    const change = {
      instructions: 'Hi',
      tools: [],
      text: { format: { type: 'text' } },
      user: 'u',
      stream: true,
    };
    expect((await send(token, { ...change, input: 'four'.repeat(900) })).status).toBe(200);
    const [count, call] = openai().requests.map(({ body, key }) => ({
      body: JSON.parse(body.toString()),
      key,
    }));
    const { max_output_tokens, user, store, service_tier, stream, ...counted } = call?.body ?? {};
    expect(count?.body).toEqual(counted);
    expect(count?.key).toEqual({ value: house.keys.openai, carrier: 'authorization' });
  });

  it('takes one request of a limit on requests, not two, and one place of those that may run at once', async () => {
    const { id, token } = await granted({ tokens_per_request: 1100, max_requests: 2, max_concurrent: 1 });
    for (let sent = 0; sent < 2; sent += 1) {
      expect((await send(token)).status).toBe(200);
      await vi.waitFor(async () => expect((await callsOf(id))[0].status).toBe('settled'), {
        timeout: 20_000,
      });
    }
    // With none left it is not even counted.
    expect((await send(token)).error.code).toBe('token_limit_exceeded');
    expect(asked()).toEqual(['input_tokens', 'responses', 'input_tokens', 'responses']);
  });

  it('is given again to a repeated Idempotency-Key without another count', async () => {
    const { token } = await granted({ daily_spend: 0.00021 });
    const key = { 'idempotency-key': 'once' };
    expect((await send(token, {}, key)).status).toBe(200);
    const again = await vi.waitFor(
      async () => {
        const answer = await send(token, {}, key);
        expect(answer.headers.get('idempotency-replayed')).toBe('true');
        return answer;
      },
      { timeout: 20_000 },
    );
    expect(again.status).toBe(200);
    expect(asked()).toEqual(['input_tokens', 'responses']);
  });
});

describe('nothing is counted', () => {
  it.each([
    ['that fits by its bytes', { daily_spend: 1 }, {}],
    ['whose output alone is too dear', { daily_spend: 0.00021 }, { max_output_tokens: 400 }],
    ['whose output alone is too long', { tokens_per_request: 1100 }, { max_output_tokens: 1101 }],
    ['with nothing left to spend', { daily_spend: 0 }, {}],
    [
      'with an image that is fetched',
      { daily_spend: 0.00021 },
      {
        input: [
          { role: 'user', content: [{ type: 'input_image', image_url: 'https://img.example.org/a.png' }] },
        ],
      },
    ],
  ])('of a request %s', async (_, limits, change) => {
    const { token } = await granted(limits);
    await send(token, change);
    expect(asked().filter((operation) => operation === 'input_tokens')).toEqual([]);
  });

  it('where the provider documents its count as an estimate, or not at all', async () => {
    const anthropic = await house.grant({ provider: 'anthropic', limits: { tokens_per_request: 1100 } });
    const messages = [{ role: 'user', content: REQUEST.input }];
    const path = '/anthropic/v1/messages';
    const body = {
      model: 'claude-haiku-4-5',
      max_tokens: 100,
      messages,
      input: undefined,
      max_output_tokens: undefined,
    };
    expect((await send(anthropic.token, body, {}, path)).error.code).toBe('token_limit_exceeded');
    const chat = await granted({ tokens_per_request: 1100 });
    const asChat = { messages, max_tokens: 100, input: undefined, max_output_tokens: undefined };
    const refused = await send(chat.token, asChat, {}, '/openai/v1/chat/completions');
    expect(refused.error.code).toBe('token_limit_exceeded');
    expect([...house.simulators.anthropic.requests, ...openai().requests]).toEqual([]);
  });

  it('for a grant that is not live', async () => {
    const { id, token } = await granted({ daily_spend: 0.00021 });
    await house.api('PATCH', `/grants/${id}`, { status: 'suspended' });
    expect((await send(token)).error.code).toBe('grant_suspended');
    await house.api('POST', `/grants/${id}/revoke`);
    expect((await send(token)).error.code).toBe('token_revoked');
    expect(asked()).toEqual([]);
  });
});

describe('a count that fails leaves the refusal as it was', () => {
  const byBytes = async (token: string) => {
    const { status, error } = await send(token);
    expect([status, error.code]).toEqual([402, 'insufficient_budget']);
    expect(Number(error.required)).toBeGreaterThan(0.0006);
    expect(JSON.stringify(error)).not.toContain(house.keys.openai);
    expect(asked()).toEqual(['input_tokens']);
  };

  const answered = (body: unknown): Fault => ({ kind: 'status', status: 200, body });
  const faults: readonly (readonly [string, Fault])[] = [
    ['an error, whatever it counts', { kind: 'status', status: 500, body: { input_tokens: 9 } }],
    ['a refused key', { kind: 'status', status: 401 }],
    ['an error that holds the key', { kind: 'status', status: 400, echoKey: true }],
    ['too many requests', { kind: 'status', status: 429 }],
    ['a redirect', { kind: 'redirect', location: 'http://127.0.0.1:1/' }],
    ['a broken connection', { kind: 'reset', at: 'start' }],
    ['an answer that breaks off', { kind: 'truncate', at: { bytes: 10 } }],
    ['an answer without a count', answered({})],
    ['an answer that is no object', answered([])],
    ['a count of nothing', answered({ input_tokens: 0 })],
    ['a count below nothing', answered({ input_tokens: -5 })],
    ['a broken count', answered({ input_tokens: 1.5 })],
    ['a count in words', answered({ input_tokens: '9' })],
    ['an endless answer', answered({ input_tokens: 9, more: 'x'.repeat(70_000) })],
  ];
  it.each(faults)('%s', async (_, fault) => {
    const { id, token } = await granted({ daily_spend: 0.00021 });
    openai().script({ when: COUNT, fault });
    await byBytes(token);
    expect((await limitsOf(id))[0]).toMatchObject({ held: '0', settled: '0' });
    // Nothing stays behind that keeps the next one from being counted.
    openai().reset();
    expect((await send(token)).status).toBe(200);
  });

  it('silence, after a few seconds', async () => {
    const { token } = await granted({ daily_spend: 0.00021 });
    openai().script({ when: COUNT, hold: 'start' });
    const refused = byBytes(token);
    await openai().held();
    clock.offsetMs += 6_000;
    await refused;
    openai().release();
  });
});

describe('what changes while an input is counted', () => {
  it('a grant that is revoked is not counted to the end, and nothing is forwarded', async () => {
    const { id, token } = await granted({ daily_spend: 0.00021 });
    openai().script({ when: COUNT, hold: 'start' });
    const answer = send(token);
    await openai().held();
    await house.api('POST', `/grants/${id}/revoke`);
    expect((await answer).status).toBe(402);
    openai().release();
    expect(asked()).toEqual(['input_tokens']);
    expect((await send(token)).error.code).toBe('token_revoked');
  });

  it('a limit that is lowered counts', async () => {
    const { id, token } = await granted({ daily_spend: 0.00021 });
    openai().script({ when: COUNT, hold: 'start' });
    const answer = send(token);
    await openai().held();
    const lower = { type: 'ai_model_access', provider: 'openai', limits: { daily_spend: 0.0002 } };
    expect((await house.api('PATCH', `/grants/${id}`, { authorization_details: [lower] })).status).toBe(200);
    openai().release();
    expect((await answer).error).toMatchObject({
      code: 'insufficient_budget',
      required: '0.00021',
      limit: '0.0002',
    });
    expect(asked()).toEqual(['input_tokens']);
  });
});

describe('a flood of requests that do not fit', () => {
  it('is counted one at a time for each grant', async () => {
    const { token } = await granted({ daily_spend: 0.000209 });
    openai().script({ when: COUNT, hold: 'start' });
    const first = send(token);
    await openai().held();
    const others = await Promise.all(Array.from({ length: 15 }, () => send(token)));
    expect(others.map(({ error }) => Number(error.required) > 0.0006)).toEqual(Array(15).fill(true));
    openai().release();
    expect((await first).error.required).toBe('0.00021');
    expect(asked()).toEqual(['input_tokens']);
  });

  it('is counted 20 times a minute at most, and again in the next', async () => {
    const { token } = await granted({ daily_spend: 0.000209 });
    for (let sent = 0; sent < 25; sent += 1) expect((await send(token)).status).toBe(402);
    expect(asked()).toHaveLength(20);
    clock.offsetMs += 60_000;
    expect((await send(token)).error.required).toBe('0.00021');
    expect(asked()).toHaveLength(21);
  });
});

it('is served exactly when it truly fits, whatever the prompt, the cap and the limit, and never beyond its hold', async () => {
  const requests = fc.record({
    input: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3000 }),
    max_output_tokens: fc.option(fc.integer({ min: 16, max: 300 }), { nil: undefined }),
    /** How far the limit is from what it needs, in millionths of a dollar. */
    spare: fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -200, max: 600 })),
  });
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(requests, async ({ spare, ...change }) => {
      openai().reset();
      const tokens = Math.ceil(Buffer.byteLength(change.input) / 4);
      const needed = 150 * tokens + 600 * (change.max_output_tokens ?? 16);
      const micros = Math.max(1, Math.ceil(needed / 1000) + spare);
      const { id, token } = await granted({ daily_spend: micros / 1e6 });
      const { status } = await send(token, change);
      expect(status).toBe(needed <= micros * 1000 ? 200 : 402);
      const counts = asked().filter((operation) => operation === 'input_tokens').length;
      ends.add(`${status} after ${counts}`);
      expect(openai().bill).toHaveLength(status === 200 ? 1 : 0);
      const limit = await vi.waitFor(
        async () => {
          const [limit] = await limitsOf(id);
          expect(limit.held).toBe('0');
          return limit;
        },
        { timeout: 20_000 },
      );
      expect(Number(limit.settled)).toBeLessThanOrEqual(micros / 1e6);
      expect((await house.api('GET', `/grants/${id}`)).body.status).toBe('active');
    }),
    { numRuns: 60 },
  );
  expect([...ends]).toEqual(expect.arrayContaining(['200 after 1', '402 after 1']));
}, 180_000);
