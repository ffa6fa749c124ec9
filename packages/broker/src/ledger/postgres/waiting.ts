// What waits in an owner's queue for its turn.

import type { Change } from '../contract.ts';
import type { WaitingWith } from '../rules/waiting.ts';
import type { Needs } from './statements.ts';

/** A call that this replica admitted and that has no outcome yet. */
export interface RunningCall {
  readonly callId: string;
  readonly ownerId: string;
  readonly grantId: string | null;
  readonly linkId: string;
  readonly admittedAtMs: number;
  readonly holdNanos: number;
  readonly holdTokens: number;
}

/** One request with the promise that answers it. */
export type Waiting = WaitingWith<
  {
    /** Since when it waits, of the monotonic clock. */
    readonly sinceMs: number;
  },
  {
    readonly linkId: string;
    /** The call as it was admitted; null when only the database can tell whether it is open, and what it holds. */
    call: RunningCall | null;
  }
>;

/** The requests of one kind. */
export type WaitingFor<Kind extends Waiting['kind']> = Waiting & { readonly kind: Kind };

/** The links and calls that must be read before a batch can be decided. */
export function needsOf(batch: readonly Waiting[]): Needs {
  const linkIds = batch.flatMap((waiting) => {
    if (waiting.kind === 'admit') return waiting.request.chain[0]?.linkId ?? [];
    if (waiting.kind === 'settle') return waiting.linkId;
    return waiting.kind === 'change' ? linksNamed(waiting.change) : [];
  });
  const callIds = batch.flatMap((waiting) =>
    waiting.kind === 'settle' && waiting.call === null ? waiting.outcome.callId : [],
  );
  return { linkIds: [...new Set(linkIds)], callIds: [...new Set(callIds)] };
}

const linksNamed = ({ expects = [], links, correction }: Change): string[] => [
  ...expects.map(({ linkId }) => linkId),
  ...links.flatMap((step) =>
    step.kind === 'open' ? [step.link.id, step.link.parentId ?? []].flat() : step.linkId,
  ),
  ...(correction ? [correction.linkId] : []),
];
