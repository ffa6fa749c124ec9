// A limit that its owner resets, seen from the app: refused, then served, and every figure that it is told is what counts.

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { sendChat } from './send-chat.ts';
import { type House, startHouse } from './start-house.ts';

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.close());

const chat = (token: string): Promise<Response> => sendChat(house.url, token, { max_tokens: 100 });

const remainingOf = (answer: Response): number =>
  Number(/remaining="([\d.]+)"/.exec(answer.headers.get('valetkey-budget') ?? '')?.[1]);

it('serves again after a reset, tells what counts, and keeps what was spent', async () => {
  const { id, token } = await house.grant({ provider: 'openai', limits: { daily_spend: 0.0001 } });
  const spent = async () => (await house.api('GET', `/grants/${id}`)).body.spent;
  const settledCalls = async (count: number) =>
    vi.waitFor(
      async () => {
        const { body } = await house.api('GET', `/calls?grant_id=${id}`);
        expect(body.data.filter((call: { status: string }) => call.status === 'settled')).toHaveLength(count);
      },
      { timeout: 20_000 },
    );
  const first = await chat(token);
  expect(first.status).toBe(200);
  const left = remainingOf(first);
  expect(left).toBeLessThan(0.0001);
  let served = 1;
  let refused = await chat(token);
  for (; refused.status === 200 && served < 20; served += 1) refused = await chat(token);
  expect(refused.status).toBe(402);
  await settledCalls(served);
  const before = await spent();

  const own = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const limit = { provider: 'openai', unit: 'usd', per: 'day' };
  const url = `${house.url}/api/v1/grants/${id}/reset-limit`;
  const byTheApp = await fetch(url, { method: 'POST', headers: own, body: JSON.stringify(limit) });
  expect(byTheApp.status).toBe(401);
  expect((await chat(token)).status).toBe(402);

  expect((await house.api('POST', `/grants/${id}/reset-limit`, limit)).status).toBe(200);
  expect(await spent()).toEqual(before);
  const again = await chat(token);
  expect([again.status, remainingOf(again)]).toEqual([200, left]);
  await settledCalls(served + 1);

  const lower = { type: 'ai_model_access', provider: 'openai', limits: { daily_spend: 0.00001 } };
  await house.api('PATCH', `/grants/${id}`, { authorization_details: [lower] });
  const { error } = (await (await chat(token)).json()) as { error: { remaining: string } };
  const cost = 0.0001 - left;
  expect(Number(error.remaining)).toBeCloseTo(Math.max(0, 0.00001 - cost), 9);
  expect(error).toMatchObject({ limit: '0.00001', per: 'day' });
});
