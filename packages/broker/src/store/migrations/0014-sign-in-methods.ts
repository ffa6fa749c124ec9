// How the person of a session proved who they are. Sessions of older releases do not say: that is taken for a password.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Adds the column. */
export async function addSignInMethods(db: Kysely<Schema>): Promise<void> {
  await sql`alter table "session" add column "method" text`.execute(db);
}
