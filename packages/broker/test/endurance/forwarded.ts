// What reached the simulated provider and what it bills for it, read from its own records.

import { hash } from 'node:crypto';
import { entryNanos, type Simulator } from '@valetkey/testkit';
import { PRICES } from '../faults/start-gate.ts';
import type { Forwarded } from './judge.ts';

/**
 * The requests that arrived whole since number `from`, up to the first about which the provider has not decided yet: what it bills for that
 * one is not known. `until` is where to go on.
 */
export function forwardedSince(
  { requests, bill }: Pick<Simulator, 'requests' | 'bill'>,
  from: number,
): { readonly forwarded: readonly Forwarded[]; readonly until: number } {
  const fresh = requests.slice(from);
  const billed = new Map(bill.slice(-fresh.length - 2000).map((entry) => [entry.requestId, entry]));
  const undecided = fresh.findIndex(({ id, outcome }) => outcome === 'pending' && !billed.has(id));
  const decided = undecided < 0 ? fresh : fresh.slice(0, undecided);
  const forwarded = decided
    .filter(({ complete }) => complete)
    .map(({ id, body, key }) => {
      const entry = billed.get(id);
      return {
        id,
        text: JSON.parse(body.toString()).messages[0].content,
        bodyHash: hash('sha256', body, 'base64url'),
        billedNanos: entry ? entryNanos(entry, PRICES) : 0,
        key: key?.value ?? '',
      };
    });
  return { forwarded, until: from + decided.length };
}
