// Checkpoints: the balances of links, each as it stood after a journal entry of its own, and a mark before which nothing has to be read
// again. They are written a few at a time, with the batches of calls, so that no moment has to stop for all of them.

import type { SqlStatement } from '../../store/sqlite/messages.ts';
import type { StatementCache } from '../../store/sqlite/statement-cache.ts';
import type { ResidentLink } from '../rules/resident-link.ts';

const MARK = 'ledger.checkpoint';

/** The last entry once this transaction is done: entries are written after these statements, in the same one. */
const LAST_ID = '(select coalesce(max(id), 0) from journal) + ?';

const SAVE_BALANCES = `insert into checkpoints (link_id, journal_id, balances)
  select key, ${LAST_ID}, value from json_each(?) where true
  on conflict (link_id) do update set journal_id = excluded.journal_id, balances = excluded.balances`;

const SAVE_MARK = `insert into house (key, value)
  values ('${MARK}', json_object('journalId', ?, 'openAtId', ${LAST_ID}, 'openCallIds', json(?)))
  on conflict (key) do update set value = excluded.value`;

/** From where the journal has to be read again. */
export interface CheckpointMark {
  /** Every balance that an entry up to this one has changed is saved as of this entry or a later one. */
  readonly journalId: number;
  /** The calls that had no outcome after the entry `openAtId`, which is `journalId` or a later one. */
  readonly openAtId: number;
  readonly openCallIds: readonly string[];
}

/** The newest mark; that of an empty journal if there is none. */
export function readMark(reader: StatementCache): CheckpointMark {
  const row = reader.prepare('select value from house where key = ?').get(MARK);
  return row ? JSON.parse(row.value as string) : { journalId: 0, openAtId: 0, openCallIds: [] };
}

/** Saves the balances of these links at `atMs`, in the transaction that writes the `entries` entries they already count. */
export function saveBalances(links: readonly ResidentLink[], entries: number, atMs: number): SqlStatement {
  const saved = links.map(({ link, counters }) => `${JSON.stringify(link.id)}:${counters.format(atMs)}`);
  return { sql: SAVE_BALANCES, parameters: [entries, `{${saved.join()}}`] };
}

/** Saves a mark at `journalId`, with the calls that are open once the `entries` entries of this transaction are written. */
export function saveMark(journalId: number, openCallIds: Iterable<string>, entries: number): SqlStatement {
  return { sql: SAVE_MARK, parameters: [journalId, entries, JSON.stringify([...openCallIds])] };
}
