// How far each owner's journal goes. MUST stay one look into an index for each owner: it is read once a second.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../store/schema.ts';
import type { ReadHeads } from './event-streams.ts';

/** Reads in one statement; 0 for an owner of whom nothing is written. */
export const createReadHeads =
  (db: Kysely<Schema>): ReadHeads =>
  async (ownerIds) => {
    const { rows } = await sql<{ id: string; seq: number | null }>`select id,
      (select seq from journal where owner_id = "user".id order by seq desc limit 1) as seq
      from "user" where id in (${sql.join(ownerIds)})`.execute(db);
    return new Map(rows.map(({ id, seq }) => [id, Number(seq)]));
  };
