// Builds memory from the store: the newest mark, then the journal entries after it, each posted on those links whose checkpoint does not
// count it yet. Used at every start and whenever a failed commit leaves memory in doubt.

import type { StatementCache } from '../../store/sqlite/statement-cache.ts';
import type { Amounts } from '../rules/counters.ts';
import { type OpenCall, postAdmission, postCorrection, postOutcome } from '../rules/open-calls.ts';
import { readMark } from './checkpoint.ts';
import type { LinkMemory } from './link-memory.ts';

/** Where the journal stood when memory was built. */
export interface Replayed {
  readonly calls: Map<string, OpenCall>;
  readonly journalId: number;
  readonly lastAtMs: number;
  /** The entry after which it was read. */
  readonly markId: number;
}

const COLUMNS = `journal.id, at, kind, call_id, grant_id, link_id, held_nanos, held_tokens,
  settled_nanos, settled_requests, settled_tokens`;

/** Of the calls that the mark names, those admitted by then; the others come with the entries after it. */
const OPEN_ADMISSIONS = `select ${COLUMNS} from json_each(?) as open cross join journal
  on kind = 'call.admitted' and call_id = open.value where journal.id <= ?`;

const ADMISSION = `select ${COLUMNS} from journal where kind = 'call.admitted' and call_id = ?`;

const TAIL = `select ${COLUMNS} from journal where id > ? and link_id is not null order by id`;

const LAST = `select id, at from journal order by id desc limit 1`;

/** Fills an empty memory. Throws when the journal contradicts itself, e.g. an outcome without an admission. */
export function replay(reader: StatementCache, memory: LinkMemory): Replayed {
  const { journalId: markId, openCallIds } = readMark(reader);
  memory.journalId = markId;
  const calls = new Map<string, OpenCall>();
  const missing = new Set(openCallIds);
  for (const row of reader.prepare(OPEN_ADMISSIONS).iterate(JSON.stringify(openCallIds), markId)) {
    const call = callFromRow(row, memory);
    calls.set(call.callId, call);
    missing.delete(call.callId);
  }
  for (const row of reader.prepare(TAIL).iterate(markId)) {
    if (row.kind === 'call.admitted') missing.delete(replayAdmission(row, calls, memory));
    // A call that ended after the mark's entry but before the mark was written is not named there.
    else replayOutcome(row, calls.get(row.call_id as string) ?? findAdmitted(row, reader, memory), memory);
    if (row.kind !== 'call.admitted') calls.delete(row.call_id as string);
  }
  for (const callId of missing) throw new Error(`the journal has lost the admission of call ${callId}`);
  const last = reader.prepare(LAST).get();
  const journalId = Number(last?.id ?? 0);
  memory.isRebuilt(journalId);
  return { calls, journalId, markId, lastAtMs: Number(last?.at ?? 0) };
}

type Row = Readonly<Record<string, unknown>>;

function findAdmitted({ id, call_id }: Row, reader: StatementCache, memory: LinkMemory): OpenCall {
  const admission = reader.prepare(ADMISSION).get(call_id as string);
  if (!admission) throw new Error(`journal entry ${id} is of a call that is not open: ${call_id}`);
  return callFromRow(admission, memory);
}

function callFromRow(row: Row, memory: LinkMemory): OpenCall {
  const leaf = memory.get(row.link_id as string);
  if (!leaf) throw new Error(`the journal names a link that does not exist: ${row.link_id}`);
  return {
    callId: row.call_id as string,
    grantId: row.grant_id as string | null,
    leaf,
    admittedAtMs: row.at as number,
    holdNanos: row.held_nanos as number,
    holdTokens: row.held_tokens as number,
  };
}

/** Returns the id of the call. */
function replayAdmission(row: Row, calls: Map<string, OpenCall>, memory: LinkMemory): string {
  const call = callFromRow(row, memory);
  const links = memory.withoutEntry(call.leaf, row.id as number);
  for (const { counters } of links) counters.rollTo(call.admittedAtMs);
  postAdmission(call, memory, links);
  calls.set(call.callId, call);
  return call.callId;
}

function replayOutcome(row: Row, call: OpenCall, memory: LinkMemory): void {
  const settled: Amounts = [
    row.settled_nanos as number,
    row.settled_requests as number,
    row.settled_tokens as number,
  ];
  const links = memory.withoutEntry(call.leaf, row.id as number);
  const post = row.kind === 'call.corrected' ? postCorrection : postOutcome;
  post(call, settled, row.at as number, memory, links);
}
