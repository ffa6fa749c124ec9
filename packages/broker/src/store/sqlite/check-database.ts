// What is looked at before a database is served: its structure, the newest part of its chains, and that nothing that was seen in it is
// gone. Cheap, so that a start stays quick; `valetkey ledger verify` looks at everything. MUST NOT mend: a repair could give money back.

import { type ChainHead, genesisHead, type JournalEntry, nextHead } from '../../audit/verify-journal.ts';
import { holdsAnchor, readAnchor } from './anchor.ts';
import type { StatementCache } from './statement-cache.ts';

/** Up to this size the whole structure is checked, which takes about a second. */
const MOST_CHECKED_BYTES = 256 * 1024 * 1024;
const TAIL_ENTRIES = 5000;

const TAIL = `select * from (select * from journal order by id desc limit ${TAIL_ENTRIES}) order by id`;
const BEFORE = 'select seq, hash from journal where owner_id = ? and seq = ?';
const GAP_BEFORE = `select to_seq as seq, hash from journal_gaps where owner_id = ? and from_seq <= ?
  order by from_seq desc limit 1`;

const WHAT_TO_DO =
  'Nothing was changed. Put the missing files back or restore a backup, then run: valetkey ledger verify';

/** Throws with a sentence for people when the database of this folder must not be served. */
export function checkDatabase(dataDir: string, reader: StatementCache): void {
  let problem: string | null;
  try {
    problem = checkStructure(reader) ?? checkAnchor(dataDir, reader) ?? checkTail(reader);
  } catch (error) {
    problem = `it cannot be read: ${(error as Error).message}`;
  }
  if (problem) throw new Error(`The database in ${dataDir} is damaged: ${problem}. ${WHAT_TO_DO}`);
}

/** Not so in a database that was just made, and of later tables in one that an older release made. */
const hasTable = (reader: StatementCache, name: string): boolean =>
  reader.prepare('select name from sqlite_schema where name = ?').get(name) !== undefined;

const pragma = (reader: StatementCache, name: string): unknown =>
  Object.values(reader.prepare(`pragma ${name}`).get() ?? {})[0];

function checkStructure(reader: StatementCache): string | null {
  const bytes = Number(pragma(reader, 'page_count')) * Number(pragma(reader, 'page_size'));
  if (bytes > MOST_CHECKED_BYTES) return null;
  const found = String(pragma(reader, 'quick_check(1)'));
  return found === 'ok' ? null : found.replaceAll('\n', ' ');
}

function checkAnchor(dataDir: string, reader: StatementCache): string | null {
  const anchor = readAnchor(dataDir);
  if (!anchor || (hasTable(reader, 'journal') && holdsAnchor(reader, anchor))) return null;
  return (
    `journal entry ${anchor.journalId} was in it before and is not now. Was valetkey.sqlite-wal cut off or left behind, or an old ` +
    'backup put in its place? If that backup is to be served, delete valetkey.anchor'
  );
}

function checkTail(reader: StatementCache): string | null {
  if (!hasTable(reader, 'journal')) return null;
  const heads = new Map<string, ChainHead>();
  for (const row of reader.prepare(TAIL).iterate() as Iterable<JournalEntry>) {
    const [ownerId, seq] = [String(row.owner_id), Number(row.seq)];
    const known = heads.get(ownerId);
    const head = known?.seq === seq - 1 ? known : headBefore(reader, ownerId, seq);
    const next = nextHead(ownerId, head, row);
    // Whatever the last one was, this one has to be later.
    if (!next.ok || (known && seq <= known.seq))
      return `journal entry ${row.id} does not follow from the one before it`;
    heads.set(ownerId, next.value);
  }
  return null;
}

/** The entry before, or the end of the gap where old calls were; whether an entry names that is for `valetkey ledger verify` to find. */
function headBefore(reader: StatementCache, ownerId: string, seq: number): ChainHead {
  const isBefore = (row: { readonly seq?: unknown } | undefined) => row?.seq === seq - 1;
  const row = [
    reader.prepare(BEFORE).get(ownerId, seq - 1),
    hasTable(reader, 'journal_gaps') ? reader.prepare(GAP_BEFORE).get(ownerId, seq - 1) : undefined,
  ].find(isBefore);
  return row ? { seq: seq - 1, hash: String(row.hash) } : genesisHead(ownerId);
}
