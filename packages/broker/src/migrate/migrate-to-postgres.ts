// Moves a house from the embedded database to PostgreSQL: recovers what was open, verifies the source, copies, derives the balances from
// the copied journal, and verifies the copy. The source is read and never changed but for its recovery; a run that broke off is repeated.

import { type Kysely, sql } from 'kysely';
import { readRemovals } from '../audit/read-removals.ts';
import { type Ambient, systemAmbient } from '../clock.ts';
import { openEmbeddedLedger } from '../ledger/embedded/embedded-ledger.ts';
import type { LedgerReport } from '../ledger/verify/report.ts';
import { EntryWalk } from '../ledger/verify/verify-entries.ts';
import { openStore } from '../store/open-store.ts';
import { openPostgresStore } from '../store/postgres/open-postgres-store.ts';
import type { Schema } from '../store/schema.ts';
import { copyJournal, copyTables, insertRows } from './copy-tables.ts';

/** What to move where. */
export interface MigrateOptions {
  readonly dataDir: string;
  /** `postgres://...`; MUST be empty, or hold what an earlier run for the same source left. */
  readonly url: string;
  readonly ambient?: Ambient;
}

/** What was moved, and that both sides add up to the same. */
export interface MigrateReport extends Pick<LedgerReport, 'entries' | 'owners' | 'calls' | 'links'> {
  readonly rows: Readonly<Record<string, number>>;
  /** Journal entries that this run copied; fewer than `entries` when an earlier one had copied some. */
  readonly copiedEntries: number;
}

const PAGE = 1000;

const readParents = async (db: Kysely<Schema>): Promise<Map<string, string | null>> => {
  const links = await db.selectFrom('links').select(['id', 'parent_id']).execute();
  return new Map(links.map(({ id, parent_id }) => [id, parent_id]));
};

const assertWhole = (walk: EntryWalk, which: string): void => {
  walk.end();
  const [fault] = walk.faults;
  if (fault)
    throw new Error(
      `The ledger of the ${which} does not add up: entry ${fault.entryId} ${fault.problem}. Nothing more was moved.`,
    );
  const [open] = walk.rebuild.openCallIds;
  if (open) throw new Error(`Call ${open} of the ${which} has no outcome. Nothing more was moved.`);
};

/** An earlier run leaves the same first entry; anything else in the target belongs to somebody else. */
const assertTargetFits = async (source: Kysely<Schema>, target: Kysely<Schema>): Promise<void> => {
  const first = (db: Kysely<Schema>) =>
    db.selectFrom('journal').select('hash').orderBy('id').limit(1).executeTakeFirst();
  const count = (db: Kysely<Schema>) =>
    db
      .selectFrom('journal')
      .select((e) => e.fn.max('id').as('id'))
      .executeTakeFirst();
  const [ours, theirs] = [await first(source), await first(target)];
  if (theirs === undefined) return;
  const [length, found] = [Number((await count(source))?.id), Number((await count(target))?.id)];
  if (ours?.hash !== theirs.hash || found > length) {
    throw new Error(
      'The PostgreSQL database holds another house, or has gone on since it was moved here. Name an empty one.',
    );
  }
};

const journalOf = async (db: Kysely<Schema>, walk: EntryWalk): Promise<void> => {
  for (;;) {
    const rows = await db
      .selectFrom('journal')
      .selectAll()
      .where('id', '>', walk.lastId)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    for (const row of rows) walk.take({ ...row });
    if (rows.length < PAGE) return;
  }
};

/** The two tables that the engine on PostgreSQL decides by: where each owner's chain ends, and what each link has settled. */
const deriveBalances = async (target: Kysely<Schema>, { rebuild, lastAtMs }: EntryWalk): Promise<void> => {
  await sql`delete from balances`.execute(target);
  await sql`delete from ledger_owners`.execute(target);
  await sql`insert into ledger_owners (owner_id, revision, seq, hash, at)
    select distinct on (owner_id) owner_id, 1, seq, hash, at from journal order by owner_id, seq desc`.execute(
    target,
  );
  const links = await target.selectFrom('links').select(['id', 'owner_id']).orderBy('id').execute();
  for (let from = 0; from < links.length; from += PAGE) {
    const balances = links.slice(from, from + PAGE).map(({ id, owner_id }) => ({
      link_id: id,
      owner_id,
      counters: rebuild.countersOf(id, lastAtMs).format(lastAtMs),
    }));
    await insertRows(target, 'balances', balances);
  }
};

/** Opens the source once as a broker would, so that calls of a broker that was killed have their outcome. */
const openRecovered = async (dataDir: string, ambient: Ambient) => {
  const store = await openStore({ dataDir, ambient });
  const ledger = await openEmbeddedLedger({ store, ambient });
  await ledger.close();
  return store;
};

/** Moves the house. Throws with a sentence for people, without the url, when anything does not add up. */
export const migrateToPostgres = async ({
  dataDir,
  url,
  ambient = systemAmbient,
}: MigrateOptions): Promise<MigrateReport> => {
  const source = await openRecovered(dataDir, ambient);
  try {
    const target = await openPostgresStore({ url, ambient });
    try {
      await assertTargetFits(source.db, target.db);
      const parents = await readParents(source.db);
      const before = new EntryWalk(parents, await readRemovals(source.db, null));
      const rows = await copyTables(source.db, target.db);
      const copiedEntries = await copyJournal(source.db, target.db, (row) => before.take(row));
      assertWhole(before, 'data folder');
      await deriveBalances(target.db, before);
      const after = new EntryWalk(await readParents(target.db), await readRemovals(target.db, null));
      await journalOf(target.db, after);
      assertWhole(after, 'PostgreSQL database');
      if (after.entries !== before.entries)
        throw new Error('The PostgreSQL database has other entries than the data folder.');
      return {
        entries: after.entries,
        owners: after.owners,
        calls: after.rebuild.calls,
        links: parents.size,
        rows,
        copiedEntries,
      };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
};
