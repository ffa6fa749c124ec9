// The gate's money path with a simulated provider at its end: what a request may cost by the gate's own bound, and how its call ends by the
// gate's own settlement. The provider keeps its own bill, worked out here apart from the broker's prices.

import type { ModelAccess, RateCard, Usage } from '@valetkey/core';
import { boundCall } from '../../src/gateway/bound.ts';
import type { Metered, Reading } from '../../src/gateway/contract.ts';
import { outcomeOf } from '../../src/gateway/settlement.ts';
import type { HoldRequest, Outcome } from '../../src/ledger/contract.ts';
import type { Bill } from './operations.ts';
import type { Random } from './random.ts';

/** A request on its way through the gate. */
export interface PlayedRequest {
  readonly hold: HoldRequest;
  readonly inputTokens: number;
  readonly outputs: number;
  readonly inputRate: number;
  readonly outputRate: number;
}

const NO_LIMITS: ModelAccess = {
  provider: 'openai',
  models: null,
  capabilities: null,
  locations: null,
  limits: [],
  maxTokensPerRequest: null,
  maxInputTokens: null,
  maxOutputTokens: null,
  maxConcurrent: null,
  tools: null,
  delegationTo: null,
  delegationMaxDepth: 0,
  expiresAtMs: null,
  reason: null,
};

const cardOf = (inputRate: number, outputRate: number): RateCard => ({
  provider: 'openai',
  model: 'm',
  version: 'sim',
  rates: { input_tokens: inputRate, output_tokens: outputRate },
  contextTiers: [],
  serviceTiers: {},
  maxOutputTokens: null,
});

/** A request of random size and price, bounded by the gate. */
export function playRequest(random: Random): PlayedRequest {
  const inputTokens = 1 + random.anySize(400);
  const outputs = random.chance(0.2) ? 3 : 1;
  const [inputRate, outputRate] = random.pick([
    [150_000_000, 600_000_000],
    [1_250_000_000, 10_000_000_000],
    [333_333, 1_000_001],
    [0, 0],
  ] as const);
  const bound = {
    anyInputTokens: inputTokens,
    inputKinds: ['text'],
    outputs,
    outputKinds: ['text'],
    fixed: {},
  };
  const reading = {
    bound,
    unbounded: null,
    serviceTiers: [],
    outputCap: random.chance(0.5) ? 1 + random.anySize(300) : null,
    minOutputTokens: 1,
  } as unknown as Reading;
  const hold = boundCall(reading, NO_LIMITS, cardOf(inputRate, outputRate), false);
  if (!hold.ok) throw new Error(`the gate does not bound this: ${hold.error.message}`);
  return { hold: hold.value, inputTokens, outputs, inputRate, outputRate };
}

/** How often the provider, the caller and the way between them end a call in which way. */
const ENDINGS = {
  answered: 12,
  refused: 2,
  failed: 2,
  cut: 3,
  silent: 1,
  absurd: 1,
  never_sent: 2,
} as const;

type Ending = keyof typeof ENDINGS;

/** What the provider charges for, told or not: in whole tokens, rounded up once. */
const billOf = ({ inputRate, outputRate }: PlayedRequest, input: number, output: number): number =>
  Number((BigInt(input) * BigInt(inputRate) + BigInt(output) * BigInt(outputRate) + 999_999n) / 1_000_000n);

const metered = (usage: Usage | null, complete: boolean, anomalies: readonly string[] = []): Metered => ({
  usage,
  modelReported: null,
  serviceTier: null,
  complete,
  anomalies,
});

interface Seen {
  readonly forwarded: boolean;
  readonly status: number | null;
  readonly metered: Metered | null;
  /** What the provider does with the bill: sends none, sends one that the broker was told of, or one that it was not told of. */
  readonly billed: 'no' | 'told' | 'untold';
}

function seenOf(ending: Ending, random: Random, usage: Usage): Seen {
  switch (ending) {
    case 'answered':
      return { forwarded: true, status: 200, metered: metered(usage, true), billed: 'told' };
    case 'refused':
      return { forwarded: true, status: random.pick([400, 404, 429, 503, 529]), metered: null, billed: 'no' };
    case 'failed':
      return { forwarded: true, status: random.pick([500, 502, 504]), metered: null, billed: 'untold' };
    case 'cut':
      // Usage so far may have been seen: it is not the whole.
      return {
        forwarded: true,
        status: 200,
        metered: metered(random.chance(0.5) ? { input_tokens: 1 } : null, false),
        billed: 'untold',
      };
    case 'silent':
      return { forwarded: true, status: null, metered: null, billed: 'untold' };
    case 'absurd':
      return {
        forwarded: true,
        status: 200,
        metered: metered(null, true, ['usage_absurd']),
        billed: 'untold',
      };
    case 'never_sent':
      return { forwarded: false, status: null, metered: null, billed: 'no' };
  }
}

/** Ends a call that was admitted with `cap` output tokens: what the gate posts, and what the provider bills. */
export function playEnding(
  callId: string,
  request: PlayedRequest,
  cap: number,
  random: Random,
): { readonly outcome: Outcome; readonly bill: Bill } {
  const input = random.upTo(request.inputTokens);
  const output = random.chance(0.2) ? cap * request.outputs : random.upTo(cap * request.outputs);
  const usage = { input_tokens: input, output_tokens: output };
  const { billed, ...seen } = seenOf(random.weighted(ENDINGS), random, usage);
  const card = cardOf(request.inputRate, request.outputRate);
  const outcome = outcomeOf({ ...seen, callId, isFree: false, card, body: {} });
  const nanos = billed === 'no' ? 0 : billOf(request, input, output);
  return { outcome, bill: { nanos, isReported: billed !== 'untold' } };
}
