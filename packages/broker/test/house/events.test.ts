// Live updates, over HTTP: who is told of what, on any replica, and what a stream must never hold up. What needs minutes is tested beside
// the code.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WORLDS, type World } from '../hostile/worlds.ts';
import { chatStatus } from './send-chat.ts';
import { type House, OWNER, ownerApi, signIn, startHouse } from './start-house.ts';

vi.setConfig({ testTimeout: 60_000 });

const EVE = { email: 'eve@owner.test', password: 'a-long-enough-password-43' };
const GRANT = { provider: 'openai', models: ['gpt-4o-mini'] };
/** Far more than the second or two that it takes, for busy machines. */
const SOON = { timeout: 30_000 };

const opened: AbortController[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.abort();
});

/** Listens until the test is over; `text` grows. */
const listen = async (url: string, session: string, headers: Record<string, string> = {}) => {
  const controller = new AbortController();
  opened.push(controller);
  const answer = await fetch(`${url}/api/v1/events`, {
    headers: { authorization: `Bearer ${session}`, ...headers },
    signal: controller.signal,
  });
  const heard = { answer, text: '', end: null as null | 'ended' | 'broken', leave: () => controller.abort() };
  const read = async () => {
    for await (const chunk of answer.body!) heard.text += Buffer.from(chunk).toString();
  };
  if (answer.status === 200)
    void read().then(
      () => {
        heard.end = 'ended';
      },
      () => {
        heard.end = 'broken';
      },
    );
  return heard;
};
type Heard = Awaited<ReturnType<typeof listen>>;

/** Numbers of the events told so far. */
const numbers = ({ text }: Heard): number[] =>
  [...text.matchAll(/^id: (\d+)\nevent: changed\ndata: \{"seq":\1\}\n\n/gm)].map(([, seq]) => Number(seq));

const begun = async (heard: Heard): Promise<number> => {
  await expect.poll(() => heard.text, SOON).toMatch(/^retry: 2000\nid: \d+\n\n/);
  return Number(/id: (\d+)/.exec(heard.text)![1]);
};

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  let ada: string;
  let token: string;
  beforeAll(async () => {
    world = await start();
    ada = await signIn(world.urls[0]!);
    ({ token } = await world.grant(GRANT));
  });
  afterAll(() => world?.close());

  /** A call by way of the last replica. */
  const call = async (): Promise<void> => {
    expect(await chatStatus(String(world.urls.at(-1)), token)).toBe(200);
  };

  it('tells of a call by way of any replica, unbuffered and kept by nobody', async () => {
    const heard = await listen(world.urls[0]!, ada);
    const header = (name: string) => heard.answer.headers.get(name);
    expect(header('content-type')).toMatch(/^text\/event-stream/);
    expect([header('cache-control'), header('x-accel-buffering')]).toEqual(['no-store', 'no']);
    const head = await begun(heard);
    await call();
    await expect.poll(() => numbers(heard).at(-1) ?? 0, SOON).toBeGreaterThanOrEqual(head + 2);
  });

  it('tells at once who comes back what was missed, and nothing who missed nothing', async () => {
    const first = await listen(world.urls[0]!, ada);
    const head = await begun(first);
    first.leave();
    await call();
    const missed = await listen(world.urls[0]!, ada, { 'last-event-id': String(head) });
    expect(await begun(missed)).toBeGreaterThan(head);
    await expect.poll(() => numbers(missed).length, SOON).toBeGreaterThan(0);
  });

  it('never tells of another owner', async () => {
    const { body: made } = await world.api('POST', '/invitations', { email: EVE.email });
    const joined = await fetch(`${world.urls[0]}/invite`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: world.urls[0]! },
      body: new URLSearchParams({
        token: new URL(made.link).searchParams.get('token')!,
        password: EVE.password,
      }),
    });
    expect(joined.status).toBe(303);
    const heardByEve = await listen(world.urls[0]!, await signIn(world.urls[0]!, EVE));
    const heardByAda = await listen(world.urls[0]!, ada);
    const eves = await begun(heardByEve);
    const head = await begun(heardByAda);
    await call();
    await expect.poll(() => numbers(heardByAda).at(-1) ?? 0, SOON).toBeGreaterThanOrEqual(head + 2);
    expect(numbers(heardByEve)).toEqual([]);
    const key = { provider: 'openai', key: 'sk-a-key-of-the-invited-owner-9f2c' };
    expect((await ownerApi(world.urls[0]!, EVE)('POST', '/provider-keys', key)).status).toBe(201);
    await expect.poll(() => numbers(heardByEve).length, SOON).toBeGreaterThan(0);
    expect(numbers(heardByEve)[0]).toBeGreaterThan(eves);
  });

  it('tells the token of a grant nothing, nor who is not signed in', async () => {
    for (const credential of [token, 'none'])
      expect((await listen(world.urls[0]!, credential)).answer.status).toBe(401);
    expect((await fetch(`${world.urls[0]}/api/v1/events`)).status).toBe(401);
  });
});

describe('a stream', () => {
  let house: House;
  beforeAll(async () => {
    house = await startHouse();
  });
  afterAll(() => house?.close());

  it('ends soon after its session', async () => {
    const session = await signIn(house.url);
    const heard = await listen(house.url, session);
    await begun(heard);
    const headers = {
      authorization: `Bearer ${session}`,
      origin: house.url,
      'content-type': 'application/json',
    };
    const signedOut = await fetch(`${house.url}/api/auth/sign-out`, { method: 'POST', headers, body: '{}' });
    expect(signedOut.status).toBe(200);
    await expect.poll(() => heard.end, SOON).toBe('ended');
  });

  it('is one of ten of its owner; one that is left makes room', async () => {
    const session = await signIn(house.url);
    const heard = await Promise.all(Array.from({ length: 10 }, () => listen(house.url, session)));
    expect(heard.map(({ answer }) => answer.status)).toEqual(Array.from({ length: 10 }, () => 200));
    const { answer } = await listen(house.url, session);
    expect(answer.status).toBe(429);
    expect(await answer.json()).toMatchObject({ error: { code: 'rate_limited' } });
    heard[0]!.leave();
    await expect.poll(async () => (await listen(house.url, session)).answer.status, SOON).toBe(200);
  });

  it('does not hold up the end of the broker, and is ended in order', async () => {
    const own = await startHouse();
    const heard = await listen(own.url, await signIn(own.url, OWNER));
    await begun(heard);
    const beganAt = performance.now();
    await own.broker.close();
    // The broker would wait 25 seconds for a call.
    expect(performance.now() - beganAt).toBeLessThan(20_000);
    await expect.poll(() => heard.end, SOON).toBe('ended');
    await Promise.all(Object.values(own.simulators).map((simulator) => simulator.close()));
  });
});
