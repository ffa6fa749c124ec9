// Whether the holder of a delegated grant proved who it is: what may be delegated "to these apps" is decided on it at every use. An older
// release would pass over that, and let any child go on, so none runs on a database that has this.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Adds the column, from what the journal says of each delegation so far. */
export async function addProvenActors(db: Kysely<Schema>): Promise<void> {
  await sql.raw('alter table grants add column is_actor_authenticated integer').execute(db);
  const made = await db
    .selectFrom('journal')
    .select(['grant_id', 'body'])
    .where('kind', '=', 'grant.delegated')
    .execute();
  for (const { grant_id: grantId, body } of made) {
    if (grantId === null || JSON.parse(body).is_actor_authenticated !== true) continue;
    await db.updateTable('grants').set({ is_actor_authenticated: 1 }).where('id', '=', grantId).execute();
  }
}
