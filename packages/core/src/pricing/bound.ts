// The most a request can cost before it is sent, linear in its output cap. MUST never be less than what `costNanos` charges for any usage
// within the bound: a hold that is too small breaks a budget.

import { fail, type Result, succeed } from '../result.ts';
import { roundUpNanos, type UnpricedMeter } from './cost.ts';
import { divideUp } from './parse-rate.ts';
import { promptTokens, type RateCard, type Rates, ratesAt, tierMultiplier } from './rate-card.ts';
import { isTokenMeter, type Meter, totalTokens, type UsageBound } from './usage.ts';

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
  const fixed = (Object.keys(bound.fixed) as Meter[]).filter((meter) => (bound.fixed[meter] ?? 0) > 0);
  for (const meters of [...inputs, ...outputs, ...fixed.map((meter) => [meter] as const)]) {
    if (card.rates[meters[0]] === undefined) return fail({ reason: 'unpriced_meter', meter: meters[0] });
  }

  const multiplier = dearestMultiplier(card, bound.serviceTiers);
  const cost = (count: number, rate: number, thousandths: number) =>
    BigInt(count) * BigInt(rate) * BigInt(thousandths);
  let fixedParts = cost(bound.anyInputTokens, dearestRate(tiers, inputs), multiplier);
  for (const meter of fixed) {
    const thousandths = isTokenMeter(meter) ? multiplier : 1000;
    fixedParts += cost(bound.fixed[meter] ?? 0, dearestRate(tiers, [[meter]]), thousandths);
  }
  const outputRate = divideUp(cost(bound.outputs, dearestRate(tiers, outputs), multiplier), 1000n);
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

const dearestRate = (tiers: readonly Rates[], kinds: readonly (readonly Meter[])[]): number => {
  let dearest = 0;
  for (const rates of tiers) {
    for (const meters of kinds) for (const meter of meters) dearest = Math.max(dearest, rates[meter] ?? 0);
  }
  return dearest;
};

const dearestMultiplier = (card: RateCard, serviceTiers: readonly string[] | undefined): number =>
  serviceTiers === undefined || serviceTiers.length === 0
    ? Math.max(1000, ...Object.values(card.serviceTiers))
    : Math.max(...serviceTiers.map((tier) => tierMultiplier(card, tier)));
