// A66: many grants, each on a provider key of its own, share the pooled connections to one provider, which delays its answers and sends
// them in odd pieces. Nobody gets an answer that was made for another, and no request travels with another's key. Between owners see
// faults/isolation.test.ts, and here with BLEED_GRANTS=200 by hand.

import { randomBytes } from 'node:crypto';
import { canaryKey } from '@valetkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAT_TEXT } from './raw-request.ts';
import { WORLDS, type World } from './worlds.ts';

const GRANTS = Number(process.env.BLEED_GRANTS ?? 16);
const REQUESTS = 12;
/** The provider's id of a request, which stands in its answer. */
const ID = /chatcmpl-(req_openai_\d+)/g;

interface Holder {
  readonly key: string;
  readonly token: string;
  readonly marker: string;
}

const makeHolder = async (world: World, index: number): Promise<Holder> => {
  const key = canaryKey('openai', randomBytes);
  const added = await world.api('POST', '/provider-keys', { provider: 'openai', key, label: `key ${index}` });
  expect(added.status).toBe(201);
  const made = await world.api('POST', '/grants', {
    name: `App ${index}`,
    provider_key_ids: { openai: added.body.id },
    authorization_details: [{ type: 'ai_model_access', provider: 'openai', limits: { monthly_spend: 5 } }],
  });
  expect(made.status).toBe(201);
  return { key, token: made.body.token, marker: `<${made.body.id}>` };
};

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  beforeAll(async () => {
    world = await start();
  });
  afterAll(() => world?.close());

  it('A66 no holder meets a marker or a key of another', async () => {
    const holders: Holder[] = [];
    for (let index = 0; index < GRANTS; index += 1) holders.push(await makeHolder(world, index));
    const [openai] = world.simulators;
    for (let rule = 0; rule < GRANTS * REQUESTS; rule += 1)
      openai?.script({ gapMs: rule % 4, writeBytes: 50 + (rule % 7) * 31 });
    const ask = async (holder: Holder, round: number, index: number) => {
      const url = world.urls[(round + index) % world.urls.length];
      const response = await fetch(`${url}/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${holder.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          ...JSON.parse(CHAT_TEXT),
          messages: [{ role: 'user', content: `${holder.marker} ${round}` }],
          stream: (round + index) % 2 === 0,
        }),
      });
      return { holder, status: response.status, text: await response.text() };
    };
    const answers: Awaited<ReturnType<typeof ask>>[] = [];
    for (let round = 0; round < REQUESTS; round += 1)
      answers.push(...(await Promise.all(holders.map((holder, index) => ask(holder, round, index)))));
    const requests = new Map(openai?.requests.map((request) => [request.id, request]));
    expect(requests.size).toBe(GRANTS * REQUESTS);
    for (const { holder, status, text } of answers) {
      const ids = new Set([...text.matchAll(ID)].map(([, id]) => id ?? ''));
      expect([status, ids.size]).toEqual([200, 1]);
      const request = requests.get([...ids][0] ?? '');
      expect(request?.key?.value).toBe(holder.key);
      expect(request?.body.toString()).toContain(holder.marker);
    }
    // Far fewer connections than requests: they were shared.
    expect(openai?.counters().connections).toBeLessThan(GRANTS * REQUESTS);
  }, 300_000);
});
