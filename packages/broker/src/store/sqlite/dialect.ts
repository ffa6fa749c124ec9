// Kysely on node:sqlite: writes and transactions go to the worker thread, plain reads to the main thread's read-only connection, which
// in WAL mode sees everything that is committed. A walk through many rows MUST NOT keep the event loop to itself: requests wait in it.

import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { SqlResult, SqlStatement, SqlValue } from './messages.ts';
import type { StatementCache } from './statement-cache.ts';
import type { SqliteWriter, WriteTransaction } from './writer.ts';

/** How long reads may follow each other before everybody else has a turn: about as long as what one turn brings in requests. */
const READING_MS = 5;

/** Kysely's dialect over the store's two connections; by `now` long reads give way to others. */
export const sqliteDialect = (writer: SqliteWriter, reader: StatementCache, now: () => number): Dialect => ({
  createAdapter: () => new ConcurrentSqliteAdapter(),
  createDriver: () => new WorkerDriver(writer, new PoliteReader(reader, now)),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
});

/** Lets reads go on while a transaction is open; the writer keeps the transactions apart. */
class ConcurrentSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** Reads that answer at once would follow each other without end: the promises between them let no timer and no socket through. */
class PoliteReader {
  readonly #reader: StatementCache;
  readonly #now: () => number;
  #readMs = 0;

  constructor(reader: StatementCache, now: () => number) {
    this.#reader = reader;
    this.#now = now;
  }

  async run(statement: SqlStatement): Promise<SqlResult> {
    if (this.#readMs > READING_MS) {
      this.#readMs = 0;
      await nextTurn();
    }
    const startedAtMs = this.#now();
    try {
      return this.#reader.run(statement);
    } finally {
      // A clock that was set back meanwhile MUST NOT make the next reads impolite.
      this.#readMs += Math.max(0, this.#now() - startedAtMs);
    }
  }
}

class WorkerDriver implements Driver {
  readonly #writer: SqliteWriter;
  readonly #reader: PoliteReader;

  constructor(writer: SqliteWriter, reader: PoliteReader) {
    this.#writer = writer;
    this.#reader = reader;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<WorkerConnection> {
    return new WorkerConnection(this.#writer, this.#reader);
  }

  async beginTransaction(connection: WorkerConnection): Promise<void> {
    connection.transaction = await this.#writer.begin();
  }

  async commitTransaction(connection: WorkerConnection): Promise<void> {
    await connection.transaction?.commit();
  }

  async rollbackTransaction(connection: WorkerConnection): Promise<void> {
    await connection.transaction?.rollback();
  }

  async releaseConnection(connection: WorkerConnection): Promise<void> {
    connection.transaction = null;
  }

  async destroy(): Promise<void> {}
}

class WorkerConnection implements DatabaseConnection {
  readonly #writer: SqliteWriter;
  readonly #reader: PoliteReader;
  transaction: WriteTransaction | null = null;

  constructor(writer: SqliteWriter, reader: PoliteReader) {
    this.#writer = writer;
    this.#reader = reader;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const result = await this.#run(query);
    return {
      rows: result.rows as Row[],
      numAffectedRows: BigInt(result.changes),
      ...(result.insertId !== null && { insertId: BigInt(result.insertId) }),
    };
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    yield await this.executeQuery<Row>(query);
  }

  async #run(query: CompiledQuery): Promise<SqlResult> {
    const statement: SqlStatement = { sql: query.sql, parameters: query.parameters as readonly SqlValue[] };
    if (this.transaction) return this.transaction.run(statement);
    return SelectQueryNode.is(query.query) ? this.#reader.run(statement) : this.#writer.run(statement);
  }
}
