// Writes a grant that its owner gives as one change: a link for each part, below the provider key that it draws on, the row and the journal
// entry. MUST NOT decide anything: whether the grant may be made was checked before.

import type { ModelAccess } from '@valetkey/core';
import type { Kysely } from 'kysely';
import type { Change } from '../ledger/contract.ts';
import type { Schema } from '../store/schema.ts';
import type { NewGrant } from './contract.ts';
import { openLink } from './grant-links.ts';
import { compiled, wireParts } from './grant-rows.ts';
import { formatPins } from './pins.ts';

interface CreationDeps {
  readonly db: Kysely<Schema>;
  readonly nowMs: number;
  /** When a link with these terms ends that is made now. */
  readonly endOf: (access: ModelAccess) => number | null;
}

/** What makes the grant `id`. */
export function creationOf(id: string, input: NewGrant, { db, nowMs, endOf }: CreationDeps): Change {
  const { ownerId, clientId, name, unknownFields, via, parts, deviceIds = [], shownHash = null } = input;
  const row = {
    id,
    owner_id: ownerId,
    client_id: clientId,
    name,
    parent_grant_id: null,
    status: 'active',
    unknown_fields: unknownFields,
    via,
    shown_hash: shownHash,
    key_token_hash: null,
    devices: formatPins(deviceIds),
    created_at: nowMs,
    revoked_at: null,
  };
  const body = {
    client_id: clientId,
    via,
    shown_hash: shownHash,
    devices: deviceIds,
    provider_keys: Object.fromEntries(
      parts.map(({ access, providerKeyId }) => [access.provider, providerKeyId]),
    ),
    authorization_details: wireParts(parts),
  };
  return {
    links: parts.map(({ access, providerKeyId: parentId }) =>
      openLink({ grantId: id, ownerId, parentId }, access, endOf(access)),
    ),
    rows: [compiled(db.insertInto('grants').values(row))],
    entries: [{ ownerId, kind: 'grant.created', grantId: id, body }],
  };
}
