// Step 3: the most this request can use and cost, in the form the ledger holds. Limits on a single request are checked here; limits over
// time are the ledger's.

import {
  boundNanos,
  boundTokens,
  fail,
  type ModelAccess,
  type PublicError,
  type RateCard,
  type Result,
  succeed,
  type UsageBound,
} from '@valetkey/core';
import type { HoldRequest } from '../ledger/contract.ts';
import type { Reading } from './contract.ts';

/** The output cap set for a model whose own maximum is not known and whose caller set none. */
export const UNKNOWN_MODEL_OUTPUT_TOKENS = 8192;

const STANDARD_TIER = 'default';
const STANDARD_TIERS: ReadonlySet<string> = new Set([STANDARD_TIER, 'standard', 'standard_only']);

/** The most tokens that the input has, and how that is known. */
interface InputBound {
  readonly tokens: number;
  readonly isCounted: boolean;
}

const overCap = (what: string, wanted: number, allowed: number, { isCounted }: InputBound) =>
  fail<PublicError>({
    code: 'token_limit_exceeded',
    message:
      `This request may use ${wanted} ${what} (input ${isCounted ? 'as the provider counts it' : 'at its worst case, one token for each UTF-8 byte'}), ` +
      `and the grant allows ${allowed} for one request. Send less, or set a smaller output cap.`,
    fields: { required: wanted, limit: allowed },
  });

interface CapRange {
  readonly minOutputTokens: number;
  readonly maxOutputTokens: number;
}

/** The output caps that can be sent: the caller's own if it set one, else the most that model and grant allow. */
const capRange = (
  reading: Reading,
  access: ModelAccess,
  card: RateCard | null,
  input: InputBound,
): Result<CapRange, PublicError> => {
  const { outputs } = reading.bound;
  if (outputs === 0) return succeed({ minOutputTokens: 0, maxOutputTokens: 0 });
  const ownCeiling = access.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  const wholeCeiling = Math.floor(
    ((access.maxTokensPerRequest ?? Number.POSITIVE_INFINITY) - input.tokens) / outputs,
  );
  const ceiling = Math.min(ownCeiling, wholeCeiling);
  const least = reading.outputCap ?? reading.minOutputTokens;
  if (ceiling < least) {
    return ownCeiling < least
      ? overCap('output tokens', least, ownCeiling, input)
      : overCap('tokens', input.tokens + least * outputs, access.maxTokensPerRequest ?? 0, input);
  }
  if (reading.outputCap !== null) return succeed({ minOutputTokens: least, maxOutputTokens: least });
  const most = card?.maxOutputTokens ?? UNKNOWN_MODEL_OUTPUT_TOKENS;
  return succeed({ minOutputTokens: least, maxOutputTokens: Math.max(least, Math.min(ceiling, most)) });
};

const UNBOUNDED: HoldRequest = {
  fixedNanos: 0,
  fixedTokens: 0,
  outputNanosPerMillion: 0,
  outputs: 0,
  minOutputTokens: 0,
  maxOutputTokens: 0,
  priced: false,
};

const withCount = (bound: UsageBound, countedTokens: number): UsageBound => ({
  ...bound,
  anyInputTokens: Math.min(bound.anyInputTokens, countedTokens),
});

/** A tier that the prices do not name has no price: the standard one could be too low. */
const hasPrices = (card: RateCard, serviceTiers: readonly string[]): boolean =>
  serviceTiers.every((tier) => STANDARD_TIERS.has(tier) || card.serviceTiers[tier] !== undefined);

/**
 * What to hold for a request, or why it is too large for one request of this grant. `countedTokens`: what the provider counted of exactly
 * this input; it can only make the bound smaller.
 */
export const boundCall = (
  reading: Reading,
  access: ModelAccess,
  card: RateCard | null,
  isFree: boolean,
  countedTokens: number | null = null,
): Result<HoldRequest, PublicError> => {
  if (isFree) return succeed({ ...UNBOUNDED, priced: true });
  const countsTokens = access.maxTokensPerRequest !== null || access.maxInputTokens !== null;
  if (
    reading.unbounded !== null &&
    (countsTokens || access.limits.some((limit) => limit.unit !== 'requests'))
  ) {
    return fail({
      code: 'unbounded_request',
      message: `The most this request can cost cannot be computed: ${reading.unbounded}.`,
    });
  }
  const bound = countedTokens === null ? reading.bound : withCount(reading.bound, countedTokens);
  const input = { tokens: boundTokens(bound), isCounted: countedTokens !== null };
  if (access.maxInputTokens !== null && input.tokens > access.maxInputTokens)
    return overCap('input tokens', input.tokens, access.maxInputTokens, input);
  const range = capRange(reading, access, card, input);
  if (!range.ok) return range;
  const serviceTiers = reading.serviceTiers.length > 0 ? reading.serviceTiers : [STANDARD_TIER];
  const nanos =
    card && reading.unbounded === null && hasPrices(card, serviceTiers)
      ? boundNanos(card, { ...bound, serviceTiers })
      : null;
  return succeed({
    fixedNanos: nanos?.ok ? nanos.value.fixedNanos : 0,
    fixedTokens: input.tokens,
    outputNanosPerMillion: nanos?.ok ? nanos.value.outputNanosPerMillion : 0,
    outputs: bound.outputs,
    priced: nanos?.ok ?? false,
    ...range.value,
  });
};
