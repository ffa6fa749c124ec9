// A row of `links` as the contract's link. Only the ledger writes that table.

import type { Link, LinkStatus } from '../contract.ts';

/** The link that a row holds. */
export const linkFromRow = (row: Readonly<Record<string, unknown>>): Link => ({
  id: row.id as string,
  ownerId: row.owner_id as string,
  parentId: row.parent_id as string | null,
  grantId: row.grant_id as string | null,
  version: row.version as number,
  status: row.status as LinkStatus,
  expiresAtMs: row.expires_at as number | null,
  access: row.access === null ? null : JSON.parse(row.access as string),
  limits: JSON.parse(row.limits as string),
  resets: JSON.parse(row.resets as string),
  maxConcurrent: row.max_concurrent as number | null,
});
