// The links of a grant in the ledger, one for each of its parts: how they are named, opened and changed.

import type { ModelAccess } from '@valetkey/core';
import type { LinkChange } from '../ledger/contract.ts';
import type { Grant } from './contract.ts';

/** The id of a grant's link for one provider. */
export const linkIdOf = (grantId: string, provider: string): string => `${grantId}.${provider}`;

/** The grant of a link that is not a provider key's. */
export const grantIdOf = (linkId: string): string => linkId.slice(0, linkId.lastIndexOf('.'));

/** What of a right the ledger enforces by itself. A link may end before the right names an end: when nobody uses it. */
const termsOf = (access: ModelAccess, endsAtMs: number | null) => ({
  access,
  limits: access.limits,
  maxConcurrent: access.maxConcurrent,
  expiresAtMs: endsAtMs,
});

/** Opens the link of a new grant for one part, below the link that it draws on. */
export const openLink = (
  { grantId, ownerId, parentId }: { grantId: string; ownerId: string; parentId: string },
  access: ModelAccess,
  endsAtMs: number | null,
): LinkChange => ({
  kind: 'open',
  link: {
    id: linkIdOf(grantId, access.provider),
    ...{ ownerId, parentId, grantId, status: 'active' },
    ...termsOf(access, endsAtMs),
  },
});

/** Puts a right in the place of the one that a link has. */
export const replaceTerms = (linkId: string, access: ModelAccess, endsAtMs: number | null): LinkChange => ({
  kind: 'update',
  linkId,
  set: termsOf(access, endsAtMs),
});

/** Raises the version of a link and changes nothing else: every reading from before is stale. */
export const touchLink = (linkId: string): LinkChange => ({ kind: 'update', linkId, set: {} });

/** The same for every link of a grant. */
export const touchLinks = ({ id, parts }: Pick<Grant, 'id' | 'parts'>): LinkChange[] =>
  parts.map(({ provider }) => touchLink(linkIdOf(id, provider)));
