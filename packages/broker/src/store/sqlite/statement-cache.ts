// Keeps prepared statements by their text, so that a statement is parsed once and not at every use.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SqlResult, SqlStatement, SqlValue } from './messages.ts';

const MAX_STATEMENTS = 500;

/** Whether it returns rows is asked once: SQLite answers with a description of every column, which costs as much as a read. */
interface Prepared {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

/** Runs statements on one connection; the oldest prepared statement goes when there are more than 500. */
export class StatementCache {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Runs one statement. Throws SQLite's error. */
  run({ sql, parameters }: SqlStatement): SqlResult {
    const { statement, returnsRows } = this.#find(sql);
    if (returnsRows) {
      const rows = statement.all(...parameters).map((row) => ({ ...row }) as Record<string, SqlValue>);
      return { rows, changes: rows.length, insertId: null };
    }
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], changes, insertId: lastInsertRowid };
  }

  /** The statement, prepared now or before. */
  prepare(sql: string): StatementSync {
    return this.#find(sql).statement;
  }

  #find(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    if (this.#prepared.size >= MAX_STATEMENTS) {
      this.#prepared.delete(this.#prepared.keys().next().value as string);
    }
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}
