// What may happen to trees of grants, and how one such step is taken on a replica: as the gate, an owner or an agent would, with the
// product's own rules.

import { type ModelAccess, type RateCard, type Result, succeed } from '@valetkey/core';
import { admit } from '../../../src/gateway/admit.ts';
import { boundCall } from '../../../src/gateway/bound.ts';
import { FrozenPrices } from '../../../src/gateway/frozen-prices.ts';
import { checkScope, type ReadCall } from '../../../src/gateway/read.ts';
import { Ticket } from '../../../src/gateway/running-calls.ts';
import type { Delegation, Grants, LiveGrant, NamedLimit, StopTarget } from '../../../src/grants/contract.ts';
import { checkDevice, deviceOf } from '../../../src/grants/device-rule.ts';
import type { Outcome } from '../../../src/ledger/contract.ts';
import type { Use } from './rights.ts';
import { keyOf } from './tree-books.ts';
import type { Replica } from './tree-house.ts';

/** One thing that somebody asks for. */
export type Step =
  | {
      readonly kind: 'give';
      readonly id: string;
      readonly ownerId: string;
      readonly access: readonly ModelAccess[];
    }
  | { readonly kind: 'delegate'; readonly ownerId: string; readonly delegation: Delegation }
  | {
      readonly kind: 'edit';
      readonly ownerId: string;
      readonly grantId: string;
      readonly access: readonly ModelAccess[];
    }
  | { readonly kind: 'reset'; readonly ownerId: string; readonly grantId: string; readonly limit: NamedLimit }
  | {
      readonly kind: 'suspend' | 'resume' | 'revoke';
      readonly ownerId: string;
      readonly grantId: string;
    }
  | { readonly kind: 'stop' | 'resume_stopped'; readonly ownerId: string; readonly what: StopTarget }
  | { readonly kind: 'enrol' | 'lose'; readonly ownerId: string; readonly key: string }
  | {
      readonly kind: 'pin';
      readonly ownerId: string;
      readonly grantId: string;
      readonly keys: readonly string[];
    }
  | { readonly kind: 'tend' }
  | { readonly kind: 'use'; readonly grantId: string; readonly callId: string; readonly use: Use }
  | { readonly kind: 'settle'; readonly call: OpenCall; readonly outcome: Outcome };

/** A call that was admitted and has no outcome. */
export interface OpenCall {
  readonly callId: string;
  readonly live: LiveGrant;
  readonly holdNanos: number;
  readonly holdTokens: number;
  readonly ticket: Ticket;
  readonly replica: Replica;
}

/** How a step ended. `pending`: nobody was there to answer; `unknown`: something failed on the way, and it may be in force. */
export type Answer =
  | { readonly kind: 'pending' | 'unknown'; readonly detail: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'done'; readonly id: string; readonly call?: OpenCall; readonly isForwarded?: boolean };

/** What the simulated model costs; every model is this one. */
const CARD: RateCard = {
  provider: 'openai',
  model: 'm',
  version: 'sim',
  rates: { input_tokens: 1_000_000_000, output_tokens: 4_000_000_000 },
  contextTiers: [],
  serviceTiers: {},
  maxOutputTokens: null,
};

/** What a use holds by these prices: nanos, requests, tokens. */
export const heldBy = ({ inputTokens, outputCap }: Use) =>
  [inputTokens * 1000 + outputCap * 4000, 1, inputTokens + outputCap] as const;

const MOST_REREADS = 4;
const frozen = new WeakMap<Replica, FrozenPrices>();

/** Prices stand in the journal before anything is admitted by them; they are of no interest here. */
const frozenAt = (replica: Replica): FrozenPrices => {
  const known = frozen.get(replica) ?? new FrozenPrices({ record: async () => {} });
  frozen.set(replica, known);
  return known;
};

const readingOf = ({ model, tools, inputTokens, outputCap }: Use) => ({
  model,
  stream: false,
  tools,
  bound: { anyInputTokens: inputTokens, inputKinds: ['text'], outputs: 1, outputKinds: ['text'], fixed: {} },
  unbounded: null,
  serviceTiers: [],
  outputCap,
  minOutputTokens: 1,
});

/** Steps 2 to 4 of the gate for a grant as it was read. */
const admitOnce = async (replica: Replica, live: LiveGrant, callId: string, use: Use) => {
  const part = live.parts.find(({ provider }) => provider === use.provider);
  if (!part) return 'no part' as const;
  const operation = { name: use.capability, capability: use.capability };
  const provider = { name: use.provider, label: use.provider };
  const call = { operation, params: {}, provider, part, reading: readingOf(use) } as unknown as ReadCall;
  const card = { ...CARD, provider: use.provider };
  const beyond = checkScope(call);
  if (beyond) return beyond.code;
  const hold = boundCall(call.reading, part.access, card, false);
  if (!hold.ok) return hold.error.code;
  const caller = {
    live,
    tokenKind: 'key',
    tokenId: null,
    keyThumbprint: use.key,
    keyTokenHash: null,
    device: deviceOf(live, use.key),
  } as const;
  const { ledger } = replica;
  const prices = { card, frozenPrices: frozenAt(replica) };
  const ids = {
    callId,
    requestId: callId,
    requestHash: callId,
    issuer: 'https://broker.example',
    nowMs: 0,
    traceId: undefined,
  };
  return admit({ ...ids, ...prices, caller, call, hold: hold.value, ledger });
};

const isLive = ({ grant: { status } }: LiveGrant): boolean => status === 'active';

const useGrant = async (
  replica: Replica,
  { grantId, callId, use }: Step & { kind: 'use' },
  nowMs: number,
): Promise<Answer> => {
  const { grants, ledger, running } = replica;
  let live = await grants.live(grantId);
  const ticket = new Ticket(live, use.key);
  running.add(ticket);
  for (let reads = 0; reads <= MOST_REREADS && live && isLive(live); reads += 1) {
    if (!checkDevice(live, use.key).ok) return { kind: 'refused', reason: 'device' };
    // As the gate does it: nothing is forwarded whose use could be forgotten.
    if (live.renewAtMs <= nowMs && (await grants.renew(live))) {
      live = await grants.reread(grantId);
      continue;
    }
    const admitted = await admitOnce(replica, live, callId, use);
    if (typeof admitted === 'string') return { kind: 'refused', reason: admitted };
    if (admitted.ok) {
      const { holdNanos, holdTokens } = admitted.value.admission;
      const call = { callId, live, holdNanos, holdTokens, ticket, replica };
      const isForwarded = !ticket.stopped && ledger.mayForward(callId);
      return { kind: 'done', id: callId, call, isForwarded };
    }
    if (admitted.error === 'stale') live = await grants.reread(grantId);
    else if (admitted.error.code === 'unavailable')
      return { kind: 'unknown', detail: admitted.error.message };
    else return { kind: 'refused', reason: admitted.error.code };
  }
  return { kind: 'refused', reason: live ? `not live: ${live.grant.status}` : 'no such grant' };
};

/** The result of what makes nothing with an id of its own. */
const idOf =
  (id: string) =>
  <Refusal>(made: Result<unknown, Refusal>): Result<{ readonly id: string }, Refusal> =>
    made.ok ? succeed({ id }) : made;

const resumeStopped = async (
  grants: Grants,
  { ownerId, what }: Step & { kind: 'stop' | 'resume_stopped' },
) => {
  const isIt = (stop: StopTarget) => JSON.stringify(stop) === JSON.stringify(what);
  const stop = (await grants.stops(ownerId)).find((each) => isIt(each.what));
  return grants.resumeStopped(ownerId, stop?.id ?? 'none');
};

/** An id of no device, where the key was never enrolled. */
const deviceId = async ({ devices }: Replica, { ownerId }: { readonly ownerId: string }, key: string) =>
  (await devices.list(ownerId)).find(({ keyThumbprint }) => keyThumbprint === key)?.id ?? 'none';

const perform = async (replica: Replica, step: Exclude<Step, { kind: 'use' | 'settle' }>) => {
  const { grants, devices } = replica;
  switch (step.kind) {
    case 'give': {
      const { id, ownerId } = step;
      const parts = step.access.map((access) => {
        return { providerKeyId: keyOf(ownerId, access.provider), access };
      });
      const rest = { clientId: 'planner', name: 'Planner', unknownFields: 'refuse', via: 'sim' } as const;
      return grants.create({ id, ownerId, parts, ...rest });
    }
    case 'delegate':
      return grants.delegate(step.delegation);
    case 'edit':
      return grants.edit(step.ownerId, step.grantId, step.access);
    case 'enrol':
      return devices.enrol(step.ownerId, step.key, step.key);
    case 'lose':
      return devices.lose(step.ownerId, await deviceId(replica, step, step.key)).then(idOf(step.key));
    case 'pin': {
      const ids = await Promise.all(step.keys.map((key) => deviceId(replica, step, key)));
      return grants.pin(step.ownerId, step.grantId, ids);
    }
    case 'tend':
      return grants.tend().then(() => succeed({ id: step.kind }));
    case 'reset':
      return grants.resetLimit(step.ownerId, step.grantId, step.limit);
    case 'revoke':
      return grants.revoke(step.ownerId, step.grantId, 'owner').then(idOf(step.grantId));
    case 'stop':
      return grants.stop(step.ownerId, step.what).then(idOf(step.kind));
    case 'resume_stopped':
      return resumeStopped(grants, step).then(idOf(step.kind));
    default:
      return grants[step.kind](step.ownerId, step.grantId);
  }
};

/** Takes a step on a replica. Never rejects. */
export const take = async (replica: Replica, step: Step, nowMs: number): Promise<Answer> => {
  try {
    if (step.kind === 'use') return await useGrant(replica, step, nowMs);
    if (step.kind === 'settle') {
      await replica.ledger.settle(step.outcome);
      replica.running.remove(step.call.ticket);
      return { kind: 'done', id: step.call.callId };
    }
    const made = await perform(replica, step);
    if (made.ok) return { kind: 'done', id: made.value.id };
    const { reason, detail } = made.error;
    return reason === 'unavailable'
      ? { kind: 'unknown', detail }
      : { kind: 'refused', reason: `${reason}: ${detail}` };
  } catch (error) {
    return { kind: 'unknown', detail: String(error) };
  }
};
