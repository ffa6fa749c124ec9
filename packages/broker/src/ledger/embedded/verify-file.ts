// Verifies the ledger of a data folder from its file alone, read-only, whether or not a broker runs on it: every chain, every balance
// against the newest checkpoint, the file's own structure. MUST NOT write or mend anything.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { joinRemovals, parseRemoval, REMOVAL, type Removal } from '../../audit/removal.ts';
import { CHANGES } from '../../store/migrations/0011-journal-changes.ts';
import { holdsAnchor, readAnchor } from '../../store/sqlite/anchor.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import { StatementCache } from '../../store/sqlite/statement-cache.ts';
import { Counters } from '../rules/counters.ts';
import type { LedgerFault, LedgerReport } from '../verify/report.ts';
import { EntryWalk, type OwnersRemoval } from '../verify/verify-entries.ts';
import { type CheckpointMark, readMark } from './checkpoint.ts';

const JOURNAL = 'select * from journal order by id';
const REMOVED_OWNERS = `select distinct owner_id from journal where kind = '${REMOVAL}' and ${CHANGES}`;
const REMOVALS = `select body from journal where owner_id = ? and kind = '${REMOVAL}' and ${CHANGES} order by seq`;
const GAPS = 'select owner_id, from_seq, to_seq, hash from journal_gaps';

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
  const removals = readRemovals(reader);
  const walk = new EntryWalk(readParents(reader), removals);
  let links = 0;
  try {
    checkStructure(database, walk);
    const checkpoints = new CheckpointComparison(reader, walk);
    for (const row of reader.prepare(JOURNAL).iterate()) {
      checkpoints.compareUpTo(Number(row.id) - 1);
      walk.take(row);
    }
    links = checkpoints.end();
    walk.end();
    checkGaps(reader, removals, walk);
    const anchor = readAnchor(dataDir);
    if (anchor && !holdsAnchor(reader, anchor)) walk.report(missing(anchor.journalId, 'was seen before'));
  } catch (error) {
    walk.report(fault(`The file cannot be read on: ${(error as Error).message}`));
  }
  return walk.toReport(links);
}

/** What a broker that never removed anything left has no table of gaps. */
const hasGaps = (reader: StatementCache): boolean =>
  reader.prepare(`select name from sqlite_schema where name = 'journal_gaps'`).get() !== undefined;

function* eachRemoval(reader: StatementCache, ownerId: string): Generator<Removal> {
  for (const { body } of reader.prepare(REMOVALS).iterate(ownerId)) {
    const removal = parseRemoval(String(body));
    if (removal) yield removal;
  }
}

/** What each owner's entries name as removed. */
const readRemovals = (reader: StatementCache): readonly OwnersRemoval[] =>
  reader
    .prepare(REMOVED_OWNERS)
    .all()
    .map((row) => {
      const ownerId = String(row.owner_id);
      return { ...joinRemovals(eachRemoval(reader, ownerId)), ownerId };
    });

/** The table of gaps MUST say what the entries say: exports and starts go by it. */
function checkGaps(reader: StatementCache, removals: readonly OwnersRemoval[], walk: EntryWalk): void {
  const named = removals.flatMap(({ ownerId, gaps }) =>
    gaps.map(({ from, to, hash }) => [ownerId, from, to, hash]),
  );
  const rows = hasGaps(reader)
    ? reader
        .prepare(GAPS)
        .all()
        .map((row) => Object.values(row))
    : [];
  const sorted = (gaps: readonly unknown[][]) =>
    gaps
      .map((gap) => JSON.stringify(gap))
      .toSorted()
      .join();
  if (sorted(named) !== sorted(rows))
    walk.report(fault('The table of gaps in the journal does not say what its entries say.'));
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

/** Counters to be compared. Windows that began before calls were removed are left out: only `total`, which begins at 0, still counts them. */
const textOf = (counters: Counters, removedUntilMs: number): string => {
  const { openCalls, held, settled } = counters;
  const isKnown = (_: number, kind: number) =>
    counters.startMs(kind) === 0 || counters.startMs(kind) >= removedUntilMs;
  return JSON.stringify([openCalls, held, settled.filter(isKnown)]);
};

/** Compares each saved balance with the sums up to the entry that it was saved at. */
class CheckpointComparison {
  readonly #walk: EntryWalk;
  readonly #mark: CheckpointMark;
  readonly #savedAt: ReadonlyMap<string, number>;
  /** By their entries, the last first. */
  readonly #waiting: Checkpoint[];
  #isMarkChecked = false;
  #areCallsChecked = false;

  constructor(reader: StatementCache, walk: EntryWalk) {
    const rows = reader.prepare('select * from checkpoints').all();
    const checkpoints = rows.map((row) => ({
      linkId: String(row.link_id),
      journalId: Number(row.journal_id),
      balances: String(row.balances),
    }));
    this.#waiting = checkpoints.sort((a, b) => b.journalId - a.journalId);
    this.#walk = walk;
    this.#mark = readMark(reader);
    this.#savedAt = new Map(this.#waiting.map(({ linkId, journalId }) => [linkId, journalId]));
  }

  /** Compares what was saved at entries up to `id`, which is the one that was taken last, or one after it that is not there. */
  compareUpTo(id: number): void {
    const waiting = this.#waiting;
    for (let next = waiting.at(-1); next && next.journalId <= id; next = waiting.at(-1)) {
      this.#compare(next);
      waiting.pop();
    }
    if (!this.#isMarkChecked && this.#mark.journalId <= id) this.#checkMark();
    if (!this.#areCallsChecked && this.#mark.openAtId <= id) this.#checkOpenCalls();
  }

  /** Reports what was saved at entries that are not there. Returns how many balances there are. */
  end(): number {
    const { lastId } = this.#walk;
    this.compareUpTo(lastId);
    const beyond = Math.max(0, this.#mark.journalId, this.#mark.openAtId, this.#waiting[0]?.journalId ?? 0);
    if (beyond > lastId) this.#walk.report(missing(beyond, 'is named by a checkpoint'));
    return this.#savedAt.size;
  }

  #compare({ linkId, balances }: Checkpoint): void {
    const { lastAtMs, rebuild } = this.#walk;
    const saved = Counters.parse(balances);
    const atMs = Math.max(saved.atMs, lastAtMs);
    const untilMs = rebuild.removedUntilOf(linkId);
    saved.counters.rollTo(atMs);
    if (textOf(saved.counters, untilMs) === textOf(rebuild.countersOf(linkId, atMs), untilMs)) return;
    this.#walk.report(fault(`The balances saved of link ${linkId} are not the sums of its entries.`));
  }

  /** A start reads entries after the mark only: all before MUST be in a saved balance. */
  #checkMark(): void {
    this.#isMarkChecked = true;
    for (const [linkId, entryId] of this.#walk.rebuild.touchedAt)
      if ((this.#savedAt.get(linkId) ?? -1) < entryId)
        this.#walk.report(fault(`The balances of link ${linkId} were not saved with its last entries.`));
  }

  #checkOpenCalls(): void {
    this.#areCallsChecked = true;
    const open = this.#walk.rebuild.openCallIds;
    if (this.#mark.openCallIds.toSorted().join() !== open.toSorted().join())
      this.#walk.report(fault('The checkpoint names other open calls than the journal.'));
  }
}
