import type { Dispatcher } from 'undici';
import { expect, it } from 'vitest';
import { CountExchange, type CountSeen } from './count-exchange.ts';

/** An exchange whose connection only notes that it was aborted. */
const start = (mayForward = true) => {
  const seen: CountSeen[] = [];
  const aborted: string[] = [];
  const controller = { abort: (error: Error) => aborted.push(error.message) };
  const exchange = new CountExchange({
    now: () => 0,
    mayForward: () => mayForward,
    onEnd: (end) => seen.push(end),
  });
  return { exchange, seen, aborted, controller: controller as unknown as Dispatcher.DispatchController };
};
type Started = ReturnType<typeof start>;

const connect = ({ exchange, controller }: Started) => exchange.onRequestStart(controller);
const answer = ({ exchange, controller }: Started, ...pieces: string[]) => {
  exchange.onResponseStart(controller, 200);
  for (const piece of pieces) exchange.onResponseData(controller, Buffer.from(piece));
};

it('gives the whole answer, once', () => {
  const started = start();
  connect(started);
  answer(started, '{"input_', 'tokens":7}');
  started.exchange.onResponseEnd();
  started.exchange.cut();
  expect(started.seen).toEqual([{ status: 200, answer: Buffer.from('{"input_tokens":7}'), fault: null }]);
  expect(started.aborted).toEqual([]);
});

it.each([
  ['its grant is stopped', ({ exchange }: Started) => exchange.cut(), 'revoked'],
  ['five seconds are over', ({ exchange }: Started) => exchange.checkTime(5_001), 'timeout'],
  ['the answer does not end', (started: Started) => answer(started, 'x'.repeat(65_537)), 'too_large'],
])('is given up when %s', (_, happen, fault) => {
  const started = start();
  connect(started);
  started.exchange.checkTime(5_000);
  happen(started);
  started.exchange.onResponseEnd();
  expect(started.seen).toMatchObject([{ answer: null, fault }]);
  expect(started.aborted).toEqual([fault]);
});

it.each([
  ['its admission is too old', start(false), () => {}, 'too_late'],
  ['its grant was stopped while it waited', start(), ({ exchange }: Started) => exchange.cut(), 'revoked'],
])('writes nothing when %s', (_, started, happen, fault) => {
  happen(started);
  connect(started);
  expect(started.seen).toMatchObject([{ status: null, answer: null, fault }]);
  expect(started.aborted.length).toBeGreaterThan(0);
});
