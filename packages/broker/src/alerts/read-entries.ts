// Reads of a run of a journal only what may be worth an alert: nearly all entries are of calls that went well, and the database passes over
// them far faster than this process could.

import { type Kysely, type SqlBool, sql } from 'kysely';
import type { Schema } from '../store/schema.ts';
import type { FollowedEntry } from './notice.ts';

/** What a run of entries says. */
export interface FollowedRun {
  /** Those that may be worth an alert, in their order. */
  readonly entries: readonly FollowedEntry[];
  /** The links that outcomes were charged to: those at the leaves of their chains. */
  readonly linkIds: readonly string[];
}

const OUTCOMES = ['call.settled', 'call.ceiling', 'call.released'];

/** An outcome as most are: within its hold, and with nothing odd about it. */
const PLAIN = sql<SqlBool>`(kind in ('call.admitted', 'call.released', 'call.replayed') or (kind = 'call.settled'
  and settled_nanos <= -held_nanos and settled_tokens <= -held_tokens and body not like '%"anomalies":["%'))`;

/** With which an account is taken into use: no browser could be known. */
const FIRST_SIGN_IN = sql<SqlBool>`(kind = 'owner.signed_in' and not exists (select 1 from journal earlier
  where earlier.owner_id = journal.owner_id and earlier.seq < journal.seq and earlier.kind = 'owner.signed_in'))`;

const COLUMNS = [
  'seq',
  'at',
  'kind',
  'call_id',
  'grant_id',
  'held_nanos',
  'settled_nanos',
  'held_tokens',
  'settled_tokens',
  'body',
] as const;

/** The entries after `afterSeq` up to `throughSeq`. */
export const readEntries = async (
  db: Kysely<Schema>,
  ownerId: string,
  afterSeq: number,
  throughSeq: number,
): Promise<FollowedRun> => {
  const run = db
    .selectFrom('journal')
    .where('owner_id', '=', ownerId)
    .where('seq', '>', afterSeq)
    .where('seq', '<=', throughSeq);
  const entries = await run
    .select(COLUMNS)
    .where((row) => row.not(row.or([PLAIN, FIRST_SIGN_IN])))
    .orderBy('seq')
    .execute();
  const charged = await run.select('link_id').distinct().where('kind', 'in', OUTCOMES).execute();
  return { entries, linkIds: charged.flatMap(({ link_id }) => link_id ?? []) };
};
