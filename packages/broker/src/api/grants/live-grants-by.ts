// Counts what would stop if a provider key or an app were removed.

import type { Grant, Grants } from '../../grants/contract.ts';

/** Whether the grant can still be used, now or once it is resumed. */
export const isLive = ({ status }: Grant): boolean => status === 'active' || status === 'suspended';

const count = (ids: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
};

/** Live grants that the owner gave, by the provider key they draw on; what was delegated from them goes with them and is not counted. */
export const liveGrantsByKey = async (
  grants: Pick<Grants, 'list'>,
  ownerId: string,
): Promise<Map<string, number>> => {
  const live = (await grants.list(ownerId))
    .filter(isLive)
    .filter(({ parentGrantId }) => parentGrantId === null);
  return count(live.flatMap(({ parts }) => [...new Set(parts.map((part) => part.providerKeyId))]));
};

/** Live grants by the app they were given to, by the owner or by another app; its own agents go with it and are not counted. */
export const liveGrantsByClient = async (
  grants: Pick<Grants, 'list'>,
  ownerId: string,
): Promise<Map<string, number>> => {
  const live = (await grants.list(ownerId)).filter(isLive);
  const clientOf = new Map(live.map(({ id, clientId }) => [id, clientId]));
  const given = live.filter(({ parentGrantId, clientId }) => clientOf.get(parentGrantId ?? '') !== clientId);
  return count(given.flatMap(({ clientId }) => clientId ?? []));
};
