// Keeps prepared statements by their text, so that a statement is parsed once and not at every use.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SqlResult, SqlStatement, SqlValue } from './messages.ts';

const MAX_STATEMENTS = 500;

/** Runs statements on one connection; the oldest prepared statement goes when there are more than 500. */
export class StatementCache {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Runs one statement. Throws SQLite's error. */
  run({ sql, parameters }: SqlStatement): SqlResult {
    const statement = this.prepare(sql);
    if (statement.columns().length > 0) {
      const rows = statement.all(...parameters).map((row) => ({ ...row }) as Record<string, SqlValue>);
      return { rows, changes: rows.length, insertId: null };
    }
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], changes, insertId: lastInsertRowid };
  }

  /** The statement, prepared now or before. */
  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    if (this.#statements.size >= MAX_STATEMENTS) {
      this.#statements.delete(this.#statements.keys().next().value as string);
    }
    this.#statements.set(sql, statement);
    return statement;
  }
}
