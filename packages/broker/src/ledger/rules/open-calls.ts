// The calls that were admitted and have no outcome yet, and how admissions and outcomes move the counters of their chains. The same
// functions post live and when the journal is read again, so both come to the same balances.

import type { Outcome } from '../contract.ts';
import { isAmount } from '../hold.ts';
import type { Amounts } from './counters.ts';
import type { LinkShelf, ResidentLink } from './resident-link.ts';

/** An admitted call. */
export interface OpenCall {
  readonly callId: string;
  readonly grantId: string | null;
  readonly leaf: ResidentLink;
  readonly admittedAtMs: number;
  readonly holdNanos: number;
  readonly holdTokens: number;
}

const NOTHING: Amounts = [0, 0, 0];

/** What a call holds while it is open. */
export const heldBy = (call: OpenCall): Amounts => [call.holdNanos, 1, call.holdTokens];

/** What closing a call takes from what is held. */
export const releasedBy = (call: OpenCall): Amounts => [-call.holdNanos, -1, -call.holdTokens];

/** What an outcome settles. A ceiling is the whole hold; a request that was never forwarded does not count as one. */
export function settledBy(call: OpenCall, outcome: Omit<Outcome, 'body'>): Amounts {
  switch (outcome.kind) {
    case 'settled':
      return [outcome.nanos, 1, outcome.tokens];
    case 'ceiling':
      return [call.holdNanos, 1, call.holdTokens];
    case 'released':
      return [0, outcome.forwarded ? 1 : 0, 0];
  }
}

/** Throws unless what an outcome settles can be amounts. */
export function assertOutcome({ callId, kind, nanos, tokens }: Outcome): void {
  if (kind !== 'settled' || (isAmount(nanos) && isAmount(tokens))) return;
  throw new Error(`call ${callId}: not amounts: ${nanos} nanos, ${tokens} tokens`);
}

/** The outcome of a call that nobody metered: given back if it was never forwarded, else taken whole. */
export const unmetered = (callId: string, kind: 'released' | 'ceiling', body: Outcome['body']): Outcome => ({
  callId,
  kind,
  forwarded: kind === 'ceiling',
  nanos: 0,
  tokens: 0,
  body,
});

/** The outcome of a call that was open when its process ended. */
export const crashedCall = (callId: string, mayBeForwarded: boolean): Outcome =>
  mayBeForwarded
    ? unmetered(callId, 'ceiling', { unconfirmed: true, reason: 'crash' })
    : unmetered(callId, 'released', { reason: 'crash' });

/** Whether more was settled than was held. Must never be; then the ceiling was computed too low. */
export const isOverrun = (call: OpenCall, [nanos, , tokens]: Amounts): boolean =>
  nanos > call.holdNanos || tokens > call.holdTokens;

/**
 * Posts the hold of a call on every link of its chain, or on those of `path` that do not have it yet. The counters MUST stand at the time
 * of the admission.
 */
export function postAdmission(call: OpenCall, links: LinkShelf, path = call.leaf.path): void {
  const held = heldBy(call);
  for (const { counters } of path) {
    counters.openCalls += 1;
    counters.post(call.admittedAtMs, held, NOTHING);
  }
  links.touch(call.leaf);
}

/** Posts at `atMs` a change of what a call settled, on every link of its chain, or on those of `path` that lack it. */
export function postCorrection(
  { leaf, admittedAtMs }: Pick<OpenCall, 'leaf' | 'admittedAtMs'>,
  change: Amounts,
  atMs: number,
  links: LinkShelf,
  path = leaf.path,
): void {
  for (const { counters } of path) {
    counters.rollTo(atMs);
    counters.post(admittedAtMs, NOTHING, change);
  }
  links.touch(leaf);
}

/** Posts at `atMs` what a call settled, and gives back its hold, on every link of its chain, or on those of `path` that lack it. */
export function postOutcome(
  call: OpenCall,
  settled: Amounts,
  atMs: number,
  links: LinkShelf,
  path = call.leaf.path,
): void {
  const released = releasedBy(call);
  for (const { counters } of path) {
    counters.rollTo(atMs);
    counters.openCalls -= 1;
    counters.post(call.admittedAtMs, released, settled);
  }
  links.touch(call.leaf);
}
