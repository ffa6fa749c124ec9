// The right to use AI models, as every part of the broker sees it: one entry of `authorization_details` (RFC 9396)
// after parsing. A value of this type is already checked; it MUST only come from the parsers of this folder or from
// narrowing such a value.

import type { Limit } from '../budget/limit.ts';

/** The kinds of work that can be granted, in the order in which they are shown. */
export const CAPABILITIES = ['chat', 'completions', 'embeddings', 'images', 'audio', 'moderation'] as const;

/** A kind of work: what an operation of a provider's API does, whatever its dialect. */
export type Capability = (typeof CAPABILITIES)[number];

/** What a client may do with one provider's models. `null` means "not restricted" unless said otherwise. */
export interface ModelAccess {
  /** Lower-case name of the provider, such as `openai`. */
  readonly provider: string;
  /** Model names or prefixes ending in `*`; null is every model that has a price. Empty covers nothing. */
  readonly models: readonly string[] | null;
  /** Kinds of work; null is all of them. Empty covers nothing. */
  readonly capabilities: readonly Capability[] | null;
  /** Origins or base URLs where the right may be used (RFC 9396 `locations`); null is any. */
  readonly locations: readonly string[] | null;
  /** Ceilings over time, at most one of each kind, in the order of `limitIndex`. */
  readonly limits: readonly Limit[];
  /** Most tokens of one request, input and output together. */
  readonly maxTokensPerRequest: number | null;
  /** Most input tokens of one request. */
  readonly maxInputTokens: number | null;
  /** Most output tokens of one request. */
  readonly maxOutputTokens: number | null;
  /** Most requests in flight at the same time. */
  readonly maxConcurrent: number | null;
  /**
   * Kinds of tool that a request may offer to the model. null is only those that the caller runs itself
   * (`function`, `custom`): tools that the provider runs cost money and MUST be named.
   */
  readonly tools: readonly string[] | null;
  /** How many levels of delegation may hang below a grant of this right; 0 forbids delegation. */
  readonly delegationMaxDepth: number;
  /**
   * Who may receive a child, at every level below: `own_agents` and client ids. null is anyone, and always null where the depth is 0.
   * Rights that an older release stored have no such member: whoever reads it MUST take that for null.
   */
  readonly delegationTo: readonly string[] | null;
  /** The moment from which the right is void, in epoch milliseconds; null has no end of its own. */
  readonly expiresAtMs: number | null;
  /** The client's own words for why it asks. Shown, never interpreted. */
  readonly reason: string | null;
}

/** The tools that a request may offer when none are named: the caller runs them, the provider bills only tokens. */
export const CALLER_RUN_TOOLS: readonly string[] = ['function', 'custom'];

/** The word in `delegation.to` for agents that have no identity but the name that their parent gives them. */
export const OWN_AGENTS = 'own_agents';

/** The right to everything at one provider, without any limit: what a narrower right is made from. */
export const unrestrictedAccess = (provider: string): ModelAccess => ({
  provider,
  models: null,
  capabilities: null,
  locations: null,
  limits: [],
  maxTokensPerRequest: null,
  maxInputTokens: null,
  maxOutputTokens: null,
  maxConcurrent: null,
  tools: null,
  delegationMaxDepth: 0,
  delegationTo: null,
  expiresAtMs: null,
  reason: null,
});
