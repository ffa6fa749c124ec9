// The most a request can cost before it is sent, linear in its output cap. MUST never be less than what `costNanos` charges for any usage
// within the bound: a hold that is too small breaks a budget.

import { fail, type Result, succeed } from '../result.ts';
import { roundUpNanos, type UnpricedMeter } from './cost.ts';
import { divideUp } from './parse-rate.ts';
import { promptTokens, type RateCard, type Rates, ratesAt, tierMultiplier } from './rate-card.ts';
import { isTokenMeter, METERS, type Meter, totalTokens, type UsageBound } from './usage.ts';

/** A bound in nanos: `fixedNanos + ceil(cap * outputNanosPerMillion / 1e6)`, the shape that the ledger holds. */
export interface NanosBound {
  readonly fixedNanos: number;
  /** Nanos per million tokens of the output cap, already multiplied by the number of outputs. */
  readonly outputNanosPerMillion: number;
}

/** The meters that tokens of each kind can be counted in: the first MUST have a rate, the others count where they have one. */
const INPUT_METERS: Record<UsageBound['inputKinds'][number], readonly [Meter, ...Meter[]]> = {
  text: ['input_tokens', 'cache_read_tokens'],
  audio: ['input_audio_tokens', 'cache_read_audio_tokens'],
  image: ['input_image_tokens', 'cache_read_image_tokens'],
  cache_write_5m: ['cache_write_5m_tokens'],
  cache_write_1h: ['cache_write_1h_tokens'],
};

const OUTPUT_METERS: Record<UsageBound['outputKinds'][number], readonly [Meter]> = {
  text: ['output_tokens'],
  audio: ['output_audio_tokens'],
  image: ['output_image_tokens'],
};

/**
 * The most a request can cost: every prompt token at the dearest rate that any allowed kind of input has in any context tier the prompt
 * can reach, every output token likewise, all at the dearest service tier that can apply.
 *
 * Fails with the first meter that may be used and has no rate: such a request has no bound.
 */
export function boundNanos(card: RateCard, bound: UsageBound): Result<NanosBound, UnpricedMeter> {
  const tiers = reachableRates(card, bound.anyInputTokens + promptTokens(bound.fixed));
  const inputs = bound.anyInputTokens === 0 ? [] : bound.inputKinds.map((kind) => INPUT_METERS[kind]);
  const outputs = bound.outputs === 0 ? [] : bound.outputKinds.map((kind) => OUTPUT_METERS[kind]);
  const fixed = METERS.filter((meter) => (bound.fixed[meter] ?? 0) > 0);
  const missing = [...[...inputs, ...outputs].map(([meter]) => meter), ...fixed].find(
    (meter) => card.rates[meter] === undefined,
  );
  if (missing !== undefined) return fail({ reason: 'unpriced_meter', meter: missing });

  const multiplier = BigInt(dearestMultiplier(card, bound.serviceTiers));
  const cost = (count: number, meters: readonly Meter[], isTokens: boolean) =>
    BigInt(count) * BigInt(dearestRate(tiers, meters)) * (isTokens ? multiplier : 1000n);
  const fixedParts = fixed.reduce(
    (sum, meter) => sum + cost(bound.fixed[meter] ?? 0, [meter], isTokenMeter(meter)),
    cost(bound.anyInputTokens, inputs.flat(), true),
  );
  const outputRate = divideUp(cost(bound.outputs, outputs.flat(), true), 1000n);
  return succeed({
    fixedNanos: roundUpNanos(fixedParts),
    outputNanosPerMillion: Math.min(Number(outputRate), Number.MAX_SAFE_INTEGER),
  });
}

/** The tokens of a bound apart from the output cap: what token limits hold beside `cap * outputs`. Needs no prices. */
export const boundTokens = (bound: UsageBound): number => bound.anyInputTokens + totalTokens(bound.fixed);

/** The base rates, and those of each context tier that a prompt of at most `maxPromptTokens` can reach. */
const reachableRates = (card: RateCard, maxPromptTokens: number): readonly Rates[] => [
  card.rates,
  ...card.contextTiers
    .filter((tier) => maxPromptTokens > tier.aboveInputTokens)
    .map((tier) => ratesAt(card, tier.aboveInputTokens + 1)),
];

const dearestRate = (tiers: readonly Rates[], meters: readonly Meter[]): number =>
  Math.max(0, ...tiers.flatMap((rates) => meters.map((meter) => rates[meter] ?? 0)));

const dearestMultiplier = (card: RateCard, serviceTiers: readonly string[] | undefined): number =>
  serviceTiers === undefined || serviceTiers.length === 0
    ? Math.max(1000, ...Object.values(card.serviceTiers))
    : Math.max(...serviceTiers.map((tier) => tierMultiplier(card, tier)));
