// A59: leaving early never makes a call cheaper than the provider bills it, and never keeps anything open for long.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callsOf, expectMoneyIsRight } from './money.ts';
import { chatOf, type Granted, makeGrant, PRICES, post, startGate, type TestGate } from './start-gate.ts';

const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 3);

let gate: TestGate;
let granted: Granted;
let sent = 0;

beforeAll(async () => {
  gate = await startGate();
  granted = await makeGrant(gate, { monthly_spend: 5 });
});
afterAll(() => gate.close());
beforeEach(() => gate.simulator.reset());

const STREAM = { stream: true, stream_options: { include_usage: true } };

/** Asks for a stream and leaves once `leave` says so of what has come; before the status if it is null. */
const askAndLeave = async (leave: ((text: string) => boolean) | null): Promise<void> => {
  const leaving = new AbortController();
  sent += 1;
  let text = '';
  const asked = post(
    gate.url,
    granted.token,
    chatOf(`abort ${String(sent).padStart(6, '0')}`, STREAM),
    (answer) =>
      answer.on('data', (chunk) => {
        text += chunk;
        if (leave?.(text)) leaving.abort();
      }),
    leaving.signal,
  );
  if (leave === null) {
    await gate.simulator.held();
    leaving.abort();
  }
  await asked.catch(() => {});
};

const settled = async () => {
  await gate.running.whenIdle();
  await gate.ledger.record([]);
  return callsOf(gate.tables).at(-1)!;
};

const STAGES = [
  ['before the status', null, 'start'],
  ['after the first piece', (text: string) => text.includes('"content"'), { events: 3 }],
  ['one piece before the usage', (text: string) => text.includes('"finish_reason":"stop"'), undefined],
  ['after the usage', (text: string) => text.includes('"total_tokens"'), undefined],
] as const;

describe('a caller that leaves', () => {
  it.each(STAGES)('%s is charged what the provider bills, to the nano', async (_, leave, hold) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      if (hold) gate.simulator.hold(hold);
      else gate.simulator.script({ gapMs: 2 });
      await askAndLeave(leave);
      if (hold) await gate.simulator.held();
      gate.simulator.release();
      const call = await settled();
      expect([call.outcome, call.outcomeBody.usage]).toEqual(['call.settled', expect.anything()]);
      const { billedNanos, settledNanos } = expectMoneyIsRight(gate.tables, gate.simulator, PRICES);
      expect(gate.simulator.bill).toHaveLength(round + 1);
      expect(settledNanos).toBeGreaterThanOrEqual(billedNanos);
      expect(call.settled).toBe(billedNanos / (round + 1));
    }
  });

  it('is waited for no longer than a minute: then the ceiling is posted and the connection closed', async () => {
    gate.simulator.script({ fault: { kind: 'stall', at: { events: 2 } } });
    await askAndLeave((text) => text.includes('"content"') || text.includes('"role"'));
    await expect.poll(() => gate.connections()).toBe(0);
    gate.running.checkTime(Date.now() + gate.clock.offsetMs + 50_000);
    expect(gate.running.count).toBe(1);
    gate.clock.offsetMs += 61_000;
    gate.running.checkTime(Date.now() + gate.clock.offsetMs);
    const call = await settled();
    expect([call.outcome, call.settled, call.outcomeBody.reason]).toEqual([
      'call.ceiling',
      call.held,
      'caller_gone',
    ]);
    await expect.poll(() => gate.simulator.requests.at(-1)?.outcome).toBe('caller-gone');
    expectMoneyIsRight(gate.tables, gate.simulator, PRICES, Date.now() + gate.clock.offsetMs);
  });

  it('before its request was sent costs nothing and is not forwarded', async () => {
    const leaving = new AbortController();
    const body = chatOf('never sent');
    const asked = post(gate.url, granted.token, body, () => {}, leaving.signal);
    setImmediate(() => leaving.abort());
    await asked.catch(() => {});
    await settled();
    expectMoneyIsRight(gate.tables, gate.simulator, PRICES, Date.now() + gate.clock.offsetMs);
  });
});
