// A68: many more requests than there is room for, all at once. Exactly what fits is forwarded, and nothing is refused while room remains.
// HERD_ROUNDS sets how often.

import type { Limit } from '@valetkey/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { callsOf, expectMoneyIsRight } from './money.ts';
import { report } from './report.ts';
import { type Answer, chatOf, makeGrant, PRICES, post, startGate, type TestGate } from './start-gate.ts';

const ROUNDS = Number(process.env.HERD_ROUNDS ?? 3);

let gate: TestGate;

beforeEach(async () => {
  gate = await startGate();
});
afterEach(() => gate.close());

const settled = async () => {
  await gate.running.whenIdle();
  await gate.ledger.record([]);
};

const usd = (amount: number): Limit => ({ unit: 'usd', per: 'total', amount });

/** What one of these requests holds: all are equally long. */
const holdOf = async (text: string): Promise<number> => {
  const { token } = await makeGrant(gate);
  await post(gate.url, token, chatOf(text));
  await settled();
  return callsOf(gate.tables).at(-1)!.held;
};

const outcomes = (answers: readonly Answer[]) => ({
  passed: answers.filter(({ status }) => status === 200).length,
  refused: answers.filter(({ status }) => status === 402).length,
});

/** All requests are equally long, so that each holds the same. */
const padded = (count: number): string => String(count).padStart(6, '0');

const texts = (count: number, round: number) =>
  Array.from({ length: count }, (_, index) => `request ${padded(round)} ${padded(index)}`);

it(
  `of 500 requests on the budget of ten exactly ten pass, ${ROUNDS} times`,
  async () => {
    const hold = await holdOf(texts(1, 0)[0]!);
    const sums = { passed: 0, refused: 0, forwarded: 0 };
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { token } = await makeGrant(gate, {}, { exact: [usd(10 * hold)] });
      gate.simulator.reset();
      gate.simulator.hold();
      const asked = texts(500, round).map((text) => post(gate.url, token, chatOf(text)));
      await gate.simulator.held(10);
      // The ten are at the provider; the other 490 are refused while they are.
      let refused = 0;
      for (const each of asked) void each.then(({ status }) => (refused += status === 402 ? 1 : 0));
      await expect.poll(() => refused, { timeout: 60_000 }).toBe(490);
      gate.simulator.release();
      const { passed, refused: notFitting } = outcomes(await Promise.all(asked));
      expect([passed, notFitting]).toEqual([10, 490]);
      expect(gate.simulator.counters().requests).toBe(10);
      await settled();
      expectMoneyIsRight(gate.tables, gate.simulator, PRICES);
      sums.passed += passed;
      sums.refused += notFitting;
      sums.forwarded += gate.simulator.counters().requests;
    }
    expect([gate.ledger.overruns, gate.faults]).toEqual([0, []]);
    report('HERD_ROUNDS', `${ROUNDS} rounds of 500 on the budget of ten: ${JSON.stringify(sums)}`);
  },
  60_000 + ROUNDS * 20_000,
);

it('when every request costs what it may, exactly as many pass as the budget has room for', async () => {
  const hold = await holdOf(texts(1, 0)[0]!);
  const { token } = await makeGrant(gate, {}, { exact: [usd(10 * hold + hold - 1)] });
  gate.simulator.reset();
  const input = (hold - 20 * 600) / 150;
  gate.simulator.script({ times: Number.POSITIVE_INFINITY, usage: { input, output: 20 } });
  const answers = await Promise.all(texts(300, 1).map((text) => post(gate.url, token, chatOf(text))));
  expect(outcomes(answers)).toEqual({ passed: 10, refused: 290 });
  await settled();
  const figures = expectMoneyIsRight(gate.tables, gate.simulator, PRICES);
  expect(figures).toMatchObject({
    billedNanos: 10 * hold,
    settledNanos: 10 * hold + callsOf(gate.tables)[0]!.settled,
  });
}, 120_000);

it('1,000 requests at once on a limit of $5 never overshoot it, and what is refused did not fit', async () => {
  const { token } = await makeGrant(gate, { monthly_spend: 5 });
  // Each may cost $0.0096 for its 16,000 output tokens and uses half: 520 fit at once, more as money comes back.
  gate.simulator.script({ times: Number.POSITIVE_INFINITY, usage: { output: 8000 } });
  const cap = { max_tokens: 16_000 };
  const answers = await Promise.all(texts(1000, 1).map((text) => post(gate.url, token, chatOf(text, cap))));
  await settled();
  const { forwarded, settledNanos, billedNanos } = expectMoneyIsRight(gate.tables, gate.simulator, PRICES);
  const { passed, refused } = outcomes(answers);
  expect([passed + refused, forwarded]).toEqual([1000, passed]);
  expect(passed).toBeGreaterThanOrEqual(520);
  expect(settledNanos).toBe(billedNanos);
  expect(settledNanos).toBeLessThanOrEqual(5e9);
  const held = callsOf(gate.tables)[0]!.held;
  const left = 5e9 - settledNanos;
  const next = await post(gate.url, token, chatOf(texts(1, 2)[0]!, cap));
  expect([next.status, left >= held]).toEqual(left >= held ? [200, true] : [402, false]);
  expect(gate.ledger.overruns).toBe(0);
  report(
    'HERD_ROUNDS',
    `1,000 at once on $5: ${JSON.stringify({ passed, refused, forwarded, settledNanos })}`,
  );
}, 120_000);
