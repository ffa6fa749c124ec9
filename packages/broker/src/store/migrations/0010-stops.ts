// What an owner stopped as a whole: everything, an app, a provider key. And when the end of a grant by time was written down.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

const STATEMENTS = [
  `create table stops (
    id text primary key,
    owner_id text not null,
    scope text not null,
    target text not null,
    began_at bigint not null
  )`,
  `create unique index stops_target on stops (owner_id, scope, target)`,
  `alter table grants add column expired_at bigint`,
];

/** Creates the table of stops that are in force; a stop that has ended stands in the journal alone. */
export async function createStops(db: Kysely<Schema>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
