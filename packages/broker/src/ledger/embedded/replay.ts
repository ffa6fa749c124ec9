// Builds memory from the store: the newest checkpoint, then the journal entries after it. Used at every start and whenever a failed
// commit leaves memory in doubt.

import type { StatementCache } from '../../store/sqlite/statement-cache.ts';
import type { Amounts } from '../rules/counters.ts';
import { type OpenCall, postAdmission, postOutcome } from '../rules/open-calls.ts';
import { readMark } from './checkpoint.ts';
import type { LinkMemory } from './link-memory.ts';

/** Where the journal stood when memory was built. */
export interface Replayed {
  readonly calls: Map<string, OpenCall>;
  readonly journalId: number;
  readonly lastAtMs: number;
  /** The entry up to which the checkpoint holds. */
  readonly checkpointId: number;
}

const ADMISSION = `select * from journal where kind = 'call.admitted' and call_id = ?`;

const TAIL = `select * from journal where id > ? and link_id is not null order by id`;

const LAST = `select id, at from journal order by id desc limit 1`;

/** Fills an empty memory. Throws when the journal contradicts itself, e.g. an outcome without an admission. */
export function replay(reader: StatementCache, memory: LinkMemory): Replayed {
  const mark = readMark(reader);
  const calls = new Map<string, OpenCall>();
  for (const callId of mark.openCallIds) {
    const row = reader.prepare(ADMISSION).get(callId);
    if (!row) throw new Error(`the journal has lost the admission of call ${callId}`);
    calls.set(callId, callFromRow(row, memory));
  }
  for (const row of reader.prepare(TAIL).iterate(mark.journalId)) replayEntry(row, calls, memory);
  const last = reader.prepare(LAST).get();
  return {
    calls,
    journalId: Number(last?.id ?? 0),
    checkpointId: mark.journalId,
    lastAtMs: Number(last?.at ?? 0),
  };
}

type Row = Readonly<Record<string, unknown>>;

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

function replayEntry(row: Row, calls: Map<string, OpenCall>, memory: LinkMemory): void {
  if (row.kind === 'call.admitted') {
    const call = callFromRow(row, memory);
    for (const { counters } of call.leaf.path) counters.rollTo(call.admittedAtMs);
    postAdmission(call, memory);
    calls.set(call.callId, call);
    return;
  }
  const call = calls.get(row.call_id as string);
  if (!call)
    throw new Error(`journal entry ${row.id} is the outcome of a call that is not open: ${row.call_id}`);
  const settled: Amounts = [
    row.settled_nanos as number,
    row.settled_requests as number,
    row.settled_tokens as number,
  ];
  postOutcome(call, settled, row.at as number, memory);
  calls.delete(call.callId);
}
