// What came together is done step by step for all, and none suffers from another.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Turn } from './turn.ts';

it('takes each step for everything that came in the turn, in order, and nothing twice', async () => {
  const done: string[] = [];
  const turn = new Turn<string>(
    [(work) => done.push(`settle ${work}`), (work) => done.push(`send ${work}`)],
    (_, error) => expect.unreachable(error.message),
  );
  turn.add('a');
  turn.add('b');
  expect(done).toEqual([]);
  await nextTurn();
  expect(done).toEqual(['settle a', 'settle b', 'send a', 'send b']);
  turn.add('c');
  await nextTurn();
  expect(done.slice(4)).toEqual(['settle c', 'send c']);
});

it('leaves what is added meanwhile for the next turn', async () => {
  const done: string[] = [];
  const turn: Turn<string> = new Turn<string>([(work) => done.push(work) === 1 && turn.add('b')], () => {});
  turn.add('a');
  await nextTurn();
  expect(done).toEqual(['a']);
  await nextTurn();
  expect(done).toEqual(['a', 'b']);
});

it('goes on with the others when a step throws, and says which it was', async () => {
  const done: string[] = [];
  const faults: string[] = [];
  const turn = new Turn<string>(
    [
      (work) => {
        if (work === 'b') throw new Error('broke');
      },
      (work) => done.push(work),
    ],
    (work, { message }) => faults.push(`${work} ${message}`),
  );
  for (const work of ['a', 'b', 'c']) turn.add(work);
  await nextTurn();
  expect([done, faults]).toEqual([['a', 'b', 'c'], ['b broke']]);
});
