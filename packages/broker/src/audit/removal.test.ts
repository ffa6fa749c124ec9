// What entries say of removed calls is read strictly, and many of them come to one.

import { describe, expect, it } from 'vitest';
import { callsOf, entriesOf, FEWEST_DAYS, isOldEnough, joinRemovals, parseRemoval } from './removal.ts';

const sum = (link_id: string, calls: number, settled = calls * 10) => ({
  ...{ link_id, calls },
  ...{ settled_nanos: settled, settled_requests: settled + 1, settled_tokens: settled + 2 },
});
const one = {
  until: 7,
  gaps: [
    { from: 2, to: 4, hash: 'a' },
    { from: 6, to: 6, hash: 'b' },
  ],
  links: [sum('x', 1), sum('y', 2)],
};
const other = { until: 5, gaps: [{ from: 9, to: 10, hash: 'c' }], links: [sum('y', 3), sum('z', 4)] };

describe('removals', () => {
  it('come to one: the latest end, every gap in order, and a sum for each link', () => {
    const joined = { until: 7, gaps: [...one.gaps, ...other.gaps] };
    expect(joinRemovals([one, other])).toEqual({
      ...joined,
      links: [
        sum('x', 1),
        { link_id: 'y', calls: 5, settled_nanos: 50, settled_requests: 52, settled_tokens: 54 },
        sum('z', 4),
      ],
    });
    expect(joinRemovals([other, one]).until).toBe(7);
    expect(joinRemovals([])).toEqual({ until: 0, gaps: [], links: [] });
  });

  it('count their entries and their calls', () => {
    expect([entriesOf(one), callsOf(one)]).toEqual([4, 3]);
  });

  it('are of calls that were old by then, but for a day that clocks may differ', () => {
    const least = (FEWEST_DAYS - 1) * 86_400_000;
    expect([isOldEnough(one, 7 + least), isOldEnough(one, 6 + least)]).toEqual([true, false]);
  });

  it.each<[string, object]>([
    ['a gap that ends before it begins', { gaps: [{ from: 4, to: 3, hash: 'a' }] }],
    ['a gap before the first place', { gaps: [{ from: 0, to: 3, hash: 'a' }] }],
    ['a gap between places', { gaps: [{ from: 1, to: 1.5, hash: 'a' }] }],
    ['a gap without a hash', { gaps: [{ from: 1, to: 1 }] }],
    ['a link of no calls', { links: [sum('x', 0)] }],
    ['a link that was given money', { links: [sum('x', 1, -5)] }],
    ['an end before there was time', { until: -1 }],
    ['no links', { links: undefined }],
    ['a member that is not known', { more: 1 }],
  ])('are not read with %s', (_what, change) => {
    expect(parseRemoval(JSON.stringify(one))).toEqual(one);
    expect(parseRemoval(JSON.stringify({ ...one, ...change }))).toBeNull();
  });
});
