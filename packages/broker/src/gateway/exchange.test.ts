// What ends an answer may break: then its call is posted at its ceiling, once, and answers of the same turn do not suffer.

import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { dialects } from './dialects/dialects.ts';
import { Exchange, type ExchangeInput, type ExchangeSeen } from './exchange.ts';
import { KeyScrubber } from './key-scrubber.ts';
import { Turn } from './turn.ts';

const broken = (): never => {
  throw new Error('broke');
};

/** An exchange whose provider has ended its answer, with what was settled of it. */
const ended = (endings: Turn<Exchange>, change: Partial<ExchangeInput> = {}) => {
  const settled: ExchangeSeen[] = [];
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const exchange = new Exchange({
    requestId: 'req_1',
    callId: 'call_1',
    wantsReceipt: false,
    issuer: 'https://broker.example',
    response,
    dialect: dialects.openai,
    meter: null,
    scrubber: new KeyScrubber('sk-some-provider-key'),
    claim: null,
    responseHeaders: [],
    rewrite: null,
    now: () => 0,
    mayForward: () => true,
    budgetHeader: () => '',
    settle: (seen) => {
      settled.push(seen);
      return { costNanos: 0, prove: () => null };
    },
    endings,
    ...change,
  });
  const controller = { abort: () => {}, pause: () => {}, resume: () => {} } as never;
  exchange.onRequestStart(controller);
  exchange.onResponseStart(controller, 200, { 'content-type': 'application/json', 'content-length': '2' });
  exchange.onResponseData(controller, Buffer.from('{}'));
  exchange.onResponseEnd();
  return { response, settled };
};

const turnOf = () => {
  const faults: string[] = [];
  const turn = new Turn<Exchange>(
    [(exchange) => exchange.settle(), (exchange) => exchange.prove(), (exchange) => exchange.send()],
    (exchange, error) => {
      faults.push(error.message);
      exchange.breakOff(error);
    },
  );
  return { turn, faults };
};

it.each([
  ['its meter', { meter: { push: (chunk: Uint8Array) => chunk, end: broken } as never }],
  ['what rewrites it', { rewrite: broken }],
  ['the header of its budget', { budgetHeader: (nanos?: number) => (nanos === undefined ? '' : broken()) }],
])(
  'when %s breaks, the call is settled once, its caller is not left waiting, and others go on',
  async (_, change) => {
    const { turn, faults } = turnOf();
    const [first, failing, last] = [ended(turn), ended(turn, change), ended(turn)];
    await nextTurn();
    expect(faults).toEqual(['broke']);
    expect([first, failing, last].map(({ settled }) => settled.length)).toEqual([1, 1, 1]);
    expect(failing.settled).toMatchObject([{ forwarded: true, metered: null }]);
    expect(
      [first, failing, last].map(({ response }) => [response.writableEnded, response.destroyed]),
    ).toEqual([
      [true, false],
      [expect.any(Boolean), true],
      [true, false],
    ]);
  },
);
