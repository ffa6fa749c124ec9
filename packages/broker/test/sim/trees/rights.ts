// What a right is to the oracle: a question about one concrete use, and one about a child. Read from the wire form in the journal. MUST NOT
// use core's rules for comparing or narrowing.

import type { Limit } from '@valetkey/core';

/** A right as the journal tells it; null is not restricted. */
export interface Rights {
  readonly models: readonly string[] | null;
  readonly capabilities: readonly string[] | null;
  readonly locations: readonly string[] | null;
  /** Never null: those that the caller runs itself need no word. */
  readonly tools: readonly string[];
  readonly limits: readonly Limit[];
  readonly perRequest: Readonly<
    Record<'tokens_per_request' | 'max_input_tokens' | 'max_output_tokens', number>
  >;
  readonly maxConcurrent: number | null;
  readonly expiresAtMs: number | null;
  readonly depth: number;
  readonly to: readonly string[] | null;
}

/** One request, as far as rights have a say in it. */
export interface Use {
  readonly provider: string;
  readonly model: string;
  readonly capability: 'chat' | 'embeddings';
  readonly tools: readonly string[];
  readonly inputTokens: number;
  readonly outputCap: number;
  /** The key that a proof was made with; null for none. */
  readonly key: string | null;
}

/** Who received a grant. */
export interface Recipient {
  readonly isOwnAgent: boolean;
  /** The client, if it proved who it is. */
  readonly provenClientId: string | null;
}

const ENTRY = {
  total_spend: ['usd', 'total'],
  daily_spend: ['usd', 'day'],
  max_requests: ['requests', 'total'],
  requests_per_minute: ['requests', 'minute'],
  total_tokens: ['tokens', 'total'],
  tokens_per_day: ['tokens', 'day'],
} as const satisfies Record<string, readonly [Limit['unit'], Limit['per']]>;

/** Limits that the simulation knows, by unit and period. */
export const LIMIT_KINDS = Object.values(ENTRY);

/** Reads one entry of `authorization_details`. */
export const rightsOf = (details: unknown): Rights => {
  const wire = details as Record<string, never> & {
    readonly limits?: Record<string, number>;
    readonly delegation?: { readonly max_depth: number; readonly to?: readonly string[] };
  };
  const { limits = {}, delegation } = wire;
  return {
    models: wire.models ?? null,
    capabilities: wire.capabilities ?? null,
    locations: wire.locations ?? null,
    tools: wire.tools ?? ['function', 'custom'],
    limits: Object.entries(ENTRY).flatMap(([name, [unit, per]]) => {
      const amount = limits[name];
      return amount === undefined
        ? []
        : [{ unit, per, amount: unit === 'usd' ? Math.round(amount * 1e9) : amount }];
    }),
    perRequest: {
      tokens_per_request: limits.tokens_per_request ?? Number.POSITIVE_INFINITY,
      max_input_tokens: limits.max_input_tokens ?? Number.POSITIVE_INFINITY,
      max_output_tokens: limits.max_output_tokens ?? Number.POSITIVE_INFINITY,
    },
    maxConcurrent: limits.max_concurrent ?? null,
    expiresAtMs: wire.expires === undefined ? null : Date.parse(wire.expires),
    depth: delegation?.max_depth ?? 0,
    to: delegation?.to ?? null,
  };
};

const isNamed = (pattern: string, model: string): boolean =>
  pattern.at(-1) === '*' ? model.indexOf(pattern.slice(0, -1)) === 0 : pattern === model;

/** Whether this right alone lets the use through, limits over time and the end aside. */
export const lets = ({ models, capabilities, tools, perRequest }: Rights, use: Use): boolean =>
  (models === null || models.some((pattern) => isNamed(pattern, use.model))) &&
  (capabilities === null || capabilities.includes(use.capability)) &&
  use.tools.every((tool) => tools.includes(tool)) &&
  use.inputTokens <= perRequest.max_input_tokens &&
  use.outputCap <= perRequest.max_output_tokens &&
  use.inputTokens + use.outputCap <= perRequest.tokens_per_request;

/** Whether a grant of this right may have `recipient` so many levels below it. */
export const mayHold = ({ depth, to }: Rights, recipient: Recipient, levels: number): boolean =>
  depth >= levels &&
  (to === null ||
    (recipient.isOwnAgent && to.includes('own_agents')) ||
    (recipient.provenClientId !== null && to.includes(recipient.provenClientId)));

const isSubset = (asked: readonly string[] | null, most: readonly string[] | null, has = isSame): boolean =>
  most === null || (asked?.every((item) => most.some((each) => has(each, item))) ?? false);
const isSame = (one: string, other: string): boolean => one === other;

/** Whether a child that asks for this stays within the right of a grant `levels` above it; numbers that it does not name it inherits. */
export const isWithin = (asked: Rights, above: Rights, levels: number): boolean =>
  isSubset(asked.models, above.models, isNamed) &&
  isSubset(asked.capabilities, above.capabilities) &&
  isSubset(asked.locations, above.locations) &&
  isSubset(asked.tools, above.tools) &&
  (asked.depth === 0 || isSubset(asked.to, above.to)) &&
  asked.depth <= above.depth - levels &&
  (asked.expiresAtMs === null || above.expiresAtMs === null || asked.expiresAtMs <= above.expiresAtMs) &&
  Object.entries(above.perRequest).every(([name, most]) => {
    const number = asked.perRequest[name as keyof Rights['perRequest']];
    return number === Number.POSITIVE_INFINITY || number <= most;
  }) &&
  (asked.maxConcurrent === null ||
    above.maxConcurrent === null ||
    asked.maxConcurrent <= above.maxConcurrent) &&
  asked.limits.every(({ unit, per, amount }) =>
    above.limits.every((most) => most.unit !== unit || most.per !== per || amount <= most.amount),
  );
