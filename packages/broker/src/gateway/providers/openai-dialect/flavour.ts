// What differs between providers that speak the OpenAI dialect, as data. Code of this folder MUST ask the flavour, never the name of
// the provider.

import type { FieldTable } from '../reading/rules.ts';

/** One provider's ways within the OpenAI dialect. */
export interface OpenAiFlavour {
  readonly provider: string;
  /** The field in which an output cap is sent when the caller set none in any. */
  readonly capField: 'max_tokens' | 'max_completion_tokens';
  /** Whether streams report usage only when `stream_options.include_usage` asks for it; some refuse that field and always report. */
  readonly usageOnRequest: boolean;
  /** Values of `service_tier` that callers may send, each with the tiers it may be served in; null: the provider has no such field. */
  readonly serviceTiers: Readonly<Record<string, readonly string[]>> | null;
  /** Sent when the caller names no tier, so that a setting of the owner's project cannot make the request dearer than its hold. */
  readonly standardTier: string | null;
  /** Whether the model bills parts of a prompt as written to a cache, without being asked to write. */
  readonly writesCache: (model: string) => boolean;
  /** Most tokens one image can be billed as. */
  readonly imageTokens: (model: string, detail: string | undefined) => number;
  /** Largest context window of any model: bounds what cannot be bounded otherwise. null: not known. */
  readonly contextTokens: number | null;
  /** Whether it counts the input of a response for nothing, and documents that count as exact. */
  readonly countsInputExactly: boolean;
  /** More fields of chat completions, and of their messages, than OpenAI's own. */
  readonly chatFields: FieldTable;
  readonly messageFields: FieldTable;
}
