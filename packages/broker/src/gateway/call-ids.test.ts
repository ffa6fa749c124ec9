import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCallIds } from './call-ids.ts';

describe('call ids', () => {
  it('never repeat, however many are drawn', () => {
    const ids = createCallIds({ now: () => 0, randomBytes });
    const made = Array.from({ length: 2000 }, () => [ids.requestId(), ids.callId()]).flat();
    expect(new Set(made).size).toBe(made.length);
  });

  it('use no byte of the generator twice', () => {
    let next = 0;
    const ids = createCallIds({
      now: () => 0,
      randomBytes: (size) => Uint8Array.from({ length: size }, () => next++ % 62),
    });
    const first = ids.requestId();
    const second = ids.requestId();
    expect(first).toMatch(/^req_0123456789ABCDEFGHIJKL$/);
    expect(second).toMatch(/^req_MNOPQRSTUVWXYZabcdefgh$/);
  });

  it('of calls sort by time', () => {
    let now = 1_700_000_000_000;
    const ids = createCallIds({ now: () => now, randomBytes });
    const earlier = ids.callId();
    now += 1;
    expect(earlier < ids.callId()).toBe(true);
  });
});
