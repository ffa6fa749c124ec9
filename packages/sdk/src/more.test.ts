// Guarantees of waiting for an owner: it looks as often as it is told and no more, survives outages, ends with the decision, and can be
// stopped.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GrantedAccess } from './child-details.ts';
import { createHolder } from './holder.ts';
import { askForMore, type MoreAsked } from './more.ts';

const OPENAI: GrantedAccess = { type: 'ai_model_access', provider: 'openai', models: ['gpt-4o'] };
const MADE = {
  request_id: 'req_1',
  status: 'pending',
  url: 'https://broker.test/consent/requests/req_1',
  expires_at: '2026-11-23T00:00:00Z',
  interval: 5,
};

let answers: (Response | Error)[];
let seen: { readonly line: string; readonly body: unknown; readonly atMs: number }[];

const holder = createHolder({
  origin: 'https://broker.test',
  token: 'vk_x',
  dpopKey: null,
  fetch: async (input, init) => {
    const line = `${init?.method} ${new URL(String(input)).pathname}`;
    seen.push({ line, body: init?.body ? JSON.parse(String(init.body)) : null, atMs: Date.now() });
    const answer = answers.shift() ?? Response.json(MADE);
    if (answer instanceof Error) throw answer;
    return answer;
  },
});
const ask = (asked: MoreAsked = { limit: 2 }, granted: readonly GrantedAccess[] = [OPENAI]) =>
  askForMore(holder, '/grants/self', asked, async () => granted);

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22) });
  answers = [];
  seen = [];
});
afterEach(() => vi.useRealTimers());

describe('a request for more', () => {
  it.each<[MoreAsked, object]>([
    [{ limit: '2' }, { limits: { total_spend: '2' } }],
    [
      { models: ['gpt-5'], limits: { max_requests: 9 } },
      { models: ['gpt-5'], limits: { max_requests: 9 } },
    ],
    [
      { expiresIn: '1d', depth: 2 },
      { expires: '2026-11-23T00:00:00Z', delegation: { max_depth: 2 } },
    ],
  ])('names what should change and nothing else: %j', async (asked, changes) => {
    const { requestId, url, expiresAt, status } = await ask({ ...asked, message: 'Please' });
    expect([requestId, url, expiresAt.toISOString(), status]).toEqual([
      'req_1',
      MADE.url,
      '2026-11-23T00:00:00.000Z',
      'pending',
    ]);
    expect(seen).toMatchObject([{ line: 'POST /grants/self/requests' }]);
    expect(seen[0]?.body).toEqual({
      authorization_details: [{ type: 'ai_model_access', provider: 'openai', ...changes }],
      message: 'Please',
    });
  });

  it('of a grant for several providers says whose', async () => {
    const both = [OPENAI, { ...OPENAI, provider: 'google' }];
    await expect(ask({ limit: 2 }, both)).rejects.toThrow('(openai, google)');
    await ask({ limit: 2, provider: 'google' }, both);
    expect(seen[0]?.body).toMatchObject({ authorization_details: [{ provider: 'google' }] });
  });

  it('is looked at once each interval, through outages and when told to slow down, until it is decided', async () => {
    const request = await ask();
    const slow = { error: 'slow_down', error_description: 'Look again later.' };
    answers = [
      Response.json(MADE),
      new TypeError('fetch failed'),
      Response.json(slow, { status: 429, headers: { 'retry-after': '30' } }),
      Response.json({ error: 'temporarily_unavailable' }, { status: 503 }),
      new Response('<h1>Bad Gateway</h1>', { status: 502 }),
      Response.json({ ...MADE, status: 'allowed', authorization_details: [OPENAI] }),
    ];
    const decided = request.wait();
    await vi.runAllTimersAsync();
    expect(await decided).toEqual({ status: 'allowed', access: [OPENAI] });
    const looks = seen.slice(1);
    expect(new Set(looks.map(({ line }) => line))).toEqual(new Set(['GET /grants/self/requests/req_1']));
    const startMs = Date.UTC(2026, 10, 22);
    expect(looks.map(({ atMs }) => (atMs - startMs) / 1000)).toEqual([0, 5, 10, 40, 45, 50]);
  });

  it('is not waited for any longer than it can be decided, if the broker stays away', async () => {
    answers = [Response.json({ ...MADE, expires_at: '2026-11-22T00:01:00Z' })];
    const request = await ask();
    answers = Array.from({ length: 100 }, () => new TypeError('fetch failed'));
    const waiting = expect(request.wait()).rejects.toMatchObject({ code: 'no_answer' });
    await vi.advanceTimersByTimeAsync(70_000);
    await waiting;
    expect(seen).toHaveLength(15);
  });

  it('is not waited for when the token has ended, or whoever waits has stopped', async () => {
    const request = await ask();
    answers = [Response.json({ error: 'invalid_token', error_description: 'Ended.' }, { status: 401 })];
    await expect(request.wait()).rejects.toMatchObject({ code: 'invalid_token' });
    const stop = new AbortController();
    const waiting = request.wait({ signal: stop.signal });
    const stopped = expect(waiting).rejects.toThrow('enough');
    await vi.advanceTimersByTimeAsync(6000);
    stop.abort(new Error('enough'));
    await stopped;
    const looks = seen.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen).toHaveLength(looks);
  });
});
