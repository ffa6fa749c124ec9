// Links as rows of `links`, in both directions. Only the ledger writes that table.

import type { SqlStatement } from '../../store/sqlite/messages.ts';
import type { Link, LinkStatus } from '../contract.ts';

const INSERT = `insert into links
  (id, owner_id, parent_id, grant_id, provider_key_id, provider, version, status, expires_at, access, limits, max_concurrent)
  values (?, ?, ?, ?,
    coalesce((select provider_key_id from links where id = ?), ?),
    coalesce(?, (select provider from provider_keys where id = ?), ''),
    ?, ?, ?, ?, ?, ?)`;

const UPDATE = `update links set version = ?, status = ?, expires_at = ?, access = ?, limits = ?, max_concurrent = ? where id = ?`;

type Row = Readonly<Record<string, unknown>>;

/** A row of `links` as the contract's link. */
export const linkFromRow = (row: Row): Link => ({
  id: row.id as string,
  ownerId: row.owner_id as string,
  parentId: row.parent_id as string | null,
  grantId: row.grant_id as string | null,
  version: row.version as number,
  status: row.status as LinkStatus,
  expiresAtMs: row.expires_at as number | null,
  access: row.access === null ? null : JSON.parse(row.access as string),
  limits: JSON.parse(row.limits as string),
  maxConcurrent: row.max_concurrent as number | null,
});

const changeable = (link: Link) => [
  link.version,
  link.status,
  link.expiresAtMs,
  link.access === null ? null : JSON.stringify(link.access),
  JSON.stringify(link.limits),
  link.maxConcurrent,
];

/** Stores a new link. Its provider key is its parent's, or itself; its provider that of its access, or of its provider key. */
export const insertLink = (link: Link): SqlStatement => ({
  sql: INSERT,
  parameters: [
    link.id,
    link.ownerId,
    link.parentId,
    link.grantId,
    link.parentId,
    link.id,
    link.access?.provider ?? null,
    link.id,
    ...changeable(link),
  ],
});

/** Stores the new version of a link. */
export const updateLink = (link: Link): SqlStatement => ({
  sql: UPDATE,
  parameters: [...changeable(link), link.id],
});
