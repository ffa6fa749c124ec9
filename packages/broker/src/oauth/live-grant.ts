// Whether a grant can be used right now, as this room asks it. The gate asks again at every call; this is never the last word.

import type { Grants, LiveGrant } from '../grants/contract.ts';

/** The grant if it exists, is active and has not expired; else null. */
export async function findUsableGrant(
  grants: Pick<Grants, 'live'>,
  grantId: string,
  nowMs: number,
): Promise<LiveGrant | null> {
  const live = await grants.live(grantId);
  if (live === null || live.grant.status !== 'active') return null;
  const { expiresAtMs } = live.grant;
  return expiresAtMs !== null && expiresAtMs <= nowMs ? null : live;
}
