// A55, A69, A70, A72 and A73 on the whole product: what is held is the dearest that a call can come to, what is charged is what the
// provider reported or else the hold, and every request that a provider saw is charged once.

import type { Fault } from '@valetkey/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CHAT_TEXT } from './raw-request.ts';
import { WORLDS, type World } from './worlds.ts';

const MODEL = 'gpt-4.1';
/** Published prices of the model in nanos a token. */
const PRICE = { input: 2000, output: 8000 };

const body = (more: object = {}) => JSON.stringify({ ...JSON.parse(CHAT_TEXT), model: MODEL, ...more });
const nanos = (usd: string) => Math.round(Number(usd) * 1e9);

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  let turn = 0;
  beforeAll(async () => {
    world = await start();
  });
  afterAll(() => world?.close());

  const openai = () => world.simulators[0] as World['simulators'][number];
  const granted = () => world.grant({ provider: 'openai', limits: { monthly_spend: 5 } });
  const send = async (token: string, text: string) => {
    const url = world.urls[turn++ % world.urls.length] ?? '';
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/openai/v1/chat/completions`, {
      method: 'POST',
      headers,
      body: text,
    });
    return { status: response.status, text: await response.text().catch(() => '') };
  };
  /** The calls of a grant, newest first, once all of them have ended. */
  const callsOf = (id: string): Promise<readonly { status: string; cost_usd: string }[]> =>
    vi.waitFor(
      async () => {
        const { data } = (await world.api('GET', `/grants/${id}/calls`)).body;
        for (const { status } of data) expect(status).not.toBe('admitted');
        return data;
      },
      { timeout: 20_000 },
    );
  const heldBy = async (id: string) =>
    nanos((await world.api('GET', `/grants/${id}`)).body.parts[0].limits[0].held);
  const billed = () => {
    const { input, output } = (openai().bill.at(-1)?.usage ?? {}) as Record<string, number>;
    return (input ?? 0) * PRICE.input + (output ?? 0) * PRICE.output;
  };

  const heldWhile = async (text: string) => {
    const { id, token } = await granted();
    openai().script({ hold: 'headers' });
    const asked = send(token, text);
    await openai().held();
    const held = await heldBy(id);
    openai().release();
    expect((await asked).status).toBe(200);
    const [call] = await callsOf(id);
    return { held, call };
  };

  it('A55 the dearest tier is held for, and the one that was reported is paid', async () => {
    const plain = await heldWhile(body());
    const auto = await heldWhile(body({ service_tier: 'auto' }));
    const priority = await heldWhile(body({ service_tier: 'priority' }));
    expect(auto.held).toBeGreaterThan(1.5 * plain.held);
    expect(priority.held).toBeGreaterThanOrEqual(auto.held);
    // The simulated provider says `default`, whatever was asked for.
    expect([auto.call?.cost_usd, priority.call?.cost_usd]).toEqual([
      plain.call?.cost_usd,
      plain.call?.cost_usd,
    ]);
    expect(nanos(auto.call?.cost_usd ?? '')).toBe(billed());
  });

  it.each<[string, Fault, string]>([
    ['an error event', { kind: 'error-event', afterEvents: 3, message: 'overloaded' }, 'overloaded'],
    ['a reset', { kind: 'reset', at: { events: 3 } }, 'upstream_invalid'],
    ['a clean end without the last event', { kind: 'truncate', at: { events: 3 } }, ''],
  ])('A69 %s in a stream is no end of it, and is paid at the ceiling', async (_name, fault, said) => {
    const { id, token } = await granted();
    openai().script({ fault, chunks: 8 });
    const { text } = await send(token, body({ stream: true }));
    expect(text).toContain(said);
    expect(text).not.toContain('[DONE]');
    const calls = await callsOf(id);
    expect(calls.map(({ status }) => status)).toEqual(['ceiling']);
    expect(nanos(calls[0]?.cost_usd ?? '')).toBeGreaterThanOrEqual(billed());
  });

  it.each<[string, object, string]>([
    ['an error that was billed', { fault: { kind: 'status', status: 500 }, billed: true }, 'ceiling'],
    ['a refusal for now', { fault: { kind: 'status', status: 429 } }, 'released'],
    ['a reset before any byte', { fault: { kind: 'reset', at: 'start' } }, 'ceiling'],
  ])(
    'A70 %s is not tried again by the broker; each try of the caller is held and ended once',
    async (_name, rule, outcome) => {
      const { id, token } = await granted();
      const [before, billedBefore] = [openai().counters().requests, openai().bill.length];
      openai().script({ ...rule, times: 3 });
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        await send(token, body());
        expect(openai().counters().requests - before).toBe(attempt);
      }
      const calls = await callsOf(id);
      expect(calls.map(({ status }) => status)).toEqual([outcome, outcome, outcome]);
      const paid = calls.reduce((sum, { cost_usd }) => sum + nanos(cost_usd), 0);
      const bills = openai().bill.slice(billedBefore).length;
      expect(paid).toBeGreaterThanOrEqual(bills > 0 ? bills * billed() : 0);
      expect(paid > 0).toBe(outcome === 'ceiling');
      expect(await heldBy(id)).toBe(0);
    },
  );

  it.each(['every', 'twice', 'last-choice'] as const)(
    'A72 usage that comes in place %s counts once',
    async (usageIn) => {
      const { id, token } = await granted();
      openai().script({ usageIn });
      await send(token, body({ stream: true, stream_options: { include_usage: true } }));
      const [call] = await callsOf(id);
      expect([call?.status, nanos(call?.cost_usd ?? '')]).toEqual(['settled', billed()]);
    },
  );

  it.each([
    ['negative', { completion_tokens: -5 }],
    ['text', { completion_tokens: 'many' }],
    ['beyond all bounds', { completion_tokens: 1e18 }],
    ['absent', { completion_tokens: undefined, total_tokens: undefined }],
    ['more cached than there is', { prompt_tokens_details: { cached_tokens: 1e6 } }],
  ])('A73 usage that is %s is none: the ceiling is paid', async (_name, change) => {
    const { id, token } = await granted();
    openai().script({ reportUsage: (wire) => ({ ...wire, ...change }) });
    expect((await send(token, body())).status).toBe(200);
    const [call] = await callsOf(id);
    expect(call?.status).toBe('ceiling');
    expect(nanos(call?.cost_usd ?? '')).toBeGreaterThanOrEqual(billed());
  });
});
