// The links above all grants: those of provider keys, and the ceilings of owners.

import type { Limit } from '@valetkey/core';
import type { Link, LinkChange } from './contract.ts';

/** Opens the link of a provider key, below its owner's ceiling if there is one, or that ceiling. Nothing but its limits binds it. */
export const openRoot = (
  id: string,
  ownerId: string,
  { parentId = null, limits = [] }: Partial<Pick<Link, 'parentId'> & { limits: readonly Limit[] }> = {},
): LinkChange & { readonly kind: 'open' } => ({
  kind: 'open',
  link: {
    ...{ id, ownerId, parentId, grantId: null, status: 'active' },
    ...{ expiresAtMs: null, access: null, limits, maxConcurrent: null },
  },
});
