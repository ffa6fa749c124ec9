// The main thread's handle on the worker that writes. Gives the connection to one user at a time, in the order asked, so that ledger
// batches and transactions of other rooms never mix.

import { Worker } from 'node:worker_threads';
import type {
  AppendBatch,
  SqlResult,
  SqlStatement,
  WorkerReply,
  WorkerRequest,
  WriterFile,
} from './messages.ts';

const WORKER = new URL('./worker.ts', import.meta.url);

/** A transaction holds up every admission; one that is still open after this long is rolled back. */
const LEASE_MS = 5000;

/** SQLite's primary result codes that blame the statement: `ERROR`, `CONSTRAINT`, `MISMATCH`, `RANGE`. */
const STATEMENT_FAULTS = [1, 19, 20, 25];

/** A failure of the writing connection. `errcode` is SQLite's extended result code; null when the thread itself ended. */
export class StoreError extends Error {
  readonly errcode: number | null;

  constructor(message: string, errcode: number | null) {
    super(message);
    this.name = 'StoreError';
    this.errcode = errcode;
  }

  /** Whether the statement is at fault, e.g. a unique index refused it; otherwise the store is. */
  get isStatementFault(): boolean {
    return this.errcode !== null && STATEMENT_FAULTS.includes(this.errcode & 0xff);
  }
}

/** Whether a write failed because there is no room on the disk: `SQLITE_FULL`, or `SQLITE_IOERR_SHMSIZE` for the log's index. */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof StoreError && (error.errcode === 13 || error.errcode === 4874);

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: StoreError) => void;
}

/** An open transaction. MUST end with `commit` or `rollback` within 5 s, and MUST NOT wait for the network. */
export interface WriteTransaction {
  run(statement: SqlStatement): Promise<SqlResult>;
  commit(): Promise<void>;
  /** Ends the transaction without its changes; does nothing when it has ended already. */
  rollback(): Promise<void>;
}

/** Sends work to the worker thread. Every promise resolves after the commit and rejects with a `StoreError`. */
export class SqliteWriter {
  readonly #file: WriterFile;
  readonly #waiting: Waiting[] = [];
  readonly #queue: (() => void)[] = [];
  #worker: Worker | null = null;
  #taken = false;

  constructor(file: WriterFile) {
    this.#file = file;
    this.#worker = this.#start();
  }

  /** Runs one statement in its own transaction. */
  run(statement: SqlStatement): Promise<SqlResult> {
    return this.exclusive(() => this.#ask({ kind: 'run', statement }) as Promise<SqlResult>);
  }

  /** Writes a ledger batch in one transaction. Resolves with the id of the journal's last entry. */
  append(batch: AppendBatch): Promise<number> {
    return this.exclusive(() => this.#ask({ kind: 'append', batch }) as Promise<number>);
  }

  /** Waits for its turn and opens a transaction that no other write can get between. */
  async begin(): Promise<WriteTransaction> {
    await this.#takeTurn();
    try {
      await this.#execute('begin immediate');
    } catch (error) {
      this.#endTurn();
      throw error;
    }
    return this.#lease();
  }

  /** Closes the worker and its connection and starts anew: after a failed write a handle is not trusted any more. */
  restart(): Promise<void> {
    return this.exclusive(async () => {
      await this.#stop();
      this.#worker = this.#start();
    });
  }

  /** Waits for everything asked before, then closes the connection. */
  close(): Promise<void> {
    return this.exclusive(() => this.#stop());
  }

  /** Runs `work` when everyone before has finished. */
  async exclusive<Value>(work: () => Promise<Value>): Promise<Value> {
    await this.#takeTurn();
    try {
      return await work();
    } finally {
      this.#endTurn();
    }
  }

  #lease(): WriteTransaction {
    let open = true;
    const end = async (command: 'commit' | 'rollback'): Promise<void> => {
      open = false;
      clearTimeout(timer);
      try {
        await this.#execute(command);
      } catch (error) {
        if (command === 'rollback') return;
        await this.#execute('rollback').catch(() => {});
        throw error;
      } finally {
        this.#endTurn();
      }
    };
    const timer = setTimeout(() => void end('rollback'), LEASE_MS);
    const assertOpen = () => {
      if (!open)
        throw new StoreError(`the transaction has ended, or was open for more than ${LEASE_MS} ms`, null);
    };
    return {
      run: async (statement) => {
        assertOpen();
        return (await this.#ask({ kind: 'run', statement })) as SqlResult;
      },
      commit: async () => {
        assertOpen();
        await end('commit');
      },
      rollback: async () => {
        if (open) await end('rollback');
      },
    };
  }

  async #takeTurn(): Promise<void> {
    if (!this.#taken) {
      this.#taken = true;
      return;
    }
    await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  #endTurn(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#taken = false;
  }

  async #execute(sql: string): Promise<void> {
    await this.#ask({ kind: 'run', statement: { sql, parameters: [] } });
  }

  #ask(request: WorkerRequest): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.#worker) return reject(new StoreError('the store is closed', null));
      // In this order: what can not be sent throws here and MUST NOT wait for an answer.
      this.#worker.postMessage(request);
      this.#waiting.push({ resolve, reject });
    });
  }

  #start(): Worker {
    const worker = new Worker(WORKER, { workerData: this.#file, execArgv: [], name: 'store' });
    worker.on('message', (reply: WorkerReply) => {
      const waiting = this.#waiting.shift();
      if (reply.ok) waiting?.resolve(reply.value);
      else waiting?.reject(new StoreError(reply.message, reply.errcode));
    });
    let failure = 'the thread ended';
    worker.on('error', (error: Error) => {
      failure = error.message;
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null;
      for (const waiting of this.#waiting.splice(0)) {
        waiting.reject(new StoreError(`the store stopped: ${failure}`, null));
      }
    });
    return worker;
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    await this.#ask({ kind: 'close' }).catch(() => worker.terminate());
    await exited;
  }
}
