// What the main thread and the store's worker thread say to each other. Requests are answered one by one, in order.

/** A value that SQLite stores as it is. */
export type SqlValue = string | number | bigint | null | Uint8Array;

/** A statement with its parameters. */
export interface SqlStatement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** What a statement did: the rows it returned, or how many it changed. */
export interface SqlResult {
  readonly rows: readonly Record<string, SqlValue>[];
  readonly changes: number | bigint;
  readonly insertId: number | bigint | null;
}

/** Columns of one entry in `AppendBatch.entries`, in this order. */
export const ENTRY_COLUMNS = [
  'owner_id',
  'kind',
  'call_id',
  'grant_id',
  'link_id',
  'held_nanos',
  'settled_nanos',
  'held_tokens',
  'settled_tokens',
  'held_requests',
  'settled_requests',
  'body',
] as const;

/** One transaction: the statements in order, then the journal entries. */
export interface AppendBatch {
  readonly atMs: number;
  readonly statements: readonly SqlStatement[];
  /** All entries in one flat array, `ENTRY_COLUMNS.length` values each: it crosses the thread boundary far faster than objects. */
  readonly entries: readonly (string | number | null)[];
}

/** The database file of a worker, and how it writes; `scratch` does not wait for the disk. */
export interface WriterFile {
  readonly path: string;
  readonly mode: 'write' | 'scratch';
}

/** What the main thread asks for. `append` answers with the id of the journal's last entry, `run` with an `SqlResult`. */
export type WorkerRequest =
  | { readonly kind: 'run'; readonly statement: SqlStatement }
  | { readonly kind: 'append'; readonly batch: AppendBatch }
  | { readonly kind: 'close' };

/** The worker's answer. A failure keeps SQLite's extended result code. */
export type WorkerReply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string; readonly errcode: number };
