// How every connection to PostgreSQL is opened: bounded in all it waits for, durable at commit, money read as numbers.

import pg from 'pg';

/** PostgreSQL's type ids of what would arrive as text. */
const INT8 = 20;

/** Nothing of the broker waits for the database much longer than this: then the caller gets a 503. */
const WAIT_MS = 5000;

const timeouts = (waitMs: number): pg.ClientConfig => ({
  connectionTimeoutMillis: 0.6 * waitMs,
  lock_timeout: 0.6 * waitMs,
  statement_timeout: waitMs,
  idle_in_transaction_session_timeout: waitMs,
  // On our side, for a connection whose other end has vanished.
  query_timeout: 1.2 * waitMs,
});

/** Money and times fit a safe integer by rule; one that does not is a broken row and MUST NOT be rounded. */
const parseInt8 = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`an integer in the database is too large: ${text}`);
  return value;
};

const types: pg.CustomTypesConfig = {
  getTypeParser: ((id: number, format?: 'text' | 'binary') =>
    id === INT8 ? parseInt8 : pg.types.getTypeParser(id, format as 'text')) as typeof pg.types.getTypeParser,
};

/** The settings of a connection. A commit MUST be durable before it is told of, whatever the server's default is. */
export const connectionConfig = (url: string, waitMs = WAIT_MS): pg.ClientConfig => ({
  connectionString: url,
  application_name: 'valetkey',
  keepAlive: true,
  options: '-c synchronous_commit=on -c timezone=UTC',
  types,
  ...timeouts(waitMs),
});

/** A pool of at most `max` connections. A connection that breaks is replaced at the next use. */
export const openPool = (config: pg.ClientConfig, max: number): pg.Pool => {
  const pool = new pg.Pool({ ...config, max });
  pool.on('error', ignoreLoss);
  // While a connection is lent and between two statements nobody else listens, and an unheard error would end the process.
  pool.on('connect', (client) => client.on('error', ignoreLoss));
  return pool;
};

/** Whoever uses the connection next is told by the rejection of the statement. */
const ignoreLoss = (): void => undefined;
