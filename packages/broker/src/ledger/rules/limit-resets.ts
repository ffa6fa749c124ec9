// What becomes of the resets of a link: a limit is reset, set anew or taken away, and what a reset let go of is corrected. Pure; what is
// settled never changes here.

import { type Limit, windowStartMs } from '@valetkey/core';
import type { Change, Correction, EntryInput, LimitReset, Link } from '../contract.ts';

type Kind = Pick<Limit, 'unit' | 'per'>;
type Resets = readonly LimitReset[];

/** Whether both are of the same unit and period: a link has one limit of each at most. */
export const isSameLimit = (one: Kind, other: Kind): boolean =>
  one.unit === other.unit && one.per === other.per;

/** Whether the window of the reset is the one that is open at `atMs`. */
export const isInForce = (reset: LimitReset, atMs: number): boolean =>
  reset.windowStartMs === windowStartMs(atMs, reset.per);

/** The resets with one more, by `amount` at `atMs`. It replaces the one before; those of windows that have ended go as well. */
export function withReset(resets: Resets, { unit, per }: Kind, amount: number, atMs: number): Resets {
  const others = resets.filter((reset) => !isSameLimit(reset, { unit, per }) && isInForce(reset, atMs));
  return [...others, { unit, per, windowStartMs: windowStartMs(atMs, per), atMs, amount }];
}

/** The resets of limits that are still there. A limit that was taken away and comes back counts everything. */
export const resetsOf = (resets: Resets, limits: readonly Limit[]): Resets =>
  resets.filter((reset) => limits.some((limit) => isSameLimit(limit, reset)));

/**
 * The resets after a correction. What is given back of a call that a reset has let go of MUST come off that reset, or it would be given
 * back twice. A call posted in the very millisecond of the reset is taken to be one: of the two mistakes the one that never overspends.
 */
export function correctedResets(resets: Resets, correction: Correction, atMs: number): Resets {
  const { admittedAtMs, settledAtMs, nanos, tokens } = correction;
  const change = { usd: nanos, requests: 0, tokens };
  return resets.map((reset) => {
    const letGo = settledAtMs <= reset.atMs && admittedAtMs >= reset.windowStartMs;
    const amount = Math.max(0, reset.amount + change[reset.unit]);
    return letGo && amount !== reset.amount && isInForce(reset, atMs) ? { ...reset, amount } : reset;
  });
}

/** The journal entries of a change's resets, once its links are worked out. */
export const resetEntries = ({ links }: Change, staged: readonly Link[]): readonly EntryInput[] =>
  links.flatMap((step) => {
    if (step.kind !== 'reset') return [];
    const { ownerId, grantId, resets } = staged.findLast(({ id }) => id === step.linkId)!;
    const { unit, per, windowStartMs: start, amount } = resets.find((reset) => isSameLimit(reset, step))!;
    const body = { link_id: step.linkId, unit, per, window_start: start, amount };
    return { ownerId, kind: 'grant.limit_reset', ...(grantId !== null && { grantId }), body };
  });
