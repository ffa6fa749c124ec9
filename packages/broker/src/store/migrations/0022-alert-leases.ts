// Who sends to a destination, so that alerts go there one after another from however many processes.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Adds the column. */
export async function addAlertLeases(db: Kysely<Schema>): Promise<void> {
  await sql`alter table alert_destinations add column leased_until bigint`.execute(db);
}
