// The one sign that the database, not the request, is why something failed. Thrown where the database is used, recognised where requests
// are answered, which is then with 503. MUST NOT be shown: its cause names hosts.

import { AsyncLocalStorage } from 'node:async_hooks';
import { StoreError } from './sqlite/writer.ts';

/** Seconds after which it is worth asking again. */
export const OUTAGE_RETRY_SECONDS = 2;

/** What anyone may be told of an outage. */
export const OUTAGE_MESSAGE = 'The broker cannot reach its database right now. Try again shortly.';

/** The database can not be used at the moment. What was asked of it may have been done all the same. */
export class Outage extends Error {
  constructor(cause: unknown) {
    super('the database can not be used at the moment', { cause });
    this.name = 'Outage';
  }
}

/** Whether the database is to blame for an error, on either engine. */
export const isOutage = (error: unknown): boolean =>
  error instanceof Outage || (error instanceof StoreError && !error.isStatementFault);

const watched = new AsyncLocalStorage<{ outage: Outage | null }>();

/** What to throw where a refusal has no place: an outage if nothing could be recorded, else a fault of ours. */
export const refusedFault = ({
  reason,
  detail,
}: {
  readonly reason: string;
  readonly detail: string;
}): Error => (reason === 'unavailable' ? new Outage(detail) : new Error(detail));

/** Throws `cause` as an outage. MUST be called by whoever waits for the database: `watchOutages` follows the caller. */
export const throwOutage = (cause: unknown): never => {
  const outage = cause instanceof Outage ? cause : new Outage(cause);
  const watch = watched.getStore();
  if (watch) watch.outage = outage;
  throw outage;
};

/** Does `work`, and throws the outage in it even if `work` took it for an answer, as libraries do that know of no outages. */
export const watchOutages = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  const watch: { outage: Outage | null } = { outage: null };
  const done = await watched.run(watch, work).catch((error: unknown) => {
    throw watch.outage ?? error;
  });
  if (watch.outage) throw watch.outage;
  return done;
};
