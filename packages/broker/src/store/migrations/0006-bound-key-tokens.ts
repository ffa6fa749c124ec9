// Key-shaped tokens that only the holder of a key can use.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Adds the key's thumbprint; no token of an older release was bound. */
export async function addKeyThumbprints(db: Kysely<Schema>): Promise<void> {
  await sql.raw('alter table grants add column key_thumbprint text').execute(db);
}
