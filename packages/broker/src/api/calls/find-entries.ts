// Finds the journal entries of a page of calls. MUST read one owner's entries only, and no more of them than a page needs: an owner may have
// millions. So nothing here counts on more than the indexes that are there for the gate.

import { type Kysely, type SqlBool, sql } from 'kysely';
import { firstSeqSince } from '../../audit/find-seq.ts';
import type { Schema } from '../../store/schema.ts';

/** Where an entry stands: in its owner's chain, and in the whole journal. */
export interface Place {
  readonly seq: number;
  readonly id: number;
}

/** Which entries, newest first. */
export interface Search {
  readonly ownerId: string;
  /** Of these grants, which MUST be the owner's; null for all. Of thousands of grants also others are found: look again. */
  readonly grantIds: readonly string[] | null;
  /** The outcome or refusal that is looked for, where few calls have it; null for how calls began. */
  readonly rare: 'refused' | 'ceiling' | 'released' | null;
  /** Texts that bodies hold. A body may hold one in another place than is meant: look again at what was found. */
  readonly texts: readonly string[];
  /** The first entry that may be found. */
  readonly from: Place | null;
  /** The entry at which to end: only older ones are found. */
  readonly until: Place | null;
}

// Literals, not parameters: a partial index only serves a query that names its condition word by word.
const BEGINNINGS = sql<SqlBool>`kind in ('call.admitted', 'call.refused')`;
const ADMISSIONS = sql<SqlBool>`kind = 'call.admitted'`;
const OUTCOMES = sql<SqlBool>`kind in ('call.settled', 'call.ceiling', 'call.released')`;
const CORRECTIONS = sql<SqlBool>`kind = 'call.corrected'`;
const REFUSALS = sql<SqlBool>`kind = 'call.refused'`;
const RARE = {
  refused: REFUSALS,
  ceiling: sql<SqlBool>`kind = 'call.ceiling'`,
  released: sql<SqlBool>`kind = 'call.released'`,
};
const BELONGING = { admissions: ADMISSIONS, outcomes: OUTCOMES, corrections: CORRECTIONS };

/** Entries looked at together: those that belong to as many calls are found in one statement. */
const CHUNK = 500;
/** More grants than this are looked for among all of the owner's calls. */
const GRANTS_APART = 100;
/** More than these are too many for a statement. */
const GRANTS_NAMED = 5000;

const entriesIn = (db: Kysely<Schema>) =>
  db
    .selectFrom('journal')
    .select(['id', 'seq', 'call_id', 'at', 'grant_id', 'link_id', 'kind', 'body'])
    .select(['held_nanos', 'settled_nanos', 'settled_requests']);

type Entries = ReturnType<typeof entriesIn>;

/** A journal entry. */
export type Entry = Awaited<ReturnType<Entries['execute']>>[number];

/** Said so that PostgreSQL does not take it for rare: it would then read all that an owner ever called instead of the newest. */
const holding = (query: Entries, { texts }: Search): Entries =>
  texts.reduce((rest, text) => rest.where(sql<SqlBool>`replace(body, ${text}, '') <> body`), query);

/** In the order of the owner's chain: by their ids PostgreSQL would walk back over the entries of everybody. */
const inChain = (db: Kysely<Schema>, search: Search, limit: number): Entries => {
  const { ownerId, grantIds, rare, from, until } = search;
  let query = holding(entriesIn(db).where('owner_id', '=', ownerId), search)
    .where(rare ? RARE[rare] : BEGINNINGS)
    .orderBy('seq', 'desc')
    .limit(limit);
  if (from) query = query.where('seq', '>=', from.seq);
  if (until) query = query.where('seq', '<', until.seq);
  const isNamed = grantIds !== null && grantIds.length <= GRANTS_NAMED;
  return isNamed ? query.where('grant_id', 'in', grantIds) : query;
};

/** The newest of each grant, from the index that the gate keeps of its admissions and the one of its events. */
const ofGrants = (db: Kysely<Schema>, search: Search, grantIds: readonly string[], limit: number) => {
  const { ownerId, rare, from, until } = search;
  const newest = (grantId: string, kind: typeof ADMISSIONS) => {
    let query = holding(entriesIn(db).where('grant_id', '=', grantId), search)
      .where('owner_id', '=', ownerId)
      .where(kind)
      .orderBy('id', 'desc')
      .limit(limit);
    if (from) query = query.where('id', '>=', from.id);
    if (until) query = query.where('id', '<', until.id);
    return db.selectFrom(query.as('newest')).selectAll();
  };
  const parts = grantIds.flatMap((grantId) => {
    const refusals = newest(grantId, sql<SqlBool>`link_id is null and kind = 'call.refused'`);
    return rare === 'refused' ? [refusals] : [refusals, newest(grantId, ADMISSIONS)];
  });
  return parts
    .reduce((all, part) => all.unionAll(part))
    .orderBy('seq', 'desc')
    .limit(limit);
};

/** The statement that finds up to `limit` entries, newest first. Exported for the test of its plan. */
export const pageQuery = (db: Kysely<Schema>, search: Search, limit: number) => {
  const { grantIds, rare } = search;
  const isApart = grantIds !== null && grantIds.length > 0 && grantIds.length <= GRANTS_APART;
  return isApart && (rare === null || rare === 'refused')
    ? ofGrants(db, search, grantIds, limit)
    : inChain(db, search, limit);
};

/** Of the calls of these entries, those of such a kind, by call. */
export const belongingTo = async (
  db: Kysely<Schema>,
  ownerId: string,
  entries: readonly Entry[],
  kind: keyof typeof BELONGING,
): Promise<ReadonlyMap<string | null, Entry>> => {
  const found: Entry[] = [];
  const ids = entries.flatMap(({ call_id }) => call_id ?? []);
  for (let start = 0; start < ids.length; start += CHUNK) {
    const some = entriesIn(db)
      .where('call_id', 'in', ids.slice(start, start + CHUNK))
      // Not to be looked up by: SQLite takes all that an owner has for less than fifty calls.
      .where(sql<SqlBool>`owner_id || '' = ${ownerId}`)
      .where(BELONGING[kind]);
    found.push(...(await some.execute()));
  }
  return new Map(found.map((entry) => [entry.call_id, entry]));
};

/** The owner's first entry from that place in the chain on; null after the last. */
export const placeFrom = async (db: Kysely<Schema>, ownerId: string, seq: number): Promise<Place | null> => {
  const entry = await db
    .selectFrom('journal')
    .select(['seq', 'id'])
    .where('owner_id', '=', ownerId)
    .where('seq', '>=', seq)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  return entry ? { seq: Number(entry.seq), id: Number(entry.id) } : null;
};

/** The owner's first entry of that moment or later; null if there is none. */
export const placeSince = async (db: Kysely<Schema>, ownerId: string, atMs: number): Promise<Place | null> =>
  placeFrom(db, ownerId, await firstSeqSince(db, ownerId, atMs));
