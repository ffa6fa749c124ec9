// The broker on a PostgreSQL: one process or several that share it. The server runs on the load core, so that what is measured has its
// own for itself, and counts what it is asked to do.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { queryRows } from '../packages/broker/test/postgres/query-rows.ts';
import { BROKER_PATH, issuerAt, makeToken, startBroker } from './broker.ts';
import { CORES, type Running, start, until } from './processes.ts';
import { bearer, type Ground, type Ready, type Target } from './targets.ts';

/** What a server did since it was started. */
export interface StoreCounts {
  /** Of everyone: the few of heartbeats and readings count here as well. */
  readonly statements: number;
  readonly batches: number;
  /** Admissions in the journal, of all grants. */
  readonly admissions: number;
}

/** A PostgreSQL behind a target. */
export interface SharedStore {
  readonly pid: number;
  counts(): Promise<StoreCounts>;
}

const COUNTS = `select
  (select sum(calls) from pg_stat_statements where toplevel) as statements,
  (select coalesce(sum(revision), 0) from ledger_owners) as batches,
  (select count(*) from journal where kind = 'call.admitted') as admissions`;

const readCounts = async (url: string): Promise<StoreCounts> => {
  const [row] = await queryRows<Record<keyof StoreCounts, string>>(url, COUNTS);
  return {
    statements: Number(row?.statements),
    batches: Number(row?.batches),
    admissions: Number(row?.admissions),
  };
};

const startServer = async (): Promise<readonly [Running, string]> => {
  const words = [process.execPath, join(import.meta.dirname, 'postgres.ts')];
  const server = start({ core: CORES.load, words, isParent: true });
  return [server, await until(server, () => /^DATABASE (\S+)$/m.exec(server.output())?.[1] ?? null)];
};

const startReplicas = async (ground: Ground, count: number): Promise<Ready> => {
  const [server, databaseUrl] = await startServer();
  const ports = Array.from({ length: count }, (_, at) => ground.port + at);
  const url = `http://127.0.0.1:${ground.port}`;
  const env = {
    VALETKEY_ISSUER: url,
    VALETKEY_DATABASE_URL: databaseUrl,
    VALETKEY_MASTER_KEY: randomBytes(32).toString('base64'),
  };
  const processes: Running[] = [];
  for (const [at, port] of ports.entries()) {
    const core = CORES.replicas[at % CORES.replicas.length]!;
    processes.push(await startBroker(ground, { port, core, env, dataDir: join(ground.dir, `data-${port}`) }));
  }
  return {
    processes,
    ports,
    path: BROKER_PATH,
    credential: bearer(await makeToken(url)),
    issuer: issuerAt(url, ground.dir),
    store: { pid: server.pid, counts: () => readCounts(databaseUrl) },
  };
};

/** One, two and three processes on one PostgreSQL. */
export const REPLICAS: readonly Target[] = [1, 2, 3].map((count) => ({
  name: `postgres-${count}`,
  missing: () => null,
  start: (ground) => startReplicas(ground, count),
}));
