// Where simulated trees of grants live: the product's grants and ledgers over one database, in one process or in several replicas, each of
// which can crash and lose its connections. What is asked of them comes from elsewhere.

import { setTimeout as delay } from 'node:timers/promises';
import { Kysely } from 'kysely';
import type { Ambient } from '../../../src/clock.ts';
import type { Devices } from '../../../src/devices/contract.ts';
import { createDevices } from '../../../src/devices/devices.ts';
import { RunningCalls } from '../../../src/gateway/running-calls.ts';
import type { Grants } from '../../../src/grants/contract.ts';
import { createGrants } from '../../../src/grants/grants.ts';
import type { Ledger } from '../../../src/ledger/contract.ts';
import { openEmbeddedLedger } from '../../../src/ledger/embedded/embedded-ledger.ts';
import type { Schema } from '../../../src/store/schema.ts';
import { sqliteDialect } from '../../../src/store/sqlite/dialect.ts';
import { StatementCache } from '../../../src/store/sqlite/statement-cache.ts';
import type { SqliteWriter } from '../../../src/store/sqlite/writer.ts';
import { openPostgresEngine, type PostgresEngine } from '../../postgres/ledger-engine.ts';
import { BreakableStore, type Life } from '../breakable-store.ts';
import type { Random } from '../random.ts';
import { IDLE_MS, MAX_DEPTH } from './tree-books.ts';

/** One process as the schedule sees it. After a crash there is another in its place. */
export interface Replica {
  readonly db: Kysely<Schema>;
  readonly grants: Grants;
  readonly devices: Devices;
  readonly ledger: Ledger;
  readonly running: RunningCalls;
  /** What a dead process still seems to do is done by nobody. */
  isDead: boolean;
}

/** A row of any table. */
export type Row = Readonly<Record<string, string | number | null>>;

/** What goes wrong during a wave. */
export interface Trouble {
  readonly kind: 'none' | 'lost' | 'in_doubt' | 'crash';
  /** Which replica it is about. */
  readonly at: number;
  /** Resolves when the process has crashed; never, if it does not. */
  readonly crashed: Promise<unknown>;
}

/** A database and the replicas on it. */
export interface TreeHouse {
  readonly replicas: readonly Replica[];
  query(sql: string, ...parameters: readonly (string | number)[]): Promise<readonly Row[]>;
  /** Breaks something, or nothing, from now until `calm`. */
  disturb(random: Random): Trouble;
  /** Ends the trouble: what crashed is opened again, what failed works. */
  calm(trouble: Trouble): Promise<void>;
  /** An orderly end of every replica and a new start. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** What a house is opened with. */
export interface HouseOptions {
  readonly ambient: Ambient;
  readonly random: Random;
  /** Replaces the grants under test, to show that the oracle finds what is wrong with them. */
  readonly disguise?: (grants: Grants) => Grants;
}

const RETRY_MS = 2;
/** Long enough that all that can be answered before it is: where everything is in one thread, a seed is a life. */
const LONE_RETRY_MS = 20;
const KINDS = { none: 12, lost: 1, in_doubt: 1, crash: 2 } as const;
const never = new Promise<never>(() => {});

/** Nothing goes wrong. */
export const CALM: Trouble = { kind: 'none', at: 0, crashed: never };

const openReplica = (db: Kysely<Schema>, ledger: Ledger, options: HouseOptions): Replica => {
  const { ambient } = options;
  const made = createGrants({ db, ledger, ambient, maxDelegationDepth: MAX_DEPTH, idleMs: IDLE_MS });
  const grants = options.disguise?.(made) ?? made;
  const running = new RunningCalls();
  grants.onStopped((stopped) => running.cut(stopped, stopped.as));
  const devices = createDevices({ db, ledger, grants, ambient });
  devices.onLost((ownerId, key) => running.cutDevice(ownerId, key));
  return { db, grants, devices, ledger, running, isDead: false };
};

/** One process on SQLite, in memory. Everything it does is in one thread: a seed is a life. */
export async function openEmbeddedHouse(options: HouseOptions): Promise<TreeHouse> {
  const { random, ambient } = options;
  const store = new BreakableStore(random.upTo(1_000_000));
  await store.migrate();
  const reader = new StatementCache(store.database);
  const writer = { run: async (statement) => reader.run(statement) } as SqliteWriter;
  const db = new Kysely<Schema>({ dialect: sqliteDialect(writer, reader, ambient.now) });
  const ledgerOptions = {
    ambient,
    checkpointEntries: random.pick([2, 20, 500]),
    residentLinks: random.pick([1, 5, 1000]),
    retryMs: LONE_RETRY_MS,
  };
  let life: Life;
  let ledger: Awaited<ReturnType<typeof openEmbeddedLedger>>;
  const open = async () => {
    life = store.openLife();
    ledger = await openEmbeddedLedger({ ...ledgerOptions, store: life.store });
    return openReplica(db, ledger, options);
  };
  let replica = await open();
  return {
    get replicas() {
      return [replica];
    },
    query: async (sql, ...parameters) => store.database.prepare(sql).all(...parameters) as unknown as Row[],
    disturb(chance) {
      const kind = chance.weighted(KINDS);
      const afterCommits = chance.upTo(4);
      const how = kind === 'crash' ? chance.pick(['crash_before', 'crash_after'] as const) : kind;
      if (how !== 'none') store.arm({ kind: how, afterCommits, attempts: 1 });
      const { crashed } = life;
      return { kind, at: 0, crashed: kind === 'crash' ? crashed : never };
    },
    async calm() {
      store.disarm();
      if (!life.isDead) return;
      replica.isDead = true;
      replica = await open();
    },
    async restart() {
      await ledger.close();
      replica = await open();
    },
    close: () => ledger.close(),
  };
}

/** Replicas on the PostgreSQL database at `url`. What happens in one wave happens at the same time: only what is asked comes from the seed. */
export async function openPostgresHouse(
  url: string,
  count: number,
  options: HouseOptions,
): Promise<TreeHouse> {
  const { ambient } = options;
  const clock = {
    get nowMs() {
      return ambient.now();
    },
  };
  const engines: PostgresEngine[] = [];
  const replicas: Replica[] = [];
  const put = (at: number) => {
    const { ledger, store } = engines[at]!;
    const replica = openReplica(store.db, ledger, options);
    ledger.listen({
      onNotice: (notice) => {
        for (const { ownerId, keyThumbprint } of notice.lostDevices ?? [])
          replica.devices.lostElsewhere(ownerId, keyThumbprint);
        // A replica that crashes meanwhile has no database any more to look below the grants in.
        void replica.grants.changedElsewhere(notice).catch(() => undefined);
      },
      onGap: () => replica.grants.forgetAll(),
    });
    replicas[at] = replica;
  };
  for (let at = 0; at < count; at += 1) {
    engines.push(await openPostgresEngine(url, clock, { name: `replica-${at}`, retryMs: RETRY_MS }));
    put(at);
  }
  const again = async (at: number, how: 'crash' | 'restart') => {
    await engines[at]![how]();
    put(at);
  };
  return {
    replicas,
    query: (sql, ...parameters) => engines[0]!.query(sql, ...parameters),
    disturb(chance) {
      const [kind, at] = [chance.weighted(KINDS), chance.upTo(count - 1)];
      if (kind === 'lost' || kind === 'in_doubt') {
        engines[at]!.failCommits(kind);
        // Outcomes wait until they can be written.
        setTimeout(() => engines[at]!.failCommits(null), 1 + chance.upTo(20));
      }
      const crash = async (afterMs: number) => {
        await delay(afterMs);
        replicas[at]!.isDead = true;
        await engines[at]!.ledger.halt();
      };
      return { kind, at, crashed: kind === 'crash' ? crash(chance.upTo(8)) : never };
    },
    async calm({ kind, at }) {
      engines[at]!.failCommits(null);
      if (kind === 'crash') await again(at, 'crash');
    },
    async restart() {
      for (const at of engines.keys()) await again(at, 'restart');
    },
    async close() {
      for (const engine of engines) await engine.end();
    },
  };
}
