// Who owns an account in this house, by whose invitation, and who of them runs it. Whoever is there before this is the operator.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

// An owner whom nobody invited is the operator, and there is one: the database itself keeps others from becoming either.
const STATEMENTS = [
  `create table owners (
    owner_id text primary key,
    role text not null,
    invitation_id text unique,
    suspended_at bigint,
    check (role = 'operator' or (role = 'owner' and invitation_id is not null))
  )`,
  `create unique index owners_operator on owners (role) where role = 'operator'`,
  `create table invitations (
    id text primary key,
    token_hash text not null unique,
    email text,
    limits text not null,
    created_at bigint not null,
    expires_at bigint not null,
    accepted_by text
  )`,
  `insert into owners (owner_id, role) select id, 'operator' from "user" order by "createdAt" limit 1`,
];

/** Creates the tables of owners and invitations. */
export async function createOwners(db: Kysely<Schema>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
