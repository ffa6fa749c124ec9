// The statements that store links. Only the ledger writes that table.

import type { SqlStatement } from '../../store/sqlite/messages.ts';
import type { Link } from '../contract.ts';

const INSERT = `insert into links
  (id, owner_id, parent_id, grant_id, provider_key_id, provider, version, status, expires_at, access, limits, resets,
  max_concurrent)
  values (?, ?, ?, ?,
    coalesce((select provider_key_id from links where id = ?), ?),
    coalesce(?, (select provider from provider_keys where id = ?), ''),
    ?, ?, ?, ?, ?, ?, ?)`;

const UPDATE = `update links set version = ?, status = ?, expires_at = ?, access = ?, limits = ?, resets = ?, max_concurrent = ?
  where id = ?`;

const changeable = (link: Link) => [
  link.version,
  link.status,
  link.expiresAtMs,
  link.access === null ? null : JSON.stringify(link.access),
  JSON.stringify(link.limits),
  JSON.stringify(link.resets),
  link.maxConcurrent,
];

/** Stores a new link. Its provider key is itself if it is of no grant, else its parent's; its provider that of its access, or of its provider key. */
export const insertLink = (link: Link): SqlStatement => ({
  sql: INSERT,
  parameters: [
    link.id,
    link.ownerId,
    link.parentId,
    link.grantId,
    link.grantId === null ? null : link.parentId,
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
