// Verifies the ledger of a data folder from its file alone, read-only, whether or not a broker runs on it: every chain, every balance
// against the newest checkpoint, the file's own structure. MUST NOT write or mend anything.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { holdsAnchor, readAnchor } from '../../store/sqlite/anchor.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import { StatementCache } from '../../store/sqlite/statement-cache.ts';
import { Counters } from '../rules/counters.ts';
import type { LedgerFault, LedgerReport } from '../verify/report.ts';
import { EntryWalk } from '../verify/verify-entries.ts';
import { type CheckpointMark, readMark } from './checkpoint.ts';

const JOURNAL = 'select * from journal order by id';

/** What was found in the folder's database. Throws with a sentence for people when there is none, or it cannot be read as one. */
export function verifyFile(dataDir: string): LedgerReport {
  const path = join(dataDir, 'valetkey.sqlite');
  if (!existsSync(path)) throw new Error(`There is no database in ${dataDir}. Name another with --data-dir.`);
  const database = openDatabase(path, 'read');
  try {
    // One snapshot for all that follows, though a broker may be writing.
    database.exec('begin');
    return verifySnapshot(database, dataDir);
  } finally {
    database.close();
  }
}

function verifySnapshot(database: DatabaseSync, dataDir: string): LedgerReport {
  const reader = new StatementCache(database);
  const walk = new EntryWalk(readParents(reader));
  let links = 0;
  try {
    checkStructure(database, walk);
    const checkpoints = new CheckpointComparison(reader, walk);
    checkpoints.compareHere();
    for (const row of reader.prepare(JOURNAL).iterate()) {
      walk.take(row);
      checkpoints.compareHere();
    }
    links = checkpoints.end();
    const anchor = readAnchor(dataDir);
    if (anchor && !holdsAnchor(reader, anchor)) walk.report(missing(anchor.journalId, 'was seen before'));
  } catch (error) {
    walk.report(fault(`The file cannot be read on: ${(error as Error).message}`));
  }
  const { entries, owners, rebuild, faults } = walk;
  return { entries, owners, calls: rebuild.calls, openCalls: rebuild.openCallIds.length, links, faults };
}

const readParents = (reader: StatementCache): Map<string, string | null> =>
  new Map(
    reader
      .prepare('select id, parent_id from links')
      .all()
      .map((row) => [String(row.id), row.parent_id as string | null]),
  );

const fault = (problem: string): LedgerFault => ({ entryId: null, ownerId: null, problem });

const missing = (entryId: number, why: string): LedgerFault => ({
  entryId,
  ownerId: null,
  problem: `${why} and is not in the journal: the newest entries were lost`,
});

function checkStructure(database: DatabaseSync, walk: EntryWalk): void {
  for (const row of database.prepare('pragma integrity_check(5)').all())
    if (row.integrity_check !== 'ok') walk.report(fault(`The file is damaged: ${row.integrity_check}`));
}

interface Checkpoint {
  readonly linkId: string;
  readonly journalId: number;
  readonly balances: string;
}

/** Compares each saved balance with the sums up to the entry that it was saved at. */
class CheckpointComparison {
  readonly #walk: EntryWalk;
  readonly #mark: CheckpointMark;
  readonly #savedAt: ReadonlyMap<string, number>;
  readonly #byEntry: Map<number, readonly Checkpoint[]>;

  constructor(reader: StatementCache, walk: EntryWalk) {
    const rows = reader.prepare('select * from checkpoints').all();
    const checkpoints = rows.map((row) => ({
      linkId: String(row.link_id),
      journalId: Number(row.journal_id),
      balances: String(row.balances),
    }));
    this.#walk = walk;
    this.#mark = readMark(reader);
    this.#savedAt = new Map(checkpoints.map(({ linkId, journalId }) => [linkId, journalId]));
    this.#byEntry = Map.groupBy(checkpoints, ({ journalId }) => journalId);
  }

  /** Compares what was saved at the entry that was taken last. */
  compareHere(): void {
    const { lastId, lastAtMs, rebuild } = this.#walk;
    for (const { linkId, balances } of this.#byEntry.get(lastId) ?? []) {
      const saved = Counters.parse(balances);
      const atMs = Math.max(saved.atMs, lastAtMs);
      if (saved.counters.format(atMs) === rebuild.countersOf(linkId, atMs).format(atMs)) continue;
      this.#walk.report(fault(`The balances saved of link ${linkId} are not the sums of its entries.`));
    }
    this.#byEntry.delete(lastId);
    if (lastId === this.#mark.journalId) this.#checkMark();
    if (lastId === this.#mark.openAtId) this.#checkOpenCalls();
  }

  /** Reports what was saved at entries that are not there. Returns how many balances there are. */
  end(): number {
    let beyond = Math.max(0, this.#mark.journalId, this.#mark.openAtId);
    for (const entryId of this.#byEntry.keys()) beyond = Math.max(beyond, entryId);
    if (beyond > this.#walk.lastId) this.#walk.report(missing(beyond, 'is named by a checkpoint'));
    return this.#savedAt.size;
  }

  /** A start reads entries after the mark only: all before MUST be in a saved balance. */
  #checkMark(): void {
    for (const [linkId, entryId] of this.#walk.rebuild.touchedAt)
      if ((this.#savedAt.get(linkId) ?? -1) < entryId)
        this.#walk.report(fault(`The balances of link ${linkId} were not saved with its last entries.`));
  }

  #checkOpenCalls(): void {
    const open = this.#walk.rebuild.openCallIds;
    if (this.#mark.openCallIds.toSorted().join() !== open.toSorted().join())
      this.#walk.report(fault('The checkpoint names other open calls than the journal.'));
  }
}
