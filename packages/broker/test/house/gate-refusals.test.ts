// What the gate refuses never reaches a provider: the simulators' own counters show it.

import { hash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { authorizeApp } from './authorize-app.ts';
import { HELLO, sendChat } from './send-chat.ts';
import { type House, startHouse } from './start-house.ts';

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.close());

// biome-ignore lint/suspicious/noExplicitAny: tests read errors of three dialects
type Answer = { status: number; headers: Headers; body: any };
const post = async (
  path: string,
  token: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const response = await fetch(house.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
};
const chat = (token: string, change: object = {}) =>
  post('/openai/v1/chat/completions', token, { ...HELLO, ...change });
const forwarded = () =>
  Object.values(house.simulators).reduce((sum, { counters }) => sum + counters().requests, 0);

const GRANT = { provider: 'openai', models: ['gpt-4o-mini'], capabilities: ['chat'] };

describe('a request outside its grant reaches no provider', () => {
  it.each([
    [
      'another model',
      '/openai/v1/chat/completions',
      { ...HELLO, model: 'gpt-4o' },
      403,
      'model_not_permitted',
    ],
    [
      'a model in other letters',
      '/openai/v1/chat/completions',
      { ...HELLO, model: 'GPT-4o-mini' },
      403,
      'model_not_permitted',
    ],
    [
      'another capability',
      '/openai/v1/embeddings',
      { model: 'gpt-4o-mini', input: 'x' },
      403,
      'capability_not_permitted',
    ],
    [
      'another provider',
      '/anthropic/v1/messages',
      { model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'x' }] },
      403,
      'provider_not_permitted',
    ],
    [
      'a tool that the provider runs',
      '/openai/v1/responses',
      { model: 'gpt-4o-mini', input: 'x', tools: [{ type: 'web_search' }], max_tool_calls: 1 },
      403,
      'tool_not_permitted',
    ],
    [
      'a model by a name that is none',
      '/openai/v1/chat/completions',
      { ...HELLO, model: 'm'.repeat(100_000) },
      400,
      'invalid_request',
    ],
    ['an operation without a bound', '/openai/v1/files', {}, 403, 'operation_not_permitted'],
    ['an administrator’s operation', '/openai/v1/organization/api_keys', {}, 404, 'not_found'],
    ['a negative cap', '/openai/v1/chat/completions', { ...HELLO, max_tokens: -1 }, 400, 'invalid_request'],
  ])('%s', async (_, path, body, status, code) => {
    const { token } = await house.grant({ ...GRANT, limits: { daily_spend: 1 } });
    const before = forwarded();
    const answer = await post(path, token, body);
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(code)]);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(forwarded()).toBe(before);
  });

  it.each([
    [
      'of another provider',
      '/anthropic/v1/messages',
      'This grant does not include Anthropic. It includes: openai.',
    ],
    ['with a part twice', '/openai/v1/v1/chat/completions', 'Check the base URL'],
    ['without a provider', '/chat/completions', 'The base URL of calls to models has a provider'],
  ])('an address %s says what would be right', async (_, path, says) => {
    const { token } = await house.grant(GRANT);
    expect((await post(path, token, HELLO)).body.error.message).toContain(says);
  });

  it.each([
    ['a budget that is too small for it', { daily_spend: 0.000001 }, 0, 402, 'insufficient_budget'],
    ['a budget of nothing', { daily_spend: 0 }, 0, 402, 'budget_exhausted'],
    ['a cap on requests', { max_requests: 2 }, 2, 429, 'quota_exhausted'],
    ['a daily cap on requests', { requests_per_day: 1 }, 1, 429, 'quota_exhausted'],
    ['a rate', { requests_per_minute: 1 }, 1, 429, 'rate_limited'],
    ['a cap on tokens', { tokens_per_day: 20 }, 0, 403, 'token_limit_exceeded'],
    ['a cap on output', { max_output_tokens: 5 }, 0, 403, 'token_limit_exceeded'],
    ['a cap on one request', { tokens_per_request: 12 }, 0, 403, 'token_limit_exceeded'],
  ])('%s', async (_, limits, fits, status, code) => {
    const { token } = await house.grant({ ...GRANT, limits });
    const before = forwarded();
    let answer = await chat(token);
    let served = 0;
    for (; answer.status === 200; served += 1) answer = await chat(token);
    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
    // A minute that ends meanwhile has room for as many again.
    const most = 'requests_per_minute' in limits ? 2 : 1;
    expect([fits, most * fits]).toContain(served);
    expect(forwarded() - before).toBe(served);
  });

  it('says in a refusal what is left, what would be needed and where to raise it', async () => {
    const { id, token } = await house.grant({ ...GRANT, limits: { monthly_spend: 0.000001 } });
    const { body } = await chat(token);
    expect(body.error).toMatchObject({ remaining: '0.000001', required: expect.stringMatching(/^0\.0000/) });
    expect(body.error.message).toContain(`${house.url}/apps/${id}`);
  });
});

it('an answer says which cap was set for it, where it has output and its caller set none', async () => {
  const { token } = await house.grant({ provider: 'openai', limits: { daily_spend: 1 } });
  const budgetOf = async (path: string, body: object) =>
    (await post(`/openai/v1/${path}`, token, body)).headers.get('valetkey-budget');
  const embedding = await budgetOf('embeddings', { model: 'text-embedding-3-small', input: 'x' });
  expect(embedding).toMatch(/remaining="/);
  expect(embedding).not.toContain('output-cap');
  expect(await budgetOf('chat/completions', { ...HELLO, max_tokens: 5 })).not.toContain('output-cap');
  expect(await budgetOf('chat/completions', { ...HELLO, max_tokens: undefined })).toContain('output-cap');
});

it('a cap that is fitted to what is left is what is sent, and the journal has the hash of it', async () => {
  const { id, token } = await house.grant({ ...GRANT, limits: { daily_spend: 0.001 } });
  const answer = await chat(token, { max_tokens: undefined });
  const cap = Number(/output-cap=(\d+)/.exec(answer.headers.get('valetkey-budget') ?? '')?.[1]);
  expect(cap).toBeGreaterThan(1);
  expect(cap).toBeLessThan(2000);
  const sent = house.simulators.openai.requests.at(-1)!.body;
  expect(JSON.parse(sent.toString()).max_completion_tokens).toBe(cap);
  const store = new DatabaseSync(join(house.dataDir, 'valetkey.sqlite'), { readOnly: true });
  const bodies = await vi.waitFor(
    () => {
      const rows = store
        .prepare("select body from journal where grant_id = ? and kind = 'call.settled'")
        .all(id);
      expect(rows).toHaveLength(1);
      return rows;
    },
    { timeout: 20_000 },
  );
  store.close();
  expect(JSON.parse(String(bodies[0]?.body)).request_sha256).toBe(hash('sha256', sent, 'base64url'));
});

describe('after a revoke call has returned', () => {
  it('no kind of token is good for another request, and none of them reaches the provider', async () => {
    const own = await house.grant({ ...GRANT, limits: { daily_spend: 1 } });
    const app = await authorizeApp(house, [{ ...GRANT, limits: { daily_spend: 1 } }]);
    for (const [token, grantId] of [
      [own.token, own.id],
      [app.accessToken, app.grantId],
    ] as const) {
      expect((await chat(token)).status).toBe(200);
      const revoked = await house.api('POST', `/grants/${grantId}/revoke`);
      expect(revoked.status).toBe(200);
      const before = forwarded();
      const answer = await chat(token);
      expect([answer.status, answer.body.error.code]).toEqual([401, 'token_revoked']);
      expect(forwarded()).toBe(before);
    }
    const { refreshTokenGrant } = await import('openid-client');
    await expect(refreshTokenGrant(app.config, app.refreshToken)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('a running stream is cut with an error event and settled, within two seconds', async () => {
    const { id, token } = await house.grant({ ...GRANT, limits: { daily_spend: 1 } });
    house.simulators.openai.script({ when: { stream: true }, chunks: 8, hold: { events: 3 } });
    const response = await sendChat(house.url, token, { stream: true });
    const text = response.text();
    await house.simulators.openai.held();
    const revokedAt = performance.now();
    await house.api('POST', `/grants/${id}/revoke`);
    expect(await text).toContain('token_revoked');
    expect(performance.now() - revokedAt).toBeLessThan(2000);
    house.simulators.openai.release();
    const held = async () => (await house.api('GET', `/grants/${id}`)).body.parts[0].limits[0].held;
    await expect.poll(held).toBe('0');
  });

  it('a paused grant refuses and a resumed one goes on', async () => {
    const { id, token } = await house.grant({ ...GRANT, limits: { daily_spend: 1 } });
    await house.api('PATCH', `/grants/${id}`, { status: 'suspended' });
    expect((await chat(token)).body.error.code).toBe('grant_suspended');
    await house.api('PATCH', `/grants/${id}`, { status: 'active' });
    expect((await chat(token)).status).toBe(200);
  });
});

describe('credentials', () => {
  it('are taken from three carriers, one at a time, and never from the query', async () => {
    const { token } = await house.grant({ ...GRANT, limits: { daily_spend: 1 } });
    const url = `${house.url}/openai/v1/chat/completions`;
    const send = async (headers: Record<string, string>, query = '') => {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(HELLO),
      };
      return (await fetch(url + query, init)).status;
    };
    expect(await send({ authorization: `Bearer ${token}` })).toBe(200);
    expect(await send({ 'x-api-key': token })).toBe(200);
    expect(await send({ 'x-goog-api-key': token })).toBe(200);
    expect(await send({ authorization: `Bearer ${token}`, 'x-api-key': token })).toBe(200);
    expect(await send({ authorization: `Bearer ${token}`, 'x-api-key': 'another' })).toBe(400);
    expect(await send({}, `?key=${token}`)).toBe(401);
    const slip = token.endsWith('0') ? '1' : '0';
    expect(await send({ authorization: `Bearer ${token.slice(0, -1)}${slip}` })).toBe(401);
  });
});
