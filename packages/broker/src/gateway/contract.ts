// The words the gate's steps and the providers share. A provider is data plus small pure functions; the gate alone does I/O, so that
// there is one code path from a request to a provider.

import type { Capability, PublicError, RateCard, Result, Usage, UsageBound } from '@valetkey/core';
import type { JsonObject, JsonValue } from './json/parse-json.ts';
import type { Multipart } from './multipart/multipart.ts';

/** How callers of an API shape their requests, errors and streams. */
export type DialectName = 'openai' | 'anthropic' | 'google';

/** What an operation reads: the value of ONE strict parse, and what the closed list's path pattern matched. */
export interface OperationInput {
  /** Named segments of the path pattern, decoded once, already refused if they hold `/`, `..`, `%` or control characters. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body:
    | { readonly kind: 'none' }
    | { readonly kind: 'json'; readonly value: JsonObject }
    | { readonly kind: 'multipart'; readonly form: Multipart };
  /** Whether unknown body fields are refused (`unknown_field`) or passed on. Fields that can change model, route, price or work are always checked. */
  readonly unknownFields: 'refuse' | 'pass';
}

/** A question to a provider: how many tokens the input of a request has. Free, and answered with a count that it documents as exact. */
export interface InputCount {
  /** For logs and audit, e.g. `openai.responses.input_tokens`. */
  readonly operation: string;
  /** Where it is posted, below the provider's base path, and its JSON. */
  readonly path: string;
  readonly body: string;
  /** The count in an answer; null if there is none. */
  readonly tokensIn: (answer: JsonValue) => number | null;
}

/** What a request asks for, checked and bounded; made by an operation, never changed afterwards. */
export interface Reading {
  /** The model exactly as it will be sent; null for operations without one (listing models). */
  readonly model: string | null;
  readonly stream: boolean;
  /** Tool types asked for, e.g. `function`, `web_search`; each must be permitted by the grant. */
  readonly tools: readonly string[];
  readonly bound: UsageBound;
  /**
   * Why the most this request can use cannot be computed, ending a sentence that begins with "the most this request can cost cannot be
   * computed: "; null when `bound` holds. MUST be refused (`unbounded_request`) while a limit on money or tokens applies.
   */
  readonly unbounded: string | null;
  /**
   * Service tiers the provider may serve it in, in the provider's words; the hold is for the dearest of them. Empty: the standard tier only.
   * A tier that the rate card does not name cannot be priced.
   */
  readonly serviceTiers: readonly string[];
  /** The caller's own output cap, or null if none was set; `minOutputTokens` is the least the provider takes. */
  readonly outputCap: number | null;
  readonly minOutputTokens: number;
  /** Makes what is sent upstream, with the output cap that was held for; `Infinity` sets none. MUST be made from the checked value only. */
  readonly encode: (outputTokens: number) => UpstreamRequest;
  /** True when the gate asked for usage in the stream and the caller did not: the meter then hides that chunk. */
  readonly hideUsageChunk: boolean;
  /**
   * How the provider counts the input of exactly this request, for requests that would be refused because of their bound. Null where the
   * input may grow or change after the count; absent where the provider’s count is an estimate, which MUST NOT bound anything.
   */
  readonly countInput?: () => InputCount | null;
}

/** What goes to the provider's fixed origin. `path` is below the provider's base path and built from checked values. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query, e.g. `/v1/chat/completions`. */
  readonly path: string;
  readonly contentType: string | null;
  readonly body: string | Uint8Array | null;
}

/** One entry of a provider's closed list. What is not listed does not exist (404) or is refused by name (403). */
export interface Operation {
  /** Stable name for logs and audit, e.g. `openai.chat.completions`. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Path below the dialect's base; `{name}` matches one segment part, e.g. `/models/{model}:generateContent`. */
  readonly path: string;
  /** What the grant must include; null for operations that cost nothing (models, token counts). */
  readonly capability: Capability | null;
  readonly body: 'none' | 'json' | 'multipart';
  /** Largest body accepted, in bytes. */
  readonly maxBodyBytes: number;
  readonly read: (input: OperationInput) => Result<Reading, PublicError>;
  /**
   * Reads usage out of the answer. Absent: the answer carries none and costs nothing. `chargeOf` comes with callers who are to be told the cost
   * in the usage itself, where the format has a place for it.
   */
  readonly meter?: (reading: Reading, chargeOf?: ChargeOf) => Meter;
  /** Rewrites a buffered JSON answer: model lists are filtered to the grant. Only for small, non-streamed answers. */
  readonly filterAnswer?: (body: JsonValue, isModelPermitted: (model: string) => boolean) => JsonValue;
}

/** What the answer reported. `usage` null means it reported none that can be believed. */
export interface Metered {
  readonly usage: Usage | null;
  /** The provider's own words, for the audit and for choosing the tier. */
  readonly modelReported: string | null;
  readonly serviceTier: string | null;
  /** Whether the answer ended as its format says a whole answer ends. */
  readonly complete: boolean;
  /** Names of what was odd: `usage_negative`, `usage_absurd`, `usage_missing`, `error_in_stream`. */
  readonly anomalies: readonly string[];
}

/**
 * Watches an answer go by. `push` gets the bytes as they arrive and returns what the caller gets: the same bytes, unless a usage chunk
 * that the caller did not ask for is hidden. `end` returns what is still kept back. MUST keep bounded memory whatever arrives.
 */
export interface Meter {
  push(chunk: Uint8Array): Uint8Array;
  end(): { readonly rest: Uint8Array; readonly metered: Metered };
  /** The answer may come out longer than its `content-length` said. */
  readonly changesLength?: true;
}

/** What an answer cost in nanos; null where that cannot be told from what was read of it. */
export type ChargeOf = (metered: Metered) => number | null;

/** A provider: its closed list and how its key travels. Nothing outside its folder knows more about it. */
export interface Provider {
  readonly name: string;
  /** For people: `OpenAI`. */
  readonly label: string;
  readonly dialect: DialectName;
  /** The provider's own origin, e.g. `https://api.openai.com`; the operator's configuration may replace it, nothing else may. */
  readonly origin: string;
  /** Put before every operation's upstream path; `/api` for OpenRouter, empty for most. */
  readonly basePath: string;
  readonly operations: readonly Operation[];
  /** Operations that exist at the provider and are refused by name with 403 instead of 404: files, batches, fine-tuning, ... Path prefixes. */
  readonly refusedPaths: readonly string[];
  /** The headers that carry the provider key. */
  readonly authHeaders: (key: string) => Readonly<Record<string, string>>;
  /** Caller's headers that may pass, lower case; everything else is dropped. */
  readonly requestHeaders: readonly string[];
  /** What of such a header passes, null for nothing; all of it where this is left out. */
  readonly forwardedHeader?: (name: string, value: string) => string | null;
  /** Provider's headers that may pass to the caller, lower case (content-type and content-length always do). */
  readonly responseHeaders: readonly string[];
  /** Headers always sent, e.g. `anthropic-version`, unless the caller sent an allowed one of that name. */
  readonly defaultHeaders: Readonly<Record<string, string>>;
  /** Refuses text that cannot be a key of this provider, or that is a consumer subscription's token; null if it may be one. */
  readonly checkKey: (key: string) => string | null;
  /** Whether requests need a price while a USD limit applies; false for self-hosted ones whose price the operator sets to zero. */
  readonly keyRequired: boolean;
}

/** How errors are told in one dialect. */
export interface Dialect {
  readonly name: DialectName;
  /** The JSON error body in the provider's own shape, our `code` inside, so that official SDKs raise their own typed errors. */
  readonly errorBody: (error: PublicError, requestId: string) => JsonValue;
  /** An event that ends a stream that was cut, in this dialect's SSE. */
  readonly streamError: (error: PublicError, requestId: string) => string;
}

/** Finds the frozen prices of a model; null when it has none. */
export interface PriceBook {
  rateCard(provider: string, model: string, atMs: number): RateCard | null;
  /** Priced models of a provider, for pickers. */
  models(provider: string): readonly { readonly id: string; readonly name: string }[];
}
