// Calls that run while the terms of a grant above them change. What the new terms would not admit in kind is cut, like a call whose grant was
// revoked. Money is not asked for again: what a call holds was decided when it was admitted, and a lower limit can not take it back.

import type { Grants, LiveGrant } from '../grants/contract.ts';
import { checkDevice, deviceOf } from '../grants/device-rule.ts';
import { checkScope, type ReadCall } from './read.ts';
import { type Stop, stopOf, type Ticket } from './running-calls.ts';

/** What is needed to judge. */
export interface RecheckDeps {
  readonly grants: Pick<Grants, 'reread'>;
  readonly now: () => number;
}

/** The terms that the call goes on with, or why it would not be admitted now. */
const judge = (
  call: ReadCall,
  live: LiveGrant | null,
  keyThumbprint: string | null,
  nowMs: number,
): ReadCall['part'] | Stop => {
  if (!live) return 'revoked';
  if (!checkDevice(live, keyThumbprint).ok)
    return deviceOf(live, keyThumbprint)?.isLost ? 'device_lost' : 'narrowed';
  const part = live.parts.find(({ provider }) => provider === call.provider.name);
  if (!part) return 'narrowed';
  if (part.status !== 'active') return stopOf(part.status);
  const { expiresAtMs } = part.access;
  if (expiresAtMs !== null && expiresAtMs <= nowMs) return 'expired';
  return checkScope({ ...call, part }) ? 'narrowed' : part;
};

/** Judges these calls by what is true now and cuts those that are beyond it. Says how many. */
export const recheck = async (calls: readonly Ticket[], { grants, now }: RecheckDeps): Promise<number> => {
  const judged = [...Map.groupBy(calls, ({ grantId }) => grantId)].map(async ([grantId, ofGrant]) => {
    const live = await grants.reread(grantId);
    return ofGrant.filter((ticket) => {
      // Not read yet, so not admitted yet: its admission decides on what is true now.
      if (!ticket.call) return false;
      const verdict = judge(ticket.call, live, ticket.keyThumbprint, now());
      if (typeof verdict === 'string') return ticket.cut(verdict);
      ticket.call = { ...ticket.call, part: verdict };
      return false;
    }).length;
  });
  return (await Promise.all(judged)).reduce((cut, count) => cut + count, 0);
};
