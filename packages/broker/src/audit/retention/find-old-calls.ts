// Finds calls of an owner that may leave the journal, a page of entries at a time from the oldest. MUST NOT name an entry of anything but a
// call, nor of a call that is open, or that says when its grant was last used.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../store/schema.ts';
import { readLastSeq } from '../find-seq.ts';
import type { Gap, LinkSum, Removal } from '../removal.ts';

/** Where to look, and for what. */
export interface OldCallsQuery {
  readonly ownerId: string;
  /** Entries after this place are looked at. */
  readonly afterSeq: number;
  /** All entries of a call MUST be from before this moment. */
  readonly untilMs: number;
  /** All entries of a call MUST have come before this one in the database's own order. */
  readonly beforeId: number;
}

/** What was found on a page. */
export interface OldCalls {
  /** Null if there was nothing to remove. */
  readonly removal: Removal | null;
  /** The place to go on from; null if there is nothing older than `untilMs` after it. */
  readonly nextSeq: number | null;
}

/** Entries that are looked at, and that may be removed, at once: some milliseconds of work. */
const PAGE = 500;

// Literals, not parameters: a partial index only serves a query that names its condition word by word.
const IS_ADMISSION = sql<boolean>`entry.kind = 'call.admitted'`;
const OUTCOME = sql<boolean>`outcome.kind in ('call.settled', 'call.ceiling', 'call.released')`;
const CORRECTION = sql<boolean>`correction.kind = 'call.corrected'`;
const NEWEST = sql<number | null>`(select newest.id from journal newest
  where newest.kind = 'call.admitted' and newest.grant_id = entry.grant_id order by newest.id desc limit 1)`;

/** Kinds that stand alone: nothing else refers to them. */
const LONE_KINDS: ReadonlySet<string> = new Set(['call.refused', 'call.replayed']);

/** The owner's next calls that are old enough. */
export async function findOldCalls(db: Kysely<Schema>, query: OldCallsQuery): Promise<OldCalls> {
  // Whoever appends to a chain reads its last entry.
  const [rows, lastSeq] = [await readPage(db, query), await readLastSeq(db, query.ownerId)];
  const found = new Map<number, string>();
  const links = new Map<string, LinkSum>();
  let nextSeq: number | null = query.afterSeq;
  for (const row of rows) {
    if (row.at >= query.untilMs) break;
    const entries = removableEntries(row, query, lastSeq);
    if (found.size + entries.length > PAGE) return toOldCalls(query, found, links, nextSeq);
    for (const { seq, hash } of entries) found.set(seq, hash);
    if (entries.length > 0 && row.kind === 'call.admitted') addTo(links, row);
    nextSeq = row.seq;
  }
  const isEnd = rows.length < PAGE || nextSeq !== rows.at(-1)?.seq;
  return toOldCalls(query, found, links, isEnd ? null : nextSeq);
}

const toOldCalls = (
  { untilMs: until }: OldCallsQuery,
  found: ReadonlyMap<number, string>,
  links: ReadonlyMap<string, LinkSum>,
  nextSeq: number | null,
): OldCalls => ({
  removal: found.size === 0 ? null : { until, gaps: gapsOf(found), links: [...links.values()] },
  nextSeq,
});

type Row = Awaited<ReturnType<typeof readPage>>[number];

/** Entries from the oldest that was not looked at yet, admissions with what became of their calls. */
const readPage = (db: Kysely<Schema>, { ownerId, afterSeq }: OldCallsQuery) =>
  db
    .selectFrom((from) =>
      from
        .selectFrom('journal')
        .select(['id', 'seq', 'at', 'kind', 'hash', 'call_id', 'grant_id', 'link_id'])
        .where('owner_id', '=', ownerId)
        .where('seq', '>', afterSeq)
        .orderBy('seq')
        .limit(PAGE)
        .as('entry'),
    )
    .leftJoin('journal as outcome', (join) =>
      join.onRef('outcome.call_id', '=', 'entry.call_id').on(OUTCOME).on(IS_ADMISSION),
    )
    .leftJoin('journal as correction', (join) =>
      join.onRef('correction.call_id', '=', 'entry.call_id').on(CORRECTION).on(IS_ADMISSION),
    )
    .select(['entry.id', 'entry.seq', 'entry.at', 'entry.kind', 'entry.hash', 'entry.link_id'])
    .select([
      'outcome.id as outcome_id',
      'outcome.seq as outcome_seq',
      'outcome.at as outcome_at',
      'outcome.hash as outcome_hash',
      'outcome.settled_nanos',
      'outcome.settled_requests',
      'outcome.settled_tokens',
      'correction.id as correction_id',
      'correction.seq as correction_seq',
      'correction.at as correction_at',
      'correction.hash as correction_hash',
      'correction.settled_nanos as corrected_nanos',
      'correction.settled_tokens as corrected_tokens',
    ])
    .select(NEWEST.as('newest_id'))
    .orderBy('entry.seq')
    .execute();

interface Place {
  readonly seq: number;
  readonly hash: string;
}

/** The entries of the call that this one begins, if all of them may go; none if it begins no call, or one that stays. */
function removableEntries(row: Row, { untilMs, beforeId }: OldCallsQuery, lastSeq: number): readonly Place[] {
  const { id, seq, at, kind, hash } = row;
  const isOver = (end: { id: number | null; seq: number | null; at: number | null }) =>
    Number(end.id) < beforeId && Number(end.seq) < lastSeq && Number(end.at) < untilMs;
  if (LONE_KINDS.has(kind)) return isOver(row) ? [{ seq, hash }] : [];
  if (kind !== 'call.admitted' || row.outcome_id === null || row.newest_id === id) return [];
  const entries = [
    { id, seq, at, hash },
    { id: row.outcome_id, seq: row.outcome_seq, at: row.outcome_at, hash: row.outcome_hash },
    { id: row.correction_id, seq: row.correction_seq, at: row.correction_at, hash: row.correction_hash },
  ].filter((entry) => entry.id !== null);
  return entries.every(isOver)
    ? entries.map((entry) => ({ seq: Number(entry.seq), hash: String(entry.hash) }))
    : [];
}

/** What the call settled is what its outcome posted, less what was corrected. */
function addTo(links: Map<string, LinkSum>, row: Row): void {
  const link_id = String(row.link_id);
  const sum = links.get(link_id);
  links.set(link_id, {
    link_id,
    settled_nanos: (sum?.settled_nanos ?? 0) + Number(row.settled_nanos) + Number(row.corrected_nanos ?? 0),
    settled_requests: (sum?.settled_requests ?? 0) + Number(row.settled_requests),
    settled_tokens:
      (sum?.settled_tokens ?? 0) + Number(row.settled_tokens) + Number(row.corrected_tokens ?? 0),
    calls: (sum?.calls ?? 0) + 1,
  });
}

/** The entries as runs, in the order of their places. */
function gapsOf(entries: ReadonlyMap<number, string>): Gap[] {
  const gaps: Gap[] = [];
  for (const [seq, hash] of [...entries].sort(([a], [b]) => a - b)) {
    const last = gaps.at(-1);
    if (last?.to === seq - 1) gaps[gaps.length - 1] = { from: last.from, to: seq, hash };
    else gaps.push({ from: seq, to: seq, hash });
  }
  return gaps;
}
