// Whether a grant can be used right now, as this room asks it. The gate asks again at every call; this is never the last word.

import type { Grants, LiveGrant, LivePart } from '../grants/contract.ts';
import { isStorableText } from '../store/storable-text.ts';

/** The grant if it exists, its chain is live for one of its providers, and no grant above bars its holder from all of it; else null. */
export async function findUsableGrant(
  grants: Pick<Grants, 'live'>,
  grantId: string,
  nowMs: number,
): Promise<LiveGrant | null> {
  const live = isStorableText(grantId) ? await grants.live(grantId) : null;
  if (live === null || live.grant.status !== 'active') return null;
  const isUsable = ({ status, endsAtMs }: LivePart) =>
    status === 'active' && (endsAtMs === null || endsAtMs > nowMs);
  return live.parts.some(isUsable) ? live : null;
}
