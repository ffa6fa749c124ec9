// Kysely on node:sqlite: writes and transactions go to the worker thread, plain reads to the main thread's read-only connection, which
// in WAL mode sees everything that is committed.

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

/** Kysely's dialect over the store's two connections. */
export const sqliteDialect = (writer: SqliteWriter, reader: StatementCache): Dialect => ({
  createAdapter: () => new ConcurrentSqliteAdapter(),
  createDriver: () => new WorkerDriver(writer, reader),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
});

/** Lets reads go on while a transaction is open; the writer keeps the transactions apart. */
class ConcurrentSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class WorkerDriver implements Driver {
  readonly #writer: SqliteWriter;
  readonly #reader: StatementCache;

  constructor(writer: SqliteWriter, reader: StatementCache) {
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
  readonly #reader: StatementCache;
  transaction: WriteTransaction | null = null;

  constructor(writer: SqliteWriter, reader: StatementCache) {
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
