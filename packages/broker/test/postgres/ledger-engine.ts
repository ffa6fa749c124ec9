// The ledger on PostgreSQL as the contract suite drives it: a fresh database for each engine, commits that fail on demand.

import type { Engine } from '../../src/ledger/contract-suite/harness.ts';
import {
  type LedgerStore,
  openPostgresLedger,
  type PostgresLedger,
  type PostgresLedgerOptions,
} from '../../src/ledger/postgres/postgres-ledger.ts';
import { openPostgresStore, type PostgresStore } from '../../src/store/postgres/open-postgres-store.ts';

/** A number is of statements that still go through; then the connection is lost. */
type Failure = 'lost' | 'in_doubt' | { statements: number } | null;

/** An engine with its store and its ledger, for what only PostgreSQL promises. */
export interface PostgresEngine extends Engine {
  readonly ledger: PostgresLedger;
  readonly store: PostgresStore;
  /** Loses the ledger's connections after so many more statements, until `failCommits(null)`. */
  failAfter(statements: number): void;
}

/** The store's connections, except that they fail on demand, before or after the statement was done. */
const failing = (store: PostgresStore, failure: () => Failure): LedgerStore => ({
  newClient: () => store.newClient(),
  ledgerPool: {
    query: store.ledgerPool.query.bind(store.ledgerPool) as LedgerStore['ledgerPool']['query'],
    async connect() {
      const client = await store.ledgerPool.connect();
      return {
        async query(statement) {
          const how = failure();
          if (how !== null && typeof how === 'object') how.statements -= 1;
          if (how === 'lost' || (typeof how === 'object' && how !== null && how.statements < 0))
            throw new Error('connection lost');
          const result = await client.query(statement);
          if (failure() === 'in_doubt' && /commit/.test(statement.text)) throw new Error('connection lost');
          return result;
        },
        release: (error) => client.release(error),
      };
    },
  },
});

/** SQLite's placeholders as PostgreSQL's. */
const numbered = (sql: string): string => {
  let place = 0;
  return sql.replaceAll('?', () => `$${++place}`);
};

/** Opens an engine on the database at `url`. */
export async function openPostgresEngine(
  url: string,
  clock: { nowMs: number },
  { waitMs = 5000, ...options }: Partial<PostgresLedgerOptions> & { readonly waitMs?: number } = {},
): Promise<PostgresEngine> {
  const ambient = {
    now: () => clock.nowMs,
    randomBytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)),
  };
  let failure: Failure = null;
  const open = async () => {
    const store = await openPostgresStore({ url, ambient, waitMs });
    const ledger = await openPostgresLedger({
      store: failing(store, () => failure),
      ambient,
      name: 'suite',
      retryMs: 1,
      maxClockSkewMs: Number.POSITIVE_INFINITY,
      ...options,
    });
    return { store, ledger };
  };
  let opened = await open();
  const close = async () => {
    await opened.ledger.close();
    await opened.store.close();
  };
  return {
    get ledger() {
      return opened.ledger;
    },
    get store() {
      return opened.store;
    },
    failCommits: (how) => {
      failure = how;
    },
    failAfter: (statements) => {
      failure = { statements };
    },
    crash: async () => {
      await opened.ledger.halt();
      await opened.store.close();
      opened = await open();
    },
    restart: async () => {
      await close();
      opened = await open();
    },
    query: async (sql, ...parameters) =>
      (await opened.store.ledgerPool.query(numbered(sql), [...parameters])).rows as never,
    removal: () => ({ db: opened.store.db, checkpoint: async () => Number.MAX_SAFE_INTEGER }),
    end: async () => {
      failure = null;
      await close();
    },
  };
}
