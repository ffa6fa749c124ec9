// Appends batches to the journal and chains each owner's entries. Runs in the worker thread. MUST NOT change an entry once written.

import type { DatabaseSync } from 'node:sqlite';
import { type EntryColumns, genesisHash, hashEntry } from '../../audit/hash-entry.ts';
import { type AppendBatch, ENTRY_COLUMNS } from './messages.ts';
import type { StatementCache } from './statement-cache.ts';

const MAX_HEADS = 100_000;

const INSERT = `insert into journal (${ENTRY_COLUMNS.join(', ')}, at, seq, hash)
  values (${ENTRY_COLUMNS.map(() => '?').join(', ')}, ?, ?, ?)`;

interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** Writes batches, each in one transaction. Remembers the last entry of the owners it has seen. */
export class JournalWriter {
  readonly #database: DatabaseSync;
  readonly #statements: StatementCache;
  readonly #heads = new Map<string, Head>();

  constructor(database: DatabaseSync, statements: StatementCache) {
    this.#database = database;
    this.#statements = statements;
  }

  /** Writes the batch durably, all of it or nothing. Returns the id of the journal's last entry, 0 if there is none. */
  append(batch: AppendBatch): number {
    this.#statements.prepare('begin immediate').run();
    try {
      for (const statement of batch.statements) this.#statements.run(statement);
      let lastId: number | bigint | null = null;
      for (let start = 0; start < batch.entries.length; start += ENTRY_COLUMNS.length) {
        lastId = this.#appendEntry(batch.entries.slice(start, start + ENTRY_COLUMNS.length), batch.atMs);
      }
      lastId ??= this.#readLastId();
      this.#statements.prepare('commit').run();
      if (this.#heads.size > MAX_HEADS) this.#heads.clear();
      return Number(lastId);
    } catch (error) {
      this.#heads.clear();
      if (this.#database.isTransaction) this.#database.exec('rollback');
      throw error;
    }
  }

  #readLastId(): number {
    return Number(this.#statements.prepare('select max(id) as id from journal').get()?.id ?? 0);
  }

  #appendEntry(values: (string | number | null)[], atMs: number): number | bigint {
    const ownerId = values[0] as string;
    const head = this.#heads.get(ownerId) ?? this.#readHead(ownerId);
    const seq = head.seq + 1;
    const hash = hashEntry(head.hash, seq, atMs, values as unknown as EntryColumns);
    const { lastInsertRowid } = this.#statements.prepare(INSERT).run(...values, atMs, seq, hash);
    this.#heads.set(ownerId, { seq, hash });
    return lastInsertRowid;
  }

  #readHead(ownerId: string): Head {
    const row = this.#statements
      .prepare('select seq, hash from journal where owner_id = ? order by seq desc limit 1')
      .get(ownerId);
    return row ? { seq: Number(row.seq), hash: String(row.hash) } : { seq: 0, hash: genesisHash(ownerId) };
  }
}
