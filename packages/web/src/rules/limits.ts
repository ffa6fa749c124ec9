// Rules about limits as the dashboard shows and edits them: how full one is, and how typed limits become the `limits`
// member of `authorization_details`. The server decides; nothing here grants anything.

import { usdNanos, WINDOW_LIMIT_MEMBERS } from '@valetkey/core';
import type { AccessDetail, Grant, LimitState, LimitUnit } from '../api/types.ts';
import { typedUsd } from '../format/money.ts';

/** A kind of limit: its unit, its window, its name on the wire. */
export type LimitKind = (typeof WINDOW_LIMIT_MEMBERS)[number];

/** Every kind of limit over time, money first, longest window first. */
export const LIMIT_KINDS: readonly LimitKind[] = WINDOW_LIMIT_MEMBERS;

/** An amount of a limit as a plain number: nanos for money, else the count. */
export const limitNumber = (unit: LimitUnit, amount: string | number): number =>
  unit === 'usd' ? usdNanos(String(amount)) : Number(amount);

/** How a limit is filled, as shares of its amount from 0 to 1; an amount of 0 is full. */
export function limitShares(limit: LimitState): { readonly settled: number; readonly held: number } {
  const amount = limitNumber(limit.unit, limit.amount);
  if (amount === 0) return { settled: 1, held: 0 };
  const settled = Math.min(1, limitNumber(limit.unit, limit.settled) / amount);
  return { settled, held: Math.min(1 - settled, limitNumber(limit.unit, limit.held) / amount) };
}

/** The limit with the least room, by share, over all parts of a grant; null if it has none. */
export function tightestLimit(grant: Pick<Grant, 'parts'>): LimitState | null {
  const limits = grant.parts.flatMap((part) => part.limits);
  const used = (limit: LimitState) => limitShares(limit).settled + limitShares(limit).held;
  return limits.reduce<LimitState | null>(
    (tightest, limit) => (tightest === null || used(limit) > used(tightest) ? limit : tightest),
    null,
  );
}

/** One line of the limits form: a wire name and what stands in its field. */
export interface LimitRow {
  readonly name: string;
  readonly input: string;
}

/** The form lines of what an entry limits over time, in fixed order. */
export const limitRows = (detail: AccessDetail): readonly LimitRow[] =>
  LIMIT_KINDS.flatMap(({ name }) => {
    const amount = detail.limits?.[name];
    return amount === undefined ? [] : [{ name, input: String(amount) }];
  });

/** What the wire takes for a typed limit: a decimal string for money, a whole number else, or null if it is neither. */
export function typedLimit(name: string, input: string): string | number | null {
  const kind = LIMIT_KINDS.find((candidate) => candidate.name === name);
  if (kind?.unit === 'usd') return typedUsd(input);
  return /^\d{1,12}$/.test(input.trim()) ? Number(input.trim()) : null;
}

/**
 * The entry with its limits over time replaced by the form's lines; bounds on single requests stay as they are.
 * Lines that are not amounts are left out: the form MUST check them with `typedLimit` first.
 */
export function withLimitRows(detail: AccessDetail, rows: readonly LimitRow[]): AccessDetail {
  const kept = Object.entries(detail.limits ?? {}).filter(
    ([name]) => !LIMIT_KINDS.some((kind) => kind.name === name),
  );
  const typed = rows.flatMap(({ name, input }): [string, string | number][] => {
    const amount = typedLimit(name, input);
    return amount === null ? [] : [[name, amount]];
  });
  const { limits: _replaced, ...rest } = detail;
  const limits = Object.fromEntries([...kept, ...typed]);
  return Object.keys(limits).length === 0 ? rest : { ...rest, limits };
}
