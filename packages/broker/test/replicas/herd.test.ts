// A68 over three processes: many more requests than there is room for, all at once, on replicas that share nothing but the database.
// Exactly what fits is forwarded, and nothing is refused while room remains. REPLICA_ROUNDS sets how often.

import { setTimeout as delay } from 'node:timers/promises';
import { usdDecimal } from '@valetkey/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callsOf, expectMoneyIsRight } from '../faults/money.ts';
import { type Answer, PRICES } from '../faults/start-gate.ts';
import { exceededBySql } from '../sim/sql-checks.ts';
import { Fleet, report } from './fleet.ts';

const ROUNDS = Number(process.env.REPLICA_ROUNDS ?? 2);

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start();
});
afterAll(() => fleet.close());

const MOST_REPEATS = 10;
let repeats = 0;

/** Asks, and again where it is told to: on a machine that is too busy a commit or a connection may come too late, which costs nothing. */
const ask = async (...asked: Parameters<Fleet['ask']>): Promise<Answer> => {
  for (let repeat = 0; ; repeat += 1) {
    const answer = await fleet.ask(...asked);
    if (answer.status !== 503 || repeat === MOST_REPEATS) return answer;
    expect(answer.headers['retry-after']).toBeDefined();
    repeats += 1;
    await delay(500);
  }
};

/** How many got which status and code. */
const told = (answers: readonly Answer[]): Record<string, number> => {
  const byAnswer = Map.groupBy(answers, ({ status, code }) => `${status} ${code ?? ''}`.trim());
  return Object.fromEntries([...byAnswer].map(([answer, those]) => [answer, those.length]));
};

const exceeded = async (): Promise<string[]> => {
  const tables = await fleet.tables();
  return exceededBySql(tables, Date.now());
};

const holdOf = async (fields: object = {}): Promise<number> => {
  await fleet.ask(0, await fleet.grant({ total_spend: 100 }), fields);
  await fleet.whenClosed();
  return callsOf(await fleet.tables()).at(-1)!.held;
};

it(`of 500 requests over three replicas on the budget of ten exactly ten pass, ${ROUNDS} times`, async () => {
  const hold = await holdOf();
  for (let round = 1; round <= ROUNDS; round += 1) {
    const grant = await fleet.grant({ total_spend: usdDecimal(10 * hold) });
    const before = fleet.simulator.counters().requests;
    fleet.simulator.hold();
    let refused = 0;
    const asked = Array.from({ length: 500 }, async (_, at) => {
      const answer = await ask(at, grant);
      if (answer.status === 402) refused += 1;
      return answer;
    });
    await fleet.simulator.held(10);
    // The ten are at the provider; the other 490 are refused while they are.
    await expect.poll(() => refused, { timeout: 120_000 }).toBe(490);
    expect(await exceeded()).toEqual([]);
    fleet.simulator.release();
    expect(told(await Promise.all(asked))[200]).toBe(10);
    expect(fleet.simulator.counters().requests - before).toBe(10);
    await fleet.whenClosed();
    expectMoneyIsRight(await fleet.tables(), fleet.simulator, PRICES);
  }
}, 600_000);

it('1,000 requests at once on a limit of $5 never overshoot it, and what is refused did not fit', async () => {
  // Each may cost a little over $0.0096 and uses half: as many as the holds allow fit at once, more as money comes back.
  const cap = { max_tokens: 16_000 };
  const hold = await holdOf(cap);
  const grant = await fleet.grant({ total_spend: 5 });
  fleet.simulator.script({ times: Number.POSITIVE_INFINITY, usage: { output: 8000 } });
  const before = fleet.simulator.bill.length;
  const callsBefore = callsOf(await fleet.tables()).length;
  const asked = Promise.all(Array.from({ length: 1000 }, (_, at) => ask(at, grant, cap)));
  let isOver = false;
  void asked.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    expect(await exceeded()).toEqual([]);
    await delay(500);
  }
  const answers = await asked;
  const { 200: passed = 0, '402 insufficient_budget': refused = 0, ...others } = told(answers);
  expect(others, fleet.output().slice(0, 2000)).toEqual({});
  await fleet.whenClosed();
  const tables = await fleet.tables();
  expectMoneyIsRight(tables, fleet.simulator, PRICES);
  expect([passed + refused, fleet.simulator.bill.length - before]).toEqual([1000, passed]);
  report({ passed, refused, repeats });
  expect(passed).toBeGreaterThanOrEqual(Math.floor(5e9 / hold));
  const spent = callsOf(tables)
    .slice(callsBefore)
    .reduce((sum, call) => sum + call.settled, 0);
  const next = await fleet.ask(0, grant, cap);
  expect([next.status, spent <= 5e9]).toEqual([5e9 - spent >= hold ? 200 : 402, true]);
}, 240_000);
