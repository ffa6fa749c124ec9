// Who waits for calls that are not sent yet, and until when.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { UnsentCalls } from './unsent-calls.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Two calls of an owner and one of another, each to be sent within 2 s. */
const threeCalls = () => {
  const calls = new UnsentCalls();
  for (const [callId, ownerId] of [
    ['one', 'ada'],
    ['two', 'ada'],
    ['else', 'bob'],
  ] as const)
    calls.add(callId, ownerId, performance.now() + 2000);
  let isOver = false;
  const over = calls.whenSent('ada').then(() => {
    isOver = true;
  });
  return { calls, over, isOver: () => isOver };
};

it.each([
  ['sent', (calls: UnsentCalls, callId: string) => void calls.send(callId)],
  ['closed', (calls: UnsentCalls, callId: string) => calls.delete(callId)],
])(
  'the wait ends when every call of the owner is %s, and does not mind the calls of others',
  async (_, end) => {
    const { calls, over, isOver } = threeCalls();
    end(calls, 'one');
    await Promise.resolve();
    expect(isOver()).toBe(false);
    end(calls, 'two');
    await over;
    expect(vi.getTimerCount()).toBe(0);
  },
);

it('the wait ends when the calls are too old to be sent, and then they are not', async () => {
  const { calls, over, isOver } = threeCalls();
  await vi.advanceTimersByTimeAsync(1999);
  expect(isOver()).toBe(false);
  await vi.advanceTimersByTimeAsync(2);
  await over;
  expect(calls.send('one')).toBe(false);
});

it('a call that was sent may be asked for again while it is young; none may be sent after all were cleared', async () => {
  const { calls, over } = threeCalls();
  expect([calls.send('one'), calls.send('one')]).toEqual([true, true]);
  calls.clear();
  await over;
  expect([calls.send('one'), calls.send('two'), calls.send('nothing')]).toEqual([false, false, false]);
});
