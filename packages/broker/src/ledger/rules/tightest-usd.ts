// Says what is left to spend on a chain.

import type { ResidentLink } from './resident-link.ts';

/** The USD limit with the least left on any link of the chain: what is left, never negative, and what is held there; null without one. */
export function tightestUsd(leaf: ResidentLink): {
  remainingNanos: number | null;
  reservedNanos: number | null;
} {
  let remainingNanos: number | null = null;
  let reservedNanos: number | null = null;
  for (const link of leaf.path) {
    for (const limit of link.limits) {
      const room = Math.max(0, link.roomOf(limit));
      if (limit.unit !== 'usd' || (remainingNanos !== null && room >= remainingNanos)) continue;
      remainingNanos = room;
      reservedNanos = link.counters.held[limit.index]!;
    }
  }
  return { remainingNanos, reservedNanos };
}
