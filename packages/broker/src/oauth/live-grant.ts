// Whether a grant can be used right now, as this room asks it. The gate asks again at every call; this is never the last word.

import type { Grants, LiveGrant, LivePart } from '../grants/contract.ts';
import type { KeyTokenForm } from '../grants/key-token.ts';
import { refusedFault } from '../store/outage.ts';
import { isStorableText } from '../store/storable-text.ts';

const isRunning = ({ endsAtMs }: LivePart, nowMs: number): boolean => endsAtMs === null || endsAtMs > nowMs;

/** The grant if it exists, its chain is live for one of its providers, and no grant above bars its holder from all of it; else null. */
export async function findUsableGrant(
  grants: Pick<Grants, 'live'>,
  grantId: string,
  nowMs: number,
): Promise<LiveGrant | null> {
  const live = isStorableText(grantId) ? await grants.live(grantId) : null;
  if (live === null || live.grant.status !== 'active') return null;
  return live.parts.some((part) => part.status === 'active' && isRunning(part, nowMs)) ? live : null;
}

/** Whether a grant that can not be used may be again: it is paused, or its app, its provider keys or its owner are stopped. */
export async function isStopped(
  grants: Pick<Grants, 'live'>,
  grantId: string,
  nowMs: number,
): Promise<boolean> {
  const live = await grants.live(grantId);
  if (live === null || !['active', 'suspended'].includes(live.grant.status)) return false;
  const isHeld = (part: LivePart) =>
    (part.status === 'suspended' || part.status === 'stopped') && isRunning(part, nowMs);
  return live.parts.some(isHeld) && (await findUsableGrant(grants, grantId, nowMs)) === null;
}

/** What a client is told that redeems something for a grant that is stopped. */
export const STOPPED_HINT =
  'the owner has stopped this access for now; nothing was used up: try again once it is resumed';

/** A key-shaped token in its only appearance, and the grant it is for. */
export interface IssuedKey {
  readonly token: string;
  readonly live: LiveGrant;
}

/** A new key-shaped token of a grant that can be used; null if it can not. */
export async function issueKey(
  grants: Pick<Grants, 'live' | 'issueKeyToken'>,
  grantId: string,
  nowMs: number,
  form?: KeyTokenForm,
): Promise<IssuedKey | null> {
  const live = await findUsableGrant(grants, grantId, nowMs);
  if (live === null) return null;
  const issued = await grants.issueKeyToken(live.grant.ownerId, grantId, form);
  if (issued.ok) return { token: issued.value, live };
  if (issued.error.reason === 'unavailable') throw refusedFault(issued.error);
  return null;
}
