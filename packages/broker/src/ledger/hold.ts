// The arithmetic of a hold: what it costs at an output cap, and the largest cap that fits what is left. Pure; exact for every safe
// integer. Both engines MUST agree on it to the nano.

import type { HoldRequest } from './contract.ts';

const PER_MILLION = 1_000_000;

/** The USD held at an output cap of `cap` tokens, in nanos, rounded up. */
export function nanosAt(hold: HoldRequest, cap: number): number {
  const product = cap * hold.outputNanosPerMillion;
  if (Number.isSafeInteger(product)) return hold.fixedNanos + Math.ceil(product / PER_MILLION);
  const exact = BigInt(cap) * BigInt(hold.outputNanosPerMillion);
  return hold.fixedNanos + Number((exact + BigInt(PER_MILLION - 1)) / BigInt(PER_MILLION));
}

/** The tokens held at an output cap of `cap` tokens, input and output together. */
export const tokensAt = (hold: HoldRequest, cap: number): number => hold.fixedTokens + cap * hold.outputs;

/** The largest cap up to `cap` whose USD fit `roomNanos`; negative when not even the fixed part does. */
export function capWithinNanos(hold: HoldRequest, cap: number, roomNanos: number): number {
  if (nanosAt(hold, cap) <= roomNanos) return cap;
  // What is left has a rate that is not nothing: else its fixed part alone would be too much.
  if (roomNanos < hold.fixedNanos) return -1;
  // ceil(c * rate / 1e6) <= room  exactly when  c <= floor(room * 1e6 / rate)
  const room = BigInt(roomNanos - hold.fixedNanos) * BigInt(PER_MILLION);
  return Number(room / BigInt(hold.outputNanosPerMillion));
}

/** The largest cap up to `cap` whose tokens fit `roomTokens`; negative when not even the fixed part does. */
export function capWithinTokens(hold: HoldRequest, cap: number, roomTokens: number): number {
  if (tokensAt(hold, cap) <= roomTokens) return cap;
  if (roomTokens < hold.fixedTokens) return -1;
  return Math.floor((roomTokens - hold.fixedTokens) / hold.outputs);
}

/** Throws unless every number of the hold is a safe integer that is not negative, and so is what it adds up to. */
export function assertHold(hold: HoldRequest): void {
  const { fixedNanos, fixedTokens, outputNanosPerMillion, outputs, maxOutputTokens, minOutputTokens } = hold;
  const numbers = [fixedNanos, fixedTokens, outputNanosPerMillion, outputs, maxOutputTokens, minOutputTokens];
  const sums = [nanosAt(hold, maxOutputTokens), tokensAt(hold, maxOutputTokens)];
  if (![...numbers, ...sums].every(isAmount) || minOutputTokens > maxOutputTokens) {
    throw new Error(`not a hold: ${JSON.stringify(hold)}`);
  }
}

/** Whether `value` can be an amount: a safe integer that is not negative. */
export const isAmount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
