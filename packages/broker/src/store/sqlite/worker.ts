// The thread that owns the only writing connection, so that the event loop never waits for the disk. Answers in the order asked.

import { parentPort, workerData } from 'node:worker_threads';
import { JournalWriter } from './journal-writer.ts';
import type { WorkerReply, WorkerRequest, WriterFile } from './messages.ts';
import { openDatabase } from './open-database.ts';
import { StatementCache } from './statement-cache.ts';

/** What a value that can not be stored is reported as; Node refuses it before SQLite sees it. */
const SQLITE_MISMATCH = 20;

const { path, mode } = workerData as WriterFile;
const database = openDatabase(path, mode);
const statements = new StatementCache(database);
const journal = new JournalWriter(database, statements);

const answer = (request: WorkerRequest): unknown => {
  switch (request.kind) {
    case 'run':
      return statements.run(request.statement);
    case 'append':
      return journal.append(request.batch);
    case 'close':
      return database.close();
  }
};

const reply = (request: WorkerRequest): WorkerReply => {
  try {
    return { ok: true, value: answer(request) };
  } catch (error) {
    const { message, errcode } = error as Error & { errcode?: number };
    return { ok: false, message, errcode: errcode ?? SQLITE_MISMATCH };
  }
};

parentPort?.on('message', (request: WorkerRequest) => {
  parentPort?.postMessage(reply(request));
  if (request.kind === 'close') parentPort?.close();
});
