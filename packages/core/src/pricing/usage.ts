// What a request used, in the units that providers charge for. The meters are disjoint: each unit of work is counted in exactly
// one of them, so that a cost is a plain sum of count times rate.

/**
 * The units a provider charges for. `input_tokens` are the uncached text tokens of the prompt; `output_tokens` are all text tokens
 * produced, reasoning and thinking included. Cached, audio and image tokens are never counted in them a second time.
 */
export const METERS = [
  'input_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'input_audio_tokens',
  'cache_read_audio_tokens',
  'input_image_tokens',
  'cache_read_image_tokens',
  'output_tokens',
  'output_audio_tokens',
  'output_image_tokens',
  'images',
  'audio_seconds',
  'characters',
  'web_search_calls',
  'server_tool_calls',
  'requests',
] as const;

/** The name of one unit a provider charges for. */
export type Meter = (typeof METERS)[number];

/** The meters that count tokens of the prompt; with the `output_..._tokens` they are all token meters. */
export const PROMPT_METERS = METERS.filter((meter) => /^(input|cache)_.*tokens$/.test(meter));

/** Counts by meter: non-negative safe integers; an absent meter is zero. */
export type Usage = Readonly<Partial<Record<Meter, number>>>;

/**
 * The most a request can use, before it is sent. `anyInputTokens` bounds prompt tokens of every kind together (uncached, cached,
 * written to a cache, audio, image), so it is priced at the dearest input rate that `inputKinds` allows; likewise for output.
 */
export interface UsageBound {
  /** Most prompt tokens of any kind; at most one token per UTF-8 byte of text plus documented bounds for media. */
  readonly anyInputTokens: number;
  /** The kinds of input that can occur: text always may; audio or image only when the request carries or allows it. */
  readonly inputKinds: readonly ('text' | 'audio' | 'image' | 'cache_write_5m' | 'cache_write_1h')[];
  /** How many times the output cap can be produced: `n`, `best_of`, candidates. 0 for operations without output tokens. */
  readonly outputs: number;
  /** The kinds of output that can occur. */
  readonly outputKinds: readonly ('text' | 'audio' | 'image')[];
  /** Counts that are known exactly or bounded by the request itself: images, seconds, characters, tool calls, requests. */
  readonly fixed: Usage;
  /** The service tiers that can apply, as the provider names them; absent means any tier that the model's prices list. */
  readonly serviceTiers?: readonly string[];
}

/** Whether a meter counts tokens. */
export const isTokenMeter = (meter: Meter): boolean => meter.endsWith('_tokens');

/** All tokens of a usage, of every kind: what token limits count. */
export const totalTokens = (usage: Usage): number =>
  METERS.reduce((sum, meter) => (isTokenMeter(meter) ? sum + (usage[meter] ?? 0) : sum), 0);
