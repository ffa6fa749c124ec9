// Reads what the graph of a call is made of from a running broker's journal, page by page so that requests go on in between. MUST read one
// owner's entries only.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Schema } from '../../store/schema.ts';
import { EXPORT_MEMBERS, type ExportedEntry } from '../export-line.ts';
import { countGaps, readRemovals } from '../read-removals.ts';
import type { Removal } from '../removal.ts';
import { CallGraphWalk } from './call-graph.ts';
import type { CallGraph } from './contract.ts';

/** A millisecond or two of work. */
const PAGE = 200;

// Literals, not parameters: a partial index only serves a query that names its condition word by word.
const ADMISSION = sql<boolean>`kind = 'call.admitted'`;
const OUTCOME = sql<boolean>`kind in ('call.settled', 'call.ceiling', 'call.released')`;
const CORRECTION = sql<boolean>`kind = 'call.corrected'`;
const REFUSAL = sql<boolean>`kind = 'call.refused'`;

const COLUMNS = EXPORT_MEMBERS.filter((member) => member !== 'previous_hash' && member !== 'body');

/** Of calls only the amounts count, and their bodies are most of a journal. */
const CHANGE_BODY = sql<string>`case when kind like 'call.%' then '{}' else body end`.as('body');

type Row = Omit<ExportedEntry, 'previous_hash'>;

/**
 * The graph of one of the owner's calls; null if there is no such call. Reads the owner's journal up to it, some 100,000 entries a second.
 * Throws if the entries contradict each other.
 */
export async function readCallGraph(
  db: Kysely<Schema>,
  ownerId: string,
  callId: string,
): Promise<CallGraph | null> {
  for (;;) {
    const gaps = await countGaps(db, ownerId);
    const removals = await readRemovals(db, ownerId);
    const graph = await readWith(db, ownerId, callId, removals).catch((error: unknown) => error as Error);
    // Old calls that left while the journal was read: half of one may have been seen.
    if (gaps !== (await countGaps(db, ownerId))) continue;
    if (graph instanceof Error) throw graph;
    return graph;
  }
}

async function readWith(
  db: Kysely<Schema>,
  ownerId: string,
  callId: string,
  removals: readonly Removal[],
): Promise<CallGraph | null> {
  const ofCall = (kind: RawBuilder<boolean>) =>
    ownEntries(db, ownerId).select('body').where('call_id', '=', callId).where(kind).executeTakeFirst();
  const beginning = (await ofCall(ADMISSION)) ?? (await ofCall(REFUSAL));
  if (!beginning) return null;
  const walk = new CallGraphWalk(callId, removals);
  const take = (row: Row) => {
    const problem = walk.take({ ...row, previous_hash: '' });
    if (problem !== null) throw new Error(`journal entry ${row.seq} ${problem}`);
  };
  for (let seq: number | undefined = 0; seq !== undefined; ) {
    const page = await ownEntries(db, ownerId)
      .select(CHANGE_BODY)
      .where('seq', '>', seq)
      .where('seq', '<', beginning.seq)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    for (const row of page) take(row);
    seq = page.at(-1)?.seq;
    await nextTurn();
  }
  for (const row of [beginning, await ofCall(OUTCOME), await ofCall(CORRECTION)]) if (row) take(row);
  return walk.graph();
}

const ownEntries = (db: Kysely<Schema>, ownerId: string) =>
  db.selectFrom('journal').select(COLUMNS).where('owner_id', '=', ownerId);
