// Devices that owners enrolled, and the grants that are pinned to some of them. An older release would let a pinned grant be used from
// anywhere, so none runs on a database that has this.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

const STATEMENTS = [
  `create table devices (
    id text primary key,
    owner_id text not null,
    name text not null,
    key_thumbprint text not null,
    created_at bigint not null,
    last_used_at bigint,
    lost_at bigint
  )`,
  `create unique index devices_key on devices (owner_id, key_thumbprint)`,
  `create unique index devices_name on devices (owner_id, name) where lost_at is null`,
  `alter table grants add column devices text`,
];

/** Creates the table of devices, and the column of what a grant is pinned to. */
export async function createDevices(db: Kysely<Schema>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
