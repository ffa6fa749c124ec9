// How every connection to PostgreSQL is opened: bounded in all it waits for, durable at commit, money read as numbers.

import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { throwOutage } from '../outage.ts';

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
  if (!Number.isSafeInteger(value)) throw new RangeError(`an integer in the database is too large: ${text}`);
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

/**
 * SQLSTATEs by which the server says that it is to blame, or busy: connection, resources, operator, system; locks and time-outs that ran
 * out; a server that became read-only. Everything else blames the statement.
 */
const SERVER_FAULT = /^(08|40|53|57|58)|^(25006|25P03|55P03)$/;

/** Whether the database is to blame. What the server did not say was said by the connection, but for faults of this program. */
const isServerFault = (error: unknown): boolean => {
  if (error instanceof pg.DatabaseError) return SERVER_FAULT.test(error.code ?? '');
  return !(error instanceof TypeError || error instanceof RangeError);
};

/** Throws an error of a statement: as an outage if that is what it is. */
export const throwQueryError = (error: unknown): never => {
  if (isServerFault(error)) throwOutage(error);
  throw error;
};

/** The pool as Kysely uses it, outages told. A connection that had one is closed: its answer may still be on its way. */
export const tellOutages = (pool: pg.Pool): PostgresPool => ({
  options: pool.options,
  end: () => pool.end(),
  async connect() {
    const client = await pool.connect().catch(throwOutage);
    let hadOutage = false;
    const query = async (sql: string, parameters: readonly unknown[]) => {
      try {
        return await client.query(sql, [...parameters]);
      } catch (error) {
        hadOutage ||= isServerFault(error);
        return throwQueryError(error);
      }
    };
    const release = (isBroken?: boolean) => client.release(hadOutage || isBroken);
    return { query: query as unknown as PostgresPoolClient['query'], release };
  },
});
