// Calls as the journal tells them: an admission or refusal, and the outcome that belongs to it. MUST read one owner's entries only.

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
const BEGINNINGS = sql<boolean>`entry.kind in ('call.admitted', 'call.refused')`;
const OUTCOMES = sql<boolean>`outcome.kind in ('call.settled', 'call.ceiling', 'call.released')`;

const CORRECTIONS = sql<boolean>`correction.kind = 'call.corrected'`;

type Body = Readonly<Record<string, unknown>>;

const selectEntries = (db: Kysely<Schema>, ownerId: string) =>
  db
    .selectFrom('journal as entry')
    .leftJoin('journal as outcome', (join) =>
      join.onRef('outcome.call_id', '=', 'entry.call_id').on('outcome.owner_id', '=', ownerId).on(OUTCOMES),
    )
    .leftJoin('journal as correction', (join) =>
      join
        .onRef('correction.call_id', '=', 'entry.call_id')
        .on('correction.owner_id', '=', ownerId)
        .on(CORRECTIONS),
    )
    .select([
      'entry.id',
      'entry.call_id',
      'entry.at',
      'entry.grant_id',
      'entry.held_nanos',
      'entry.kind',
      'entry.body',
    ])
    .select(['outcome.kind as outcome_kind', 'outcome.settled_nanos', 'outcome.body as outcome_body'])
    .select('correction.settled_nanos as corrected_nanos')
    .where('entry.owner_id', '=', ownerId)
    .where(BEGINNINGS)
    .orderBy('entry.id', 'desc');

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

/** The owner's calls, newest first; one more than `limit` if there is another page. Exported for the test of its query plan. */
export const callsQuery = (db: Kysely<Schema>, ownerId: string, filter: CallFilter) => {
  const { before, limit, grant_id: grantId, include, status } = filter;
  let query = selectEntries(db, ownerId).limit(limit + 1);
  if (before !== undefined) query = query.where('entry.id', '<', Number(before));
  if (grantId !== undefined)
    query = query.where('entry.grant_id', 'in', include === 'descendants' ? treeOf(db, grantId) : [grantId]);
  if (status === 'refused') query = query.where('entry.kind', '=', 'call.refused');
  else if (status === 'admitted')
    query = query.where('entry.kind', '=', 'call.admitted').where('outcome.kind', 'is', null);
  else if (status !== undefined) query = query.where('outcome.kind', '=', `call.${status}`);
  return query;
};

/** See {@link callsQuery}. */
export const readCalls = async (
  db: Kysely<Schema>,
  ownerId: string,
  filter: CallFilter,
): Promise<readonly CallEntries[]> => {
  const rows = await callsQuery(db, ownerId, filter).execute();
  return rows.map((row) => ({
    cursor: Number(row.id),
    callId: row.call_id ?? '',
    atMs: Number(row.at),
    grantId: row.grant_id ?? '',
    heldNanos: Number(row.held_nanos),
    settledNanos: Number(row.settled_nanos ?? 0) + Number(row.corrected_nanos ?? 0),
    isCorrected: row.corrected_nanos !== null,
    kind: row.kind,
    outcomeKind: row.outcome_kind,
    intent: JSON.parse(row.body) as Body,
    outcome: JSON.parse(row.outcome_body ?? '{}') as Body,
  }));
};
