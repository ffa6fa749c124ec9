// A66: many grants, each on a provider key of its own, share the pooled connections to one provider, which delays its answers and sends
// them in odd pieces. Nobody gets an answer that was made for another, and no request travels with another's key. On replicas they are of
// four owners; of twenty in one process see faults/isolation.test.ts. BLEED_GRANTS=200 by hand.

import { randomBytes } from 'node:crypto';
import { canaryKey } from '@valetkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWNER, ownerApi } from '../house/start-house.ts';
import { CHAT_TEXT } from './raw-request.ts';
import { WORLDS, type World } from './worlds.ts';

const GRANTS = Number(process.env.BLEED_GRANTS ?? 16);
const REQUESTS = 12;
/** The provider's id of a request, which stands in its answer. */
const ID = /chatcmpl-(req_openai_\d+)/g;

type Api = World['api'];

interface Holder {
  readonly owner: number;
  readonly id: string;
  readonly key: string;
  readonly token: string;
  readonly marker: string;
}

/** The owner of the world and, on replicas, three more, whom the first invites. */
const ownersOf = async ({ api, urls, databaseUrl }: World): Promise<Api[]> => {
  if (databaseUrl === null) return [api];
  const apis = [api];
  for (const name of ['bo', 'cy', 'di']) {
    const email = `${name}@owner.test`;
    const { body: made } = await api('POST', '/invitations', { email });
    const token = new URL(made.link).searchParams.get('token') ?? '';
    const joined = await fetch(`${urls[0]}/invite`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: urls[0]! },
      body: new URLSearchParams({ token, password: OWNER.password }),
    });
    expect(joined.status).toBe(303);
    apis.push(ownerApi(urls[0]!, { ...OWNER, email }));
  }
  return apis;
};

const makeHolder = async (apis: readonly Api[], index: number): Promise<Holder> => {
  const owner = index % apis.length;
  const api = apis[owner]!;
  const key = canaryKey('openai', randomBytes);
  const added = await api('POST', '/provider-keys', { provider: 'openai', key, label: `key ${index}` });
  expect(added.status).toBe(201);
  const made = await api('POST', '/grants', {
    name: `App ${index}`,
    provider_key_ids: { openai: added.body.id },
    authorization_details: [{ type: 'ai_model_access', provider: 'openai', limits: { monthly_spend: 5 } }],
  });
  expect(made.status).toBe(201);
  const { id, token } = made.body;
  return { owner, id, key, token, marker: `<${id}>` };
};

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  beforeAll(async () => {
    world = await start();
  });
  afterAll(() => world?.close());

  it('A66 no holder meets a marker or a key of another', async () => {
    const holders: Holder[] = [];
    const apis = await ownersOf(world);
    for (let index = 0; index < GRANTS; index += 1) holders.push(await makeHolder(apis, index));
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
    for (const [owner, api] of apis.entries()) {
      const listed = (await api('GET', '/grants')).body.data.map(({ id }: { id: string }) => id);
      const own = holders.filter((holder) => holder.owner === owner).map(({ id }) => id);
      expect(listed.toSorted()).toEqual(own.toSorted());
    }
    // Far fewer connections than requests: they were shared.
    expect(openai?.counters().connections).toBeLessThan(GRANTS * REQUESTS);
  }, 300_000);
});
