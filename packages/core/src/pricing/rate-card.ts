// The prices of one model of one provider as they stood at one moment: what an admission freezes and a settlement uses.

import type { Meter } from './usage.ts';

/** Integer nanos (1e-9 USD) per 1,000,000 units of a meter. $0.15 per million tokens = 150_000_000. */
export type Rates = Readonly<Partial<Record<Meter, number>>>;

/** Rates that replace the base ones for the whole request once the prompt is longer than `aboveInputTokens`. */
export interface ContextTier {
  readonly aboveInputTokens: number;
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
  /** Multipliers in thousandths by service tier as the provider names it (`priority: 2000`, `flex: 500`); absent tier = 1000. */
  readonly serviceTiers: Readonly<Record<string, number>>;
  /** The model's own maximum of output tokens, when known; null otherwise. */
  readonly maxOutputTokens: number | null;
}
