// The ledger's time never goes back and never stands still for good.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LedgerClock, windowStartsMs } from './ledger-clock.ts';

const HOUR_MS = 3_600_000;

describe('LedgerClock', () => {
  it('never goes back, whatever the machine does', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.array(fc.integer({ min: -500, max: 500 })), (floorMs, jumps) => {
        let wallMs = 0;
        const clock = new LedgerClock(() => wallMs, floorMs);
        let lastMs = floorMs;
        for (const jump of jumps) {
          wallMs += jump;
          const nowMs = clock.nowMs();
          expect(nowMs).toBeGreaterThanOrEqual(Math.max(lastMs, wallMs));
          lastMs = nowMs;
        }
      }),
    );
  });

  it('goes on at half speed after a jump back, however often it is read, until it is caught up with', () => {
    let wallMs = HOUR_MS;
    const clock = new LedgerClock(() => wallMs, 0);
    expect(clock.nowMs()).toBe(HOUR_MS);
    wallMs = 0;
    expect(clock.nowMs()).toBe(HOUR_MS);
    for (; wallMs < HOUR_MS; wallMs += 1) clock.nowMs();
    expect(clock.nowMs()).toBe(1.5 * HOUR_MS);
    wallMs = 2 * HOUR_MS;
    expect(clock.nowMs()).toBe(2 * HOUR_MS);
    wallMs += 1;
    expect(clock.nowMs()).toBe(2 * HOUR_MS + 1);
  });
});

describe('windowStartsMs', () => {
  it('is the same array within a minute and another one after it', () => {
    const minuteMs = Date.UTC(2026, 1, 28, 23, 59);
    const starts = windowStartsMs(minuteMs);
    expect(windowStartsMs(minuteMs + 59_999)).toBe(starts);
    expect(windowStartsMs(minuteMs + 60_000)).toEqual([
      0,
      Date.UTC(2026, 2, 1),
      Date.UTC(2026, 1, 23),
      Date.UTC(2026, 2, 1),
      Date.UTC(2026, 2, 1),
    ]);
  });
});
