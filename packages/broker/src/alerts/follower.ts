// Follows the journals of the owners that were written for and raises alerts. Runs beside the gate, never in it. What is raised, what is to
// be sent and how far the journal was read are one transaction, decided by where the journal was read to: of any number of replicas one
// raises, and a crash loses nothing.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import { readLastSeq } from '../audit/find-seq.ts';
import type { WrittenOwners } from '../audit/written-owners.ts';
import { type Ambient, timedId } from '../clock.ts';
import type { Ledger } from '../ledger/contract.ts';
import type { Schema } from '../store/schema.ts';
import { type Noticed, THRESHOLDS, type Threshold } from './contract.ts';
import { fullLimits, type NoticedLimit } from './full-limits.ts';
import { noticedIn } from './notice.ts';
import { readEntries } from './read-entries.ts';

/** What the follower needs. */
export interface FollowerParts {
  readonly db: Kysely<Schema>;
  readonly ledger: Pick<Ledger, 'usedLimits'>;
  readonly ambient: Ambient;
  readonly written: WrittenOwners;
  /** Told when it begins to fail, and when it works again (null). MUST NOT throw. */
  readonly onChange: (error: Error | null) => void;
}

/** Numbers of entries that are read at once: about a millisecond of work. */
const RUN = 500;

/** Entries that said nothing are read again after a crash: so many at the most, so that not every look is a write. */
const UNWRITTEN = 2_000;

/** How far a journal was read: as written down, and by this process. */
interface Place {
  readonly writtenSeq: number;
  readonly seq: number;
  readonly thresholds: readonly Threshold[];
}

/** The settings of an owner as they are until changed. */
export const FIRST_SETTINGS = { seq: 0, thresholds: JSON.stringify(THRESHOLDS) };

/** See the head of this file. */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #seen = new Map<string, { readonly writtenSeq: number; readonly seq: number }>();
  #running: Promise<void> | null = null;
  #hasFailed = false;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /** Has every owner looked at next whose journal goes on after the last place written down: what another process has left, too. */
  async catchUp(): Promise<void> {
    const { db, written } = this.#parts;
    const { rows } = await sql<{ id: string }>`select "user".id from "user"
      left join alert_owners followed on followed.owner_id = "user".id
      where (select max(seq) from journal where owner_id = "user".id) > coalesce(followed.seq, 0)`.execute(
      db,
    );
    for (const { id } of rows) written.note(id);
  }

  /** Raises what was written since the last time. Never rejects; one at a time. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    const owners = this.#parts.written.take();
    try {
      for (let owner = owners.at(-1); owner !== undefined; owner = owners.at(-1)) {
        while (await this.#follow(owner));
        owners.pop();
      }
      if (this.#hasFailed) this.#parts.onChange(null);
      this.#hasFailed = false;
    } catch (error) {
      for (const owner of owners) this.#parts.written.note(owner);
      if (!this.#hasFailed) this.#parts.onChange(error as Error);
      this.#hasFailed = true;
    }
  }

  /** Reads on; whether there is more. */
  async #follow(ownerId: string): Promise<boolean> {
    const { db, ledger, ambient } = this.#parts;
    const place = await this.#place(ownerId);
    const head = await readLastSeq(db, ownerId);
    if (head <= place.seq) return false;
    const seq = Math.min(head, place.seq + RUN);
    const { entries, linkIds } = await readEntries(db, ownerId, place.seq, seq);
    const used = await ledger.usedLimits(linkIds);
    const noticed = entries.flatMap(noticedIn);
    const full = fullLimits(used, place.thresholds, ambient.now());
    const isQuiet = noticed.length + full.length === 0;
    if (isQuiet && seq - place.writtenSeq < UNWRITTEN) this.#seen.set(ownerId, { ...place, seq });
    else await this.#write(ownerId, place, seq, noticed, full);
    // Reads of the embedded database return at once: without this nobody else would have a turn until all is read.
    await nextTurn();
    // What is written meanwhile is noted, and read at the next look: not chased entry by entry beside the gate.
    return seq < head;
  }

  async #place(ownerId: string): Promise<Place> {
    const row = await this.#parts.db
      .selectFrom('alert_owners')
      .select(['seq', 'thresholds'])
      .where('owner_id', '=', ownerId)
      .executeTakeFirst();
    const { seq: writtenSeq, thresholds } = row ?? FIRST_SETTINGS;
    const seen = this.#seen.get(ownerId);
    // Another replica may have gone on: then what was read here counts for nothing.
    const seq = seen?.writtenSeq === writtenSeq ? seen.seq : writtenSeq;
    return { writtenSeq, seq, thresholds: JSON.parse(thresholds) as Threshold[] };
  }

  /** Writes all of it, or nothing where somebody else has gone on from the same place. */
  async #write(
    ownerId: string,
    { writtenSeq }: Place,
    seq: number,
    noticed: readonly Noticed[],
    full: readonly NoticedLimit[],
  ): Promise<void> {
    const { db, ambient } = this.#parts;
    this.#seen.delete(ownerId);
    const isWritten = await db.transaction().execute(async (transaction) => {
      const moved = await transaction
        .insertInto('alert_owners')
        .values({ ...FIRST_SETTINGS, owner_id: ownerId, seq })
        .onConflict((conflict) =>
          conflict.column('owner_id').doUpdateSet({ seq }).where('alert_owners.seq', '=', writtenSeq),
        )
        .returning('owner_id')
        .executeTakeFirst();
      if (!moved) return false;
      for (const each of noticed) await raise(transaction, ownerId, each, ambient);
      for (const each of full) {
        if (!(await isTold(transaction, ownerId, each.toldAs)))
          await raise(transaction, ownerId, each.noticed, ambient);
      }
      return true;
    });
    if (isWritten) this.#seen.set(ownerId, { writtenSeq: seq, seq });
  }
}

const isTold = async (db: Kysely<Schema>, ownerId: string, events: readonly string[]): Promise<boolean> => {
  const told = db.selectFrom('alerts').select('id').where('owner_id', '=', ownerId);
  return (await told.where('event', 'in', events).limit(1).executeTakeFirst()) !== undefined;
};

/** Raises it, to be sent wherever its owner wants; what was raised before only counts one more time. */
export const raise = async (
  transaction: Transaction<Schema>,
  ownerId: string,
  { event, kind, grantId, details, times, atMs }: Noticed,
  ambient: Ambient,
): Promise<void> => {
  const id = timedId(ambient, 'al_');
  const nowMs = ambient.now();
  const raised = await transaction
    .insertInto('alerts')
    .values({
      id,
      owner_id: ownerId,
      event,
      kind,
      grant_id: grantId,
      body: JSON.stringify(details),
      times,
      raised_at: nowMs,
      last_at: atMs,
      acknowledged_at: null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['owner_id', 'event'])
        .doUpdateSet({ times: sql<number>`alerts.times + ${times}`, last_at: atMs }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  if (raised.id !== id) return;
  const destinations = await transaction
    .selectFrom('alert_destinations')
    .select('id')
    .where('owner_id', '=', ownerId)
    .execute();
  for (const destination of destinations) {
    const delivery = {
      id: timedId(ambient, 'dl_'),
      owner_id: ownerId,
      alert_id: id,
      destination_id: destination.id,
      status: 'pending',
      attempts: 0,
      next_at: nowMs,
      problem: null,
      created_at: nowMs,
      ended_at: null,
    };
    await transaction.insertInto('alert_deliveries').values(delivery).execute();
  }
};
