// A refused request carries what to ask for: sent as it stands, and allowed by the owner, the same request fits, with the same token. In every
// dialect, for every kind of refusal that an owner can lift, and below a grant that shares its budget.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, startHouse } from './start-house.ts';

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.close());

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: errors have a shape of their own in each dialect
  readonly body: any;
}

const post = async (url: string, token: string, body: unknown): Promise<Answer> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
};

const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }], max_tokens: 10 };
const RIGHTS = { provider: 'openai', models: ['gpt-4o-mini'] };
const chat = (token: string, change: object = {}) =>
  post(`${house.url}/openai/v1/chat/completions`, token, { ...CHAT, ...change });

/** Sends the offer as it stands; the owner allows what came of it. */
const takeUp = async (
  { method, href, body }: { method: string; href: string; body: object },
  token: string,
) => {
  expect([method, href]).toEqual(['POST', `${house.url}/grants/self/requests`]);
  const made = await post(href, token, body);
  expect(made).toMatchObject({ status: 201, body: { status: 'pending' } });
  const allowed = await house.api('POST', `/requests/${made.body.request_id}/allow`);
  expect(allowed).toMatchObject({ status: 200, body: { status: 'allowed' } });
};

describe('a refused request offers what would make it fit', () => {
  it.each<[string, object, object, number, string]>([
    [
      'a budget that is too small',
      { ...RIGHTS, limits: { total_spend: 0.000001 } },
      {},
      402,
      'insufficient_budget',
    ],
    ['a budget of nothing', { ...RIGHTS, limits: { daily_spend: 0 } }, {}, 402, 'budget_exhausted'],
    ['a model', { ...RIGHTS, models: ['gpt-4o'] }, {}, 403, 'model_not_permitted'],
    ['a capability', { ...RIGHTS, capabilities: ['embeddings'] }, {}, 403, 'capability_not_permitted'],
    ['too few tokens', { ...RIGHTS, limits: { tokens_per_day: 5 } }, {}, 403, 'token_limit_exceeded'],
  ])('%s', async (_name, rights, change, status, code) => {
    const { token } = await house.grant(rights);
    const refused = await chat(token, change);
    expect(refused).toMatchObject({ status, body: { error: { code } } });
    await takeUp(refused.body.error.offer, token);
    expect((await chat(token, change)).status).toBe(200);
  });

  it('a limit on requests that is used up', async () => {
    const { token } = await house.grant({ ...RIGHTS, limits: { requests_per_day: 1 } });
    expect((await chat(token)).status).toBe(200);
    const refused = await chat(token);
    expect(refused).toMatchObject({ status: 429, body: { error: { code: 'quota_exhausted' } } });
    await takeUp(refused.body.error.offer, token);
    expect((await chat(token)).status).toBe(200);
  });

  it('in the dialect of Anthropic and of Google, too', async () => {
    const claude = await house.grant({ provider: 'anthropic', limits: { total_spend: 0.000001 } });
    const message = {
      model: 'claude-3-5-haiku-latest',
      max_tokens: 10,
      messages: [{ role: 'user', content: 'hi' }],
    };
    const first = await post(`${house.url}/anthropic/v1/messages`, claude.token, message);
    expect(first.status).toBe(402);
    await takeUp(first.body.error.offer, claude.token);
    expect((await post(`${house.url}/anthropic/v1/messages`, claude.token, message)).status).toBe(200);

    const gemini = await house.grant({ provider: 'google', limits: { total_spend: 0.000001 } });
    const path = `${house.url}/google/v1beta/models/gemini-2.0-flash:generateContent`;
    const body = {
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
      generationConfig: { maxOutputTokens: 10 },
    };
    const second = await post(path, gemini.token, body);
    expect(second.status).toBe(402);
    const struct = second.body.error.details.find((detail: { '@type': string }) =>
      detail['@type'].endsWith('Struct'),
    );
    await takeUp(struct.value.offer, gemini.token);
    expect((await post(path, gemini.token, body)).status).toBe(200);
  });

  it('of a child whose parent is used up: the link names the parent, the offer is the child’s, both fit afterwards', async () => {
    const planner = await house.grant({
      ...RIGHTS,
      limits: { total_spend: 0.000001 },
      delegation: { max_depth: 1 },
    });
    const made = await post(`${house.url}/grants/self/children`, planner.token, {
      name: 'worker',
      authorization_details: [{ type: 'ai_model_access', ...RIGHTS }],
    });
    const refused = await chat(made.body.token);
    expect(refused.status).toBe(402);
    expect(refused.body.error.link).toBe(`${house.url}/apps/${planner.id}?edit=limits`);
    await takeUp(refused.body.error.offer, made.body.token);
    expect((await chat(made.body.token)).status).toBe(200);
  });

  it('of a model that neither a child nor its parent has: both may use it from their next call on', async () => {
    const planner = await house.grant({ ...RIGHTS, delegation: { max_depth: 1 } });
    const made = await post(`${house.url}/grants/self/children`, planner.token, {
      name: 'worker',
      authorization_details: [{ type: 'ai_model_access', ...RIGHTS }],
    });
    const [parent, child] = [planner.token, made.body.token as string];
    for (const token of [parent, child]) expect((await chat(token)).status).toBe(200);
    const refused = await chat(child, { model: 'gpt-4o' });
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'model_not_permitted' } } });
    await takeUp(refused.body.error.offer, child);
    for (const token of [child, parent]) expect((await chat(token, { model: 'gpt-4o' })).status).toBe(200);
  });

  it('but not where asking does not help: a rate that passes by itself, an operation that is never offered', async () => {
    const { token } = await house.grant({ ...RIGHTS, limits: { requests_per_minute: 1 } });
    let rate = await chat(token);
    // A minute that ends meanwhile has room for one more.
    while (rate.status === 200) rate = await chat(token);
    expect([rate.status, rate.body.error.offer]).toEqual([429, undefined]);
    const files = await post(`${house.url}/openai/v1/files`, token, {});
    expect([files.status, files.body.error.offer]).toEqual([403, undefined]);
  });
});

it('what was allowed holds for the next call of the same token; what was denied changes nothing', async () => {
  const { token, id } = await house.grant({ ...RIGHTS, limits: { total_spend: 0.000001 } });
  const offer = (await chat(token)).body.error.offer;
  const made = await post(offer.href, token, { ...offer.body, message: 'For the last page' });
  expect((await chat(token)).status).toBe(402);
  await house.api('POST', `/requests/${made.body.request_id}/deny`);
  expect((await chat(token)).status).toBe(402);
  expect((await post(offer.href, token, offer.body)).body).toMatchObject({ status: 'denied' });
  expect((await house.api('GET', `/grants/${id}`)).body.authorization_details[0].limits).toEqual({
    total_spend: 0.000001,
  });
  expect((await house.api('POST', '/ledger/compare')).body.faults).toEqual([]);
});
