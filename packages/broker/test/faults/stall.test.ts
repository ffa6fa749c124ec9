// F14: the event loop stands still for five seconds under load, and memory runs out. A stall loses nothing and shows in the health check;
// a process that the runtime ends for lack of memory is as one that was killed.

import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { BrokerProcess } from '../house/start-process.ts';
import { BrokerHouse } from './broker-house.ts';
import { callsOf, expectMoneyIsRight } from './money.ts';
import { chatOf, PRICES, post } from './start-gate.ts';

const STALL = fileURLToPath(new URL('./stall-on-signal.ts', import.meta.url));
/** What the product needs to start, and little more. */
const MEGABYTES = 96;

let house: BrokerHouse;
let broker: BrokerProcess;
beforeAll(async () => {
  house = await BrokerHouse.prepare();
});
afterAll(() => house.close());
beforeEach(() => house.simulator.reset());
afterEach(() => broker.stop('SIGKILL'));

const look = () => {
  const tables = house.tables();
  const calls = callsOf(tables);
  const figures = expectMoneyIsRight(tables, house.simulator, PRICES);
  tables.close();
  return { calls, figures };
};

/** Null if it does not answer within half a second: a load balancer takes it out. */
const health = (): Promise<number | null> =>
  fetch(`${house.url}/healthz`, { signal: AbortSignal.timeout(500) }).then(
    ({ status }) => status,
    () => null,
  );

it('a stall of five seconds under load loses no call and no piece of a stream', async () => {
  broker = await house.start({ NODE_OPTIONS: `--import=${STALL}` });
  house.simulator.script({ when: { stream: true }, times: Number.POSITIVE_INFINITY, chunks: 40, gapMs: 30 });
  const streams = Array.from({ length: 10 }, () => house.ask({ stream: true, max_tokens: 100 }));
  await expect.poll(() => house.simulator.counters().requests, { timeout: 30_000 }).toBe(10);
  await expect.poll(health, { timeout: 30_000 }).toBe(200);
  broker.signal('SIGUSR2');
  const quick = Array.from({ length: 20 }, () => house.ask());
  await expect.poll(health).toBeNull();
  const answers = await Promise.all([...streams, ...quick]);
  expect(answers.map(({ status, isWhole }) => [status, isWhole])).toEqual(new Array(30).fill([200, true]));
  for (const { text } of answers.slice(0, 10)) expect(text).toMatch(/\[DONE\]\n\n$/);
  await expect.poll(health, { timeout: 30_000 }).toBe(200);
  expect(await broker.stop('SIGTERM')).toBe(0);
  const { calls, figures } = look();
  expect([figures.forwarded, figures.ceilings]).toEqual([30, 0]);
  expect(calls.slice(-30).map(({ outcome }) => outcome)).toEqual(new Array(30).fill('call.settled'));
}, 120_000);

it('a process that ran out of memory is as one that was killed', async () => {
  broker = await house.start({ NODE_OPTIONS: `--max-old-space-size=${MEGABYTES}` });
  let isDead = false;
  void broker.ended.then(() => {
    isDead = true;
  });
  house.simulator.script({ when: { stream: true }, times: Number.POSITIVE_INFINITY, chunks: 20, gapMs: 5 });
  const messages = Array.from({ length: 60_000 }, (_, index) => ({ role: 'user', content: `part ${index}` }));
  let answered = 0;
  const ask = async (fields: object) => {
    const answer = await house.ask(fields).catch(() => null);
    if (answer?.status === 200 && answer.isWhole) answered += 1;
  };
  for (let round = 0; round < 60 && !isDead; round += 1) {
    const large = Array.from({ length: 12 }, (_, at) => {
      const last = { role: 'user', content: `${round} ${at}` };
      return post(house.url, house.token, chatOf('', { messages: [...messages, last] })).catch(() => null);
    });
    await Promise.all([...large, ask({}), ask({ stream: true }), ask({ stream: true })]);
  }
  expect([isDead, await broker.ended]).toEqual([true, null]);
  expect(broker.output()).toContain('heap out of memory');
  broker = await house.start();
  await expect.poll(health, { timeout: 30_000 }).toBe(200);
  expect((await house.ask()).status).toBe(200);
  expect(await broker.stop('SIGTERM')).toBe(0);
  const { figures } = look();
  expect(figures.forwarded).toBeGreaterThanOrEqual(answered);
}, 300_000);
