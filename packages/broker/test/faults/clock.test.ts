// A75, F13: the machine's clock jumps by hours and days, also while a stream runs. No window opens again, no expiry moves away, no hold is
// refunded, and nothing live is refused for more than the jump explains.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { chatOf, makeGrant, post, startGate, type TestGate } from './start-gate.ts';

const HOUR_MS = 3_600_000;
let gate: TestGate;
let sent = 0;

beforeEach(async () => {
  gate = await startGate();
});
afterEach(() => gate.close());

const ask = (token: string, fields: object = {}) => {
  sent += 1;
  return post(gate.url, token, chatOf(`clock ${sent}`, fields));
};

it('back by an hour: no window opens again and a used minute stays used', async () => {
  // At the full hour: no window ends by itself while this runs.
  gate.clock.offsetMs = HOUR_MS - (Date.now() % HOUR_MS);
  const { token } = await makeGrant(gate, { requests_per_minute: 2, requests_per_day: 3 });
  expect([(await ask(token)).status, (await ask(token)).status]).toEqual([200, 200]);
  gate.clock.offsetMs -= HOUR_MS;
  expect((await ask(token)).code).toBe('rate_limited');
  gate.clock.offsetMs += HOUR_MS + 60_000;
  expect((await ask(token)).status).toBe(200);
  expect((await ask(token)).code).toBe('quota_exhausted');
});

it('back by an hour: an expired grant does not live again, once the ledger has seen its end', async () => {
  const expires = new Date(Date.now() + HOUR_MS).toISOString();
  const { token } = await makeGrant(gate, {}, { expires });
  const other = await makeGrant(gate);
  expect((await ask(token)).status).toBe(200);
  gate.clock.offsetMs += HOUR_MS + 1000;
  expect([(await ask(other.token)).status, (await ask(token)).code]).toEqual([200, 'token_expired']);
  gate.clock.offsetMs -= HOUR_MS;
  expect((await ask(token)).code).toBe('token_expired');
  expect((await ask(other.token)).status).toBe(200);
});

it.each([HOUR_MS, -HOUR_MS, 24 * HOUR_MS])(
  'by %i ms while a stream runs: it is whole and settled once',
  async (jumpMs) => {
    const { token } = await makeGrant(gate, { monthly_spend: 5 });
    gate.simulator.hold({ events: 2 });
    const asked = ask(token, { stream: true, stream_options: { include_usage: true } });
    await gate.simulator.held();
    gate.clock.offsetMs += jumpMs;
    const held =
      'select sum(held_nanos) as held, sum(settled_nanos) as settled, count(*) as entries from journal where link_id is not null';
    const before = gate.store.reader.run({ sql: held, parameters: [] }).rows[0];
    expect(before).toMatchObject({ settled: 0, entries: 1 });
    expect(Number(before?.held)).toBeGreaterThan(0);
    gate.simulator.release();
    expect((await asked).text).toMatch(/\[DONE\]\n\n$/);
    await gate.running.whenIdle();
    await gate.ledger.record([]);
    const after = gate.store.reader.run({ sql: held, parameters: [] }).rows[0];
    expect(after).toEqual({ held: 0, settled: gate.simulator.billNanos().totalNanos, entries: 2 });
  },
);
