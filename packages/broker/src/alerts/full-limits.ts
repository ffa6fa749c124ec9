// Which limits of which links are used as far as their owner wants to hear of. Looks at what is settled: what is only held may be given back.

import { windowStartMs } from '@valetkey/core';
import type { UsedLimit } from '../ledger/contract.ts';
import type { Noticed, Threshold } from './contract.ts';

/** Something noticed, and as what it may have been told before: with those thresholds of the same limit that are as high or higher. */
export interface NoticedLimit {
  readonly noticed: Noticed;
  readonly toldAs: readonly string[];
}

/**
 * The highest threshold that each limit has reached. Another amount, another window or a reset begins anew. Limits of a minute are a pace
 * and no budget: nobody is told of them.
 */
export const fullLimits = (
  used: readonly UsedLimit[],
  thresholds: readonly Threshold[],
  nowMs: number,
): readonly NoticedLimit[] =>
  used.flatMap(({ linkId, grantId, limit, settled, resetAtMs }): NoticedLimit[] => {
    const { unit, per, amount } = limit;
    const reached = thresholds.filter((share) => amount > 0 && settled / amount >= share / 100);
    if (per === 'minute' || reached.length === 0) return [];
    const threshold = Math.max(...reached) as Threshold;
    const window = `${windowStartMs(nowMs, per)}:${resetAtMs ?? 0}`;
    const eventOf = (share: number) => `limit:${linkId}:${unit}:${per}:${amount}:${window}:${share}`;
    const details = { link_id: linkId, unit, per, limit: amount, settled, threshold };
    const event = eventOf(threshold);
    return [
      {
        noticed: { kind: 'limit', details, event, grantId, times: 1, atMs: nowMs },
        toldAs: [50, 80, 100].filter((share) => share >= threshold).map(eventOf),
      },
    ];
  });
