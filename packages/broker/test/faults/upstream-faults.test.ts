// A69, F8, F9: whatever the provider or the way to it does, the caller gets the right code and never a false end, the call is closed for
// what it may have cost, and no socket or timer is left behind.

import {
  entryNanos,
  type Fault,
  type FaultProxy,
  freePort,
  startFaultProxy,
  type UsagePlace,
  type WireFault,
} from '@valetkey/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callsOf, expectMoneyIsRight } from './money.ts';
import { chatOf, type Granted, makeGrant, PRICES, post, startGate, type TestGate } from './start-gate.ts';

/** Between two offsets at which an answer is cut; 1 by hand. */
const OFFSET_STEP = Number(process.env.FAULT_OFFSET_STEP ?? 89);

let gate: TestGate;
let proxy: FaultProxy;
let granted: Granted;
let sent = 0;

beforeAll(async () => {
  gate = await startGate({
    reach: async ({ origin }) => {
      proxy = await startFaultProxy(Number(new URL(origin).port));
      return proxy.origin;
    },
  });
  granted = await makeGrant(gate, { monthly_spend: 5 });
});
afterAll(async () => {
  await gate.close();
  await proxy.close();
});
beforeEach(() => gate.simulator.reset());
afterEach(() => {
  proxy.setFault(undefined);
  proxy.resetAll();
});

const stats = () => gate.upstreams.get('openai')!.pool.stats;

const settled = async () => {
  await gate.running.whenIdle();
  await gate.ledger.record([]);
  return callsOf(gate.tables).at(-1)!;
};

const ask = (fields: object = {}) => {
  sent += 1;
  return post(gate.url, granted.token, chatOf(`fault ${sent}`, fields));
};

/** Nothing is on its way any more, and the next request is served. */
const expectNothingLeftBehind = async () => {
  expect(gate.running.count).toBe(0);
  await expect
    .poll(() => [stats().running, stats().pending, stats().queued, stats().size])
    .toEqual([0, 0, 0, 0]);
  proxy.setFault(undefined);
  gate.simulator.reset();
  expect((await ask()).status).toBe(200);
  await settled();
  expect(stats().connected).toBeLessThanOrEqual(2);
};

const STREAM = { stream: true };

/** What the provider does to a stream, and what becomes of it: the caller's error code, and how the call is posted. */
const STREAM_FAULTS: readonly [
  name: string,
  fault: Fault,
  code: string | null,
  outcome: string,
  isWhole: boolean,
][] = [
  ['an error event', { kind: 'error-event', afterEvents: 3 }, null, 'call.ceiling', true],
  ['a reset', { kind: 'reset', at: { events: 3 } }, 'upstream_invalid', 'call.ceiling', true],
  [
    'a clean end without the final event',
    { kind: 'truncate', at: { events: 3 } },
    null,
    'call.ceiling',
    true,
  ],
  ['a reset before anything came', { kind: 'reset', at: 'start' }, 'upstream_invalid', 'call.ceiling', true],
  ['a reset after the headers', { kind: 'reset', at: 'headers' }, 'upstream_invalid', 'call.ceiling', true],
];

describe('a stream that the provider ends with', () => {
  it.each(STREAM_FAULTS)('%s', async (_, fault, code, outcome, isWhole) => {
    gate.simulator.script({ fault, chunks: 8 });
    const answer = await ask(STREAM);
    expect([answer.code, answer.isWhole]).toEqual([code, isWhole]);
    expect(answer.text).not.toContain('[DONE]');
    const call = await settled();
    expect([call.outcome, call.settled]).toEqual([outcome, call.held]);
    expectMoneyIsRight(gate.tables, gate.simulator, PRICES);
    await expectNothingLeftBehind();
  });
});

const ANSWER_FAULTS: readonly [
  name: string,
  fault: Fault,
  status: number,
  code: string | null,
  outcome: string,
][] = [
  ['a 429', { kind: 'status', status: 429 }, 429, null, 'call.released'],
  ['a 503', { kind: 'status', status: 503 }, 503, null, 'call.released'],
  ['a 500', { kind: 'status', status: 500 }, 500, null, 'call.ceiling'],
  ['a 401', { kind: 'status', status: 401 }, 502, 'provider_key_unusable', 'call.released'],
  [
    'a redirect',
    { kind: 'redirect', location: 'http://127.0.0.1:1/' },
    502,
    'upstream_redirect',
    'call.ceiling',
  ],
  ['a reset before its first byte', { kind: 'reset', at: 'start' }, 502, 'upstream_invalid', 'call.ceiling'],
  ['half an answer', { kind: 'truncate', at: { bytes: 40 } }, 502, 'upstream_invalid', 'call.ceiling'],
];

describe('a request that the provider answers with', () => {
  it.each(ANSWER_FAULTS)('%s', async (_, fault, status, code, outcome) => {
    gate.simulator.script({ fault });
    const answer = await ask();
    expect(answer.status).toBe(status);
    if (code !== null) expect(answer.code).toBe(code);
    const call = await settled();
    expect([call.outcome, call.settled]).toEqual([outcome, outcome === 'call.released' ? 0 : call.held]);
    expectMoneyIsRight(gate.tables, gate.simulator, PRICES);
    await expectNothingLeftBehind();
  });
});

describe('absurd and repeated usage', () => {
  it.each([
    ['negative', { completion_tokens: -5 }],
    ['text', { completion_tokens: 'many' }],
    ['beyond all bounds', { completion_tokens: 1e18 }],
    ['a fraction', { completion_tokens: 1.5 }],
    ['more cached than there is', { prompt_tokens_details: { cached_tokens: 1e6 } }],
  ])('%s: the ceiling is posted and the grant gets nothing back', async (_, change) => {
    gate.simulator.script({ reportUsage: (wire) => ({ ...wire, ...change }) });
    expect((await ask()).status).toBe(200);
    const call = await settled();
    expect([call.outcome, call.settled]).toEqual(['call.ceiling', call.held]);
    expect(call.outcomeBody.anomalies).not.toEqual([]);
    expectMoneyIsRight(gate.tables, gate.simulator, PRICES);
  });

  it.each<UsagePlace>(['every', 'twice', 'default'])('reported in place %s counts once', async (usageIn) => {
    gate.simulator.script({ usageIn });
    await ask({ ...STREAM, stream_options: { include_usage: true } });
    const call = await settled();
    const { billedNanos } = expectMoneyIsRight(gate.tables, gate.simulator, PRICES);
    expect([call.outcome, call.settled]).toEqual(['call.settled', billedNanos]);
  });
});

type WireCase = [name: string, fault: WireFault, fields: object];
const WIRE_FAULTS: readonly WireCase[] = [
  ...[0, 1, 17, 120, 300].map(
    (afterBytes): WireCase => [`reset after ${afterBytes} bytes`, { kind: 'reset', afterBytes }, {}],
  ),
  ...[200, 700].map(
    (afterBytes): WireCase => [
      `reset after ${afterBytes} bytes of a stream`,
      { kind: 'reset', afterBytes },
      STREAM,
    ],
  ),
  ['closed after 150 bytes', { kind: 'truncate', afterBytes: 150 }, {}],
  ['reset while the request is written', { kind: 'reset', afterBytes: 60, direction: 'to-target' }, {}],
];

describe('a connection that is', () => {
  it.each(WIRE_FAULTS)('%s', async (_, fault, fields) => {
    proxy.setFault(fault);
    const answer = await ask(fields);
    if (answer.status !== 200) expect([answer.status, answer.code]).toEqual([502, 'upstream_invalid']);
    else expect(answer.text).not.toContain('[DONE]');
    const call = await settled();
    expect([call.outcome, call.settled]).toEqual(['call.ceiling', call.held]);
    expectMoneyIsRight(gate.tables, gate.simulator, PRICES);
    await expectNothingLeftBehind();
  });

  it.each([
    ['an answer', {}, (text: string) => text.endsWith('}}}')],
    ['a stream', STREAM, (text: string) => text.includes('[DONE]')],
  ])(
    'reset at any byte of %s is never taken for a whole one',
    async (_, fields, isWhole) => {
      let resets = 0;
      for (let afterBytes = 0; ; afterBytes += OFFSET_STEP) {
        proxy.resetAll();
        await expect.poll(() => stats().connected).toBe(0);
        gate.simulator.script({ chunks: 2 });
        proxy.setFault({ kind: 'reset', afterBytes });
        const { status, code, text } = await ask(fields);
        const call = await settled();
        const billedNanos = entryNanos(gate.simulator.bill.at(-1)!, PRICES);
        // What was reported before the cut is believed, also if what came after it is missing.
        const isRight = call.settled === (call.outcome === 'call.settled' ? billedNanos : call.held);
        expect([afterBytes, status, isRight]).toEqual([afterBytes, status, true]);
        if (isWhole(text)) expect([afterBytes, call.outcome]).toEqual([afterBytes, 'call.settled']);
        else {
          expect([afterBytes, code]).toEqual([afterBytes, 'upstream_invalid']);
          resets += 1;
        }
        // Beyond the last byte the connection lives on.
        if (stats().connected === 1) break;
      }
      expectMoneyIsRight(gate.tables, gate.simulator, PRICES);
      expect(resets).toBeGreaterThan(5);
      await expectNothingLeftBehind();
    },
    600_000,
  );

  it('split into single bytes carries the same answer', async () => {
    proxy.setFault({ kind: 'split', bytes: 1 });
    const answer = await ask(STREAM);
    expect([answer.status, answer.text.endsWith('data: [DONE]\n\n')]).toEqual([200, true]);
    const call = await settled();
    const { billedNanos } = expectMoneyIsRight(gate.tables, gate.simulator, PRICES);
    expect([call.outcome, call.settled]).toEqual(['call.settled', billedNanos]);
  });

  it('half open ends at the longest duration, at the ceiling', async () => {
    proxy.setFault({ kind: 'stall', afterBytes: 600 });
    const asked = ask(STREAM);
    await expect.poll(() => gate.simulator.bill.length).toBe(1);
    gate.clock.offsetMs += 61 * 60_000;
    gate.running.checkTime(Date.now() + gate.clock.offsetMs);
    expect((await asked).text).toContain('upstream_timeout');
    const call = await settled();
    expect([call.outcome, call.settled]).toEqual(['call.ceiling', call.held]);
    await expectNothingLeftBehind();
  });

  it('refused costs nothing: 502 upstream_unreachable, the hold given back', async () => {
    const port = await freePort();
    const other = await startGate({ reach: async () => `http://127.0.0.1:${port}` });
    const { token } = await makeGrant(other, { monthly_spend: 5 });
    const answer = await post(other.url, token, chatOf('nobody there'));
    expect([answer.status, answer.code]).toEqual([502, 'upstream_unreachable']);
    await other.running.whenIdle();
    await other.ledger.record([]);
    const rows = other.store.reader.run({
      sql: 'select kind from journal where link_id is not null',
      parameters: [],
    });
    expect(rows.rows.map(({ kind }) => kind)).toEqual(['call.admitted', 'call.released']);
    await other.close();
  });
});
