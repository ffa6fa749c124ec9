// Calls as the journal tells them: an admission or refusal, and the outcome that belongs to it. MUST read one owner's entries only, and no more
// of them than a page needs: an owner may have millions.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../store/schema.ts';
import type { CallFilter } from './schema.ts';

/** A call's entries. `intent` and `outcome` are the journal bodies. */
export interface CallEntries {
  readonly cursor: number;
  readonly callId: string;
  readonly atMs: number;
  readonly grantId: string;
  readonly heldNanos: number;
  /** What was posted, less what was corrected. */
  readonly settledNanos: number;
  readonly isCorrected: boolean;
  readonly kind: string;
  readonly outcomeKind: string | null;
  readonly intent: Readonly<Record<string, unknown>>;
  readonly outcome: Readonly<Record<string, unknown>>;
}

// Literals, not parameters: a partial index only serves a query that names its condition word by word.
const BEGINNINGS = sql<boolean>`kind in ('call.admitted', 'call.refused')`;
const ADMISSIONS = sql<boolean>`kind = 'call.admitted'`;
const OUTCOMES = sql<boolean>`kind in ('call.settled', 'call.ceiling', 'call.released')`;
const CORRECTIONS = sql<boolean>`kind = 'call.corrected'`;
/** Statuses that few calls have are found by an index of their own. */
const RARE = {
  refused: sql<boolean>`kind = 'call.refused'`,
  ceiling: sql<boolean>`kind = 'call.ceiling'`,
  released: sql<boolean>`kind = 'call.released'`,
};

/** Entries looked at together: outcomes of as many are found by their calls in one statement. */
const CHUNK = 500;

type Body = Readonly<Record<string, unknown>>;

/** The ids of a grant and of all below it. */
const treeOf = (db: Kysely<Schema>, grantId: string) =>
  db
    .withRecursive('tree(id)', (tree) =>
      tree
        .selectFrom('grants')
        .select('id')
        .where('id', '=', grantId)
        .unionAll((also) =>
          also
            .selectFrom('tree')
            .innerJoin('grants', 'grants.parent_grant_id', 'tree.id')
            .select('grants.id'),
        ),
    )
    .selectFrom('tree')
    .select('id');

/**
 * Entries by which a page is found, newest first: outcomes where few have the status, beginnings of calls else. Exported for the test of its
 * query plan. In the order of the owner's chain: by their ids PostgreSQL would walk back over the entries of everybody.
 */
export const pageQuery = (db: Kysely<Schema>, ownerId: string, filter: CallFilter) => {
  const { before, limit, grant_id: grantId, include, status } = filter;
  const rare = status !== undefined && status in RARE ? RARE[status as keyof typeof RARE] : null;
  let query = db
    .selectFrom('journal')
    .select(['seq', 'call_id', 'at', 'grant_id', 'held_nanos', 'kind', 'body', 'settled_nanos'])
    .where('owner_id', '=', ownerId)
    .where(rare ?? BEGINNINGS)
    .orderBy('seq', 'desc')
    .limit(limit);
  if (before !== undefined) query = query.where('seq', '<', Number(before));
  if (grantId !== undefined)
    query = query.where('grant_id', 'in', include === 'descendants' ? treeOf(db, grantId) : [grantId]);
  return query;
};

type Row = Awaited<ReturnType<ReturnType<typeof pageQuery>['execute']>>[number];

/** Of the calls of these rows, the entries of such a kind, by call. */
const entriesOf = async (
  db: Kysely<Schema>,
  ownerId: string,
  rows: readonly Row[],
  kind: typeof OUTCOMES,
): Promise<ReadonlyMap<string | null, Row>> => {
  const found: Row[] = [];
  const ids = rows.flatMap(({ call_id }) => call_id ?? []);
  for (let start = 0; start < ids.length; start += CHUNK) {
    const some = db
      .selectFrom('journal')
      .select(['seq', 'call_id', 'at', 'grant_id', 'held_nanos', 'kind', 'body', 'settled_nanos'])
      .where('call_id', 'in', ids.slice(start, start + CHUNK))
      .where('owner_id', '=', ownerId)
      .where(kind);
    found.push(...(await some.execute()));
  }
  return new Map(found.map((row) => [row.call_id, row]));
};

interface Found {
  readonly cursor: number;
  readonly entry: Row;
  readonly outcome: Row | undefined;
}

/** From the outcomes of a rare status back to how their calls began. */
const readRare = async (db: Kysely<Schema>, ownerId: string, filter: CallFilter): Promise<Found[]> => {
  const outcomes = await pageQuery(db, ownerId, { ...filter, limit: filter.limit + 1 }).execute();
  const entries = await entriesOf(db, ownerId, outcomes, ADMISSIONS);
  return outcomes.flatMap((outcome) => {
    const entry = entries.get(outcome.call_id);
    return entry ? { cursor: Number(outcome.seq), entry, outcome } : [];
  });
};

/** From how calls began, a chunk after another, to as many as are `wanted` that stand so. */
const readBegun = async (
  db: Kysely<Schema>,
  ownerId: string,
  filter: CallFilter,
  wanted: number,
): Promise<Found[]> => {
  const { status } = filter;
  const isWanted = (entry: Row, outcome: Row | undefined): boolean => {
    if (status === 'admitted') return entry.kind === 'call.admitted' && outcome === undefined;
    return status !== 'settled' || outcome?.kind === 'call.settled';
  };
  const limit = status === 'admitted' || status === 'settled' ? CHUNK : wanted;
  const found: Found[] = [];
  for (let before = filter.before; found.length < wanted; ) {
    const rows = await pageQuery(db, ownerId, { ...filter, before, limit }).execute();
    const outcomes = await entriesOf(db, ownerId, rows, OUTCOMES);
    for (const entry of rows) {
      const outcome = outcomes.get(entry.call_id);
      if (isWanted(entry, outcome)) found.push({ cursor: Number(entry.seq), entry, outcome });
    }
    if (rows.length < limit) break;
    before = String(rows.at(-1)!.seq);
  }
  return found.slice(0, wanted);
};

/**
 * The owner's calls, newest first; one more than `limit` if there is another page. `openCalls` is how many run: that many are looked for among
 * the newest, and not one more, which would be looked for among all.
 */
export const readCalls = async (
  db: Kysely<Schema>,
  ownerId: string,
  filter: CallFilter,
  openCalls: () => Promise<number> = async () => Number.POSITIVE_INFINITY,
): Promise<readonly CallEntries[]> => {
  const { status, limit } = filter;
  const most = status === 'admitted' ? Math.min(limit + 1, await openCalls()) : limit + 1;
  const isByOutcome = status === 'ceiling' || status === 'released';
  const found = isByOutcome
    ? await readRare(db, ownerId, filter)
    : await readBegun(db, ownerId, filter, most);
  const corrections = await entriesOf(
    db,
    ownerId,
    found.map(({ entry }) => entry),
    CORRECTIONS,
  );
  return found.map(({ cursor, entry, outcome }) => {
    const correction = corrections.get(entry.call_id);
    return {
      cursor,
      callId: entry.call_id ?? '',
      atMs: Number(entry.at),
      grantId: entry.grant_id ?? '',
      heldNanos: Number(entry.held_nanos),
      settledNanos: Number(outcome?.settled_nanos ?? 0) + Number(correction?.settled_nanos ?? 0),
      isCorrected: correction !== undefined,
      kind: entry.kind,
      outcomeKind: outcome?.kind ?? null,
      intent: JSON.parse(entry.body) as Body,
      outcome: JSON.parse(outcome?.body ?? '{}') as Body,
    };
  });
};
