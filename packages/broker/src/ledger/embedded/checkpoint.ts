// Checkpoints: the balances of links as they stood after a journal entry, and the calls that were open then. A start reads only the
// entries after the checkpoint; every other link's balance is its row here.

import type { SqlStatement } from '../../store/sqlite/messages.ts';
import type { StatementCache } from '../../store/sqlite/statement-cache.ts';
import { Counters } from '../rules/counters.ts';
import type { ResidentLink } from '../rules/resident-link.ts';

const MARK = 'ledger.checkpoint';

const SAVE_BALANCES = `insert into checkpoints (link_id, journal_id, balances) values (?, ?, ?)
  on conflict (link_id) do update set journal_id = excluded.journal_id, balances = excluded.balances`;

const SAVE_MARK = `insert into house (key, value) values ('${MARK}', ?)
  on conflict (key) do update set value = excluded.value`;

/** Up to where the checkpoints hold, and the calls that were admitted by then and had no outcome. */
export interface CheckpointMark {
  readonly journalId: number;
  readonly openCallIds: readonly string[];
}

/** The newest mark; that of an empty journal if there is none. */
export function readMark(reader: StatementCache): CheckpointMark {
  const row = reader.prepare('select value from house where key = ?').get(MARK);
  return row ? JSON.parse(row.value as string) : { journalId: 0, openCallIds: [] };
}

/** The counters of a link as its checkpoint has them; zero if it has none. */
export function readBalances(reader: StatementCache, linkId: string): Counters {
  const row = reader.prepare('select balances from checkpoints where link_id = ?').get(linkId);
  return row ? Counters.parse(row.balances as string).counters : new Counters();
}

/** The statements that save a mark and the balances of these links at `atMs`. MUST be one transaction. */
export function saveCheckpoint(
  mark: CheckpointMark,
  links: readonly ResidentLink[],
  atMs: number,
): SqlStatement[] {
  const saved = links.map(({ link, counters }) => ({
    sql: SAVE_BALANCES,
    parameters: [link.id, mark.journalId, counters.format(atMs)],
  }));
  return [...saved, { sql: SAVE_MARK, parameters: [JSON.stringify(mark)] }];
}
