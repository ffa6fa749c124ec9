import { expect, it } from 'vitest';
import { listNames } from './list.ts';

it.each([
  [['Mail sorter'], 'Mail sorter'],
  [['Mail sorter', 'Notes on my laptop'], 'Mail sorter and Notes on my laptop'],
  [['a', 'b', 'c'], 'a, b and c'],
])('reads %j as %s', (names, words) => {
  expect(listNames(names)).toBe(words);
});
