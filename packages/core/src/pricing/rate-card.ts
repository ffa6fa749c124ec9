// The prices of one model of one provider as they stood at one moment: what an admission freezes and a settlement uses.

import { type Meter, PROMPT_METERS, type Usage } from './usage.ts';

/** Integer nanos (1e-9 USD) per 1,000,000 units of a meter. $0.15 per million tokens = 150_000_000. */
export type Rates = Readonly<Partial<Record<Meter, number>>>;

/** Rates that replace the base ones for the whole request once the prompt is longer than `aboveInputTokens`. */
export interface ContextTier {
  readonly aboveInputTokens: number;
  /** A meter that is absent here keeps its base rate. */
  readonly rates: Rates;
}

/** A model's prices. MUST be plain JSON: it is frozen into the admission and read back at settlement, perhaps by another process. */
export interface RateCard {
  readonly provider: string;
  readonly model: string;
  /** Which data set and overlay the rates come from, e.g. `genai-prices 0.1.8`; recorded on every ledger entry. */
  readonly version: string;
  readonly rates: Rates;
  readonly contextTiers: readonly ContextTier[];
  /**
   * Multipliers in thousandths by service tier as the provider names it (`priority: 2000`, `flex: 500`), for token meters only: tool
   * calls, images and seconds have one price. See `tierMultiplier` for tiers that are not listed.
   */
  readonly serviceTiers: Readonly<Record<string, number>>;
  /** The model's own maximum of output tokens, when known; null otherwise. */
  readonly maxOutputTokens: number | null;
}

/** The names under which providers report their ordinary service, priced at the rates as they stand. */
const ORDINARY_TIERS: ReadonlySet<string | null> = new Set([null, 'default', 'standard']);

/**
 * The multiplier, in thousandths, of a service tier. A tier that the card lists has its own; ordinary service is 1000; any other name is
 * charged as the dearest listed one, because an unknown tier MUST NOT be cheaper than what was held for it.
 */
export function tierMultiplier(card: RateCard, serviceTier: string | null): number {
  if (serviceTier !== null && Object.hasOwn(card.serviceTiers, serviceTier))
    return card.serviceTiers[serviceTier] ?? 1000;
  return ORDINARY_TIERS.has(serviceTier) ? 1000 : Math.max(1000, ...Object.values(card.serviceTiers));
}

/** The rates that apply to a whole request with a prompt of `promptTokens`, counted over all kinds of input. */
export function ratesAt(card: RateCard, promptTokens: number): Rates {
  const reached = card.contextTiers
    .filter((tier) => promptTokens > tier.aboveInputTokens)
    .sort((a, b) => a.aboveInputTokens - b.aboveInputTokens)
    .at(-1);
  return reached === undefined ? card.rates : { ...card.rates, ...reached.rates };
}

/** Prompt tokens of every kind together: what context tiers are measured by. */
export const promptTokens = (usage: Usage): number =>
  PROMPT_METERS.reduce((sum, meter) => sum + (usage[meter] ?? 0), 0);
