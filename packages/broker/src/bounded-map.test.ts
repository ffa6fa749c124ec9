// What a bounded map keeps and what it forgets.

import { describe, expect, it } from 'vitest';
import { BoundedMap } from './bounded-map.ts';

const filled = (mostKept: number, count: number): BoundedMap<number> => {
  const map = new BoundedMap<number>(mostKept);
  for (let at = 0; at < count; at += 1) map.set(`${at}`, at);
  return map;
};

describe('a bounded map', () => {
  it.each([1, 2, 15, 16, 17, 100])('never keeps more than %i entries, and always the newest', (mostKept) => {
    const map = new BoundedMap<number>(mostKept);
    for (let at = 0; at < 5 * mostKept; at += 1) {
      map.set(`${at}`, at);
      expect(map.size).toBeLessThanOrEqual(mostKept);
      expect(map.get(`${at}`)).toBe(at);
    }
  });

  it('forgets the oldest, and few of them', () => {
    const map = filled(160, 161);
    expect([...map.values()]).toEqual(Array.from({ length: 151 }, (_, at) => at + 10));
  });

  it('forgets nobody for an entry that it has', () => {
    const map = filled(160, 160).set('3', 30);
    expect([map.size, map.get('0'), map.get('3')]).toEqual([160, 0, 30]);
  });
});
