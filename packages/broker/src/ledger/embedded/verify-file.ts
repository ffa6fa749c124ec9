// Verifies the ledger of a data folder from its file alone, read-only, whether or not a broker runs on it: every chain, every balance
// against the newest checkpoint, the file's own structure. MUST NOT write or mend anything.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { holdsAnchor, readAnchor } from '../../store/sqlite/anchor.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import { StatementCache } from '../../store/sqlite/statement-cache.ts';
import { Counters } from '../rules/counters.ts';
import type { LedgerReport } from '../verify/report.ts';
import { EntryWalk } from '../verify/verify-entries.ts';
import { readMark } from './checkpoint.ts';

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
    const mark = readMark(reader);
    for (const row of reader.prepare(JOURNAL).iterate()) {
      if (walk.lastId <= mark.journalId && Number(row.id) > mark.journalId) links = compare(reader, walk);
      walk.take(row);
    }
    if (walk.lastId <= mark.journalId) links = compare(reader, walk);
    const anchor = readAnchor(dataDir);
    if (anchor && !holdsAnchor(reader, anchor)) walk.report(missing(anchor.journalId, 'was seen before'));
  } catch (error) {
    const problem = `The file cannot be read on: ${(error as Error).message}`;
    walk.report({ entryId: null, ownerId: null, problem });
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

const missing = (entryId: number, why: string) => ({
  entryId,
  ownerId: null,
  problem: `${why} and is not in the journal: the newest entries were lost`,
});

function checkStructure(database: DatabaseSync, walk: EntryWalk): void {
  for (const row of database.prepare('pragma integrity_check(5)').all()) {
    const problem = `The file is damaged: ${row.integrity_check}`;
    if (row.integrity_check !== 'ok') walk.report({ entryId: null, ownerId: null, problem });
  }
}

/** Compares the balances so far with the checkpoint that stands at this place of the journal. Returns how many links it looked at. */
function compare(reader: StatementCache, walk: EntryWalk): number {
  const { rebuild } = walk;
  const mark = readMark(reader);
  if (mark.journalId > walk.lastId) walk.report(missing(mark.journalId, 'is named by the checkpoint'));
  if (mark.openCallIds.toSorted().join() !== rebuild.openCallIds.toSorted().join()) {
    const problem = 'The checkpoint names other open calls than the journal.';
    walk.report({ entryId: null, ownerId: null, problem });
  }
  const saved = new Map(
    reader
      .prepare('select link_id, balances from checkpoints')
      .all()
      .map((row) => [String(row.link_id), Counters.parse(String(row.balances))]),
  );
  let atMs = walk.lastAtMs;
  for (const checkpoint of saved.values()) atMs = Math.max(atMs, checkpoint.atMs);
  const linkIds = new Set([...saved.keys(), ...rebuild.linkIds]);
  for (const linkId of linkIds) {
    const stored = saved.get(linkId)?.counters ?? new Counters();
    stored.rollTo(atMs);
    if (stored.format(atMs) === rebuild.countersOf(linkId, atMs).format(atMs)) continue;
    const problem = `The balances of link ${linkId} at its checkpoint are not the sums of its entries.`;
    walk.report({ entryId: null, ownerId: null, problem });
  }
  return linkIds.size;
}
