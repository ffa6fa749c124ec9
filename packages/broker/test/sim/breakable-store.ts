// The durable state of a simulated ledger: one SQLite database in memory that outlives the ledgers opened over it. Commits are made to
// fail, to seem to fail, or to be the last thing a process did.

import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Kysely } from 'kysely';
import type { EmbeddedLedgerOptions } from '../../src/ledger/embedded/embedded-ledger.ts';
import { MIGRATIONS } from '../../src/store/migrations/list.ts';
import type { Schema } from '../../src/store/schema.ts';
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts';
import { JournalWriter } from '../../src/store/sqlite/journal-writer.ts';
import type { AppendBatch } from '../../src/store/sqlite/messages.ts';
import { StatementCache } from '../../src/store/sqlite/statement-cache.ts';
import { type SqliteWriter, StoreError } from '../../src/store/sqlite/writer.ts';
import { Random } from './random.ts';

/** `lost` writes nothing and fails, `in_doubt` writes and then fails; a crash ends the process before or after its commit. */
export type TroubleKind = 'lost' | 'in_doubt' | 'crash_before' | 'crash_after';

/** What happens to the commit after `afterCommits` more; a failure goes on for `attempts` commits in all. */
export interface Trouble {
  readonly kind: TroubleKind;
  readonly afterCommits: number;
  readonly attempts: number;
}

/** The store as one process has it. After the process crashed, whatever it asked for is never answered. */
export interface Life {
  readonly store: EmbeddedLedgerOptions['store'];
  readonly crashed: Promise<void>;
  readonly isDead: boolean;
}

const never = <Value>(): Promise<Value> => new Promise(() => {});

/** See the top of this file. */
export class BreakableStore {
  readonly database = new DatabaseSync(':memory:');
  readonly #reader = new StatementCache(this.database);
  readonly #latency: Random;
  #journal = new JournalWriter(this.database, this.#reader);
  #trouble: { kind: TroubleKind; afterCommits: number; attempts: number } | null = null;

  constructor(seed: number) {
    this.#latency = new Random(seed);
  }

  /** The tables of this release, to create and to read. */
  get db(): Kysely<Schema> {
    const writer = { run: async (statement) => this.#reader.run(statement) } as SqliteWriter;
    return new Kysely<Schema>({ dialect: sqliteDialect(writer, this.#reader, () => 0) });
  }

  /** Creates the tables of this release. */
  async migrate(): Promise<void> {
    for (const { up } of MIGRATIONS) await up(this.db);
  }

  arm(trouble: Trouble): void {
    this.#trouble = { ...trouble };
  }

  /** Ends the trouble that is armed or under way. */
  disarm(): void {
    this.#trouble = null;
  }

  /** Opens the store for a new process. */
  openLife(): Life {
    const crash = Promise.withResolvers<void>();
    let isDead = false;
    const append = async (batch: AppendBatch): Promise<number> => {
      for (let turns = this.#latency.upTo(2); turns > 0; turns -= 1) await nextTurn();
      const trouble = isDead ? null : this.#due();
      if (trouble === 'lost') throw new StoreError('disk I/O error', 10);
      const id = isDead || trouble === 'crash_before' ? 0 : this.#append(batch);
      if (trouble === 'in_doubt') throw new StoreError('disk I/O error', 10);
      if (trouble !== null) {
        isDead = true;
        crash.resolve();
      }
      return isDead ? never() : id;
    };
    const restart = async () => {
      this.#journal = new JournalWriter(this.database, this.#reader);
    };
    return {
      store: { reader: this.#reader, writer: { append, restart } },
      crashed: crash.promise,
      get isDead() {
        return isDead;
      },
    };
  }

  /** Fails as the writing thread reports it. */
  #append(batch: AppendBatch): number {
    try {
      return this.#journal.append(batch);
    } catch (error) {
      throw new StoreError((error as Error).message, (error as { errcode?: number }).errcode ?? null);
    }
  }

  #due(): TroubleKind | null {
    const trouble = this.#trouble;
    if (trouble === null) return null;
    if (trouble.afterCommits > 0) {
      trouble.afterCommits -= 1;
      return null;
    }
    trouble.attempts -= 1;
    if (trouble.attempts <= 0) this.#trouble = null;
    return trouble.kind;
  }
}
