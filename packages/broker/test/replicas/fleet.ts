// Three processes of the product on one PostgreSQL, in front of one simulated provider that lives on in the test, so that each can be
// frozen, killed and started again while the provider keeps its bill. What they did is read from the tables, never asked of them.

import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  canaryKey,
  type FaultProxy,
  freePort,
  type Simulator,
  startFaultProxy,
  startSimulator,
} from '@valetkey/testkit';
import pg from 'pg';
import { expect } from 'vitest';
import { connectionConfig } from '../../src/store/postgres/connections.ts';
import { type Answer, chatOf, PRICES, post } from '../faults/start-gate.ts';
import { OWNER, signIn } from '../house/start-house.ts';
import { type BrokerProcess, startProcess } from '../house/start-process.ts';
import { type PostgresServer, startPostgres } from '../postgres/start-postgres.ts';

const COUNT = 3;
const HOUR_MS = 3_600_000;
const MOVABLE_CLOCK = fileURLToPath(new URL('./movable-clock.ts', import.meta.url));
const INTEGER_TYPES = new Set([20, 21, 23]);

/** Prints the figures of a run that was asked for by hand. */
export const report = (figures: object): void => {
  if (process.env.REPLICA_ROUNDS !== undefined) console.log(figures);
};

/** A grant with its token. */
export interface FleetGrant {
  readonly id: string;
  readonly token: string;
}

/** One replica: where it listens, and its process. SIGUSR2 moves its clock by an hour, and back again. */
export class Replica {
  readonly url: string;
  process: BrokerProcess | null = null;
  readonly #env: Readonly<Record<string, string>>;

  constructor(port: number, env: Readonly<Record<string, string>>) {
    this.url = `http://127.0.0.1:${port}`;
    const options = [env.NODE_OPTIONS, `--import=${MOVABLE_CLOCK}`].join(' ').trim();
    this.#env = { ...env, VALETKEY_PORT: String(port), NODE_OPTIONS: options };
  }

  /** Starts its process; rejects with what it printed if that ends before it listens. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.process = await startProcess({ ...this.#env, ...env });
  }

  /** Sends a signal that does not end the process. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): void {
    void this.process?.stop(signal);
  }

  async kill(): Promise<void> {
    await this.process?.stop('SIGKILL');
    this.process = null;
  }

  /** What `/healthz` answers with; 0 when nobody answers. */
  async health(): Promise<number> {
    return fetch(`${this.url}/healthz`).then(
      ({ status }) => status,
      () => 0,
    );
  }
}

/** See the top of this file. */
export class Fleet {
  readonly postgres: PostgresServer;
  readonly simulator: Simulator;
  /** Between the replicas and the database; null unless asked for. */
  readonly proxy: FaultProxy | null;
  readonly replicas: readonly Replica[];
  #databaseUrl: string;
  #session = '';
  #sent = 0;

  private constructor(
    postgres: PostgresServer,
    simulator: Simulator,
    proxy: FaultProxy | null,
    databaseUrl: string,
    replicas: readonly Replica[],
  ) {
    this.proxy = proxy;
    this.postgres = postgres;
    this.simulator = simulator;
    this.replicas = replicas;
    this.#databaseUrl = databaseUrl;
  }

  static async start({
    isProxied = false,
    more = {} as Readonly<Record<string, string>>,
  } = {}): Promise<Fleet> {
    const [postgres, simulator] = await Promise.all([
      startPostgres(),
      startSimulator({ provider: 'openai', prices: PRICES }),
    ]);
    const ports = await Promise.all(Array.from({ length: COUNT }, freePort));
    const databaseUrl = await postgres.createDatabase();
    const proxy = isProxied ? await startFaultProxy(postgres.port) : null;
    const env = {
      VALETKEY_ISSUER: `http://127.0.0.1:${ports[0]}`,
      VALETKEY_DATABASE_URL: databaseUrl.replace(String(postgres.port), String(proxy?.port ?? postgres.port)),
      VALETKEY_MASTER_KEY: randomBytes(32).toString('base64'),
      VALETKEY_OWNER_EMAIL: OWNER.email,
      VALETKEY_OWNER_PASSWORD: OWNER.password,
      VALETKEY_UPSTREAM_OPENAI: simulator.origin,
      VALETKEY_LOG_LEVEL: 'warn',
      OPENAI_API_KEY: canaryKey('openai', randomBytes),
      ...more,
    };
    const replicas = ports.map((port, at) => {
      // The second's clock jumps back, the others' ahead.
      return new Replica(port, { ...env, CLOCK_JUMP_MS: String(at === 1 ? -HOUR_MS : HOUR_MS) });
    });
    const fleet = new Fleet(postgres, simulator, proxy, databaseUrl, replicas);
    await Promise.all(replicas.map((replica) => replica.start()));
    fleet.#session = await signIn(replicas[0]!.url);
    return fleet;
  }

  /** Calls the management API of the first replica as the owner; rejects unless that succeeds. */
  async api(method: string, path: string, body?: object): Promise<Record<string, string>> {
    const response = await fetch(`${this.replicas[0]!.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#session}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (response.status === 204) return {};
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, string>;
  }

  /** A grant with these limits, named as on the wire. */
  async grant(limits: object): Promise<FleetGrant> {
    const details = { type: 'ai_model_access', provider: 'openai', models: ['gpt-4o-mini'], limits };
    const { id, token } = await this.api('POST', '/grants', {
      name: 'Tool',
      authorization_details: [details],
    });
    return { id: id!, token: token! };
  }

  /** A chat unlike any other of the same length, through the replica of that number. Rejects when the connection breaks. */
  ask(at: number, { token }: FleetGrant, fields: object = {}): Promise<Answer> {
    this.#sent += 1;
    const text = `request ${String(this.#sent).padStart(6, '0')}`;
    return post(this.replicas[at % COUNT]!.url, token, chatOf(text, fields));
  }

  /** Rows of the shared database. */
  async query(sql: string, values: readonly unknown[] = []): Promise<pg.QueryArrayResult<unknown[]>> {
    const client = new pg.Client(connectionConfig(this.#databaseUrl));
    await client.connect();
    try {
      return await client.query({ text: sql, values: [...values], rowMode: 'array' });
    } finally {
      await client.end();
    }
  }

  /** Holds up every commit of the owner until `unlock()`; `waiting` is how many statements wait for that. */
  async lockOwner(): Promise<{ waiting(): Promise<number>; unlock(): Promise<void> }> {
    const client = new pg.Client(connectionConfig(this.#databaseUrl));
    await client.connect();
    await client.query('begin; select owner_id from ledger_owners for update');
    const waiting = `select pid from pg_stat_activity where wait_event_type = 'Lock'`;
    return {
      waiting: async () => (await this.query(waiting)).rows.length,
      unlock: () => client.query('rollback').then(() => client.end()),
    };
  }

  /** Links and journal as they stand, as tables in memory for the checks that both engines share. */
  async tables(): Promise<DatabaseSync> {
    const tables = new DatabaseSync(':memory:');
    for (const [name, key] of [
      ['links', 'id'],
      ['journal', 'id'],
    ] as const) {
      const { fields, rows } = await this.query(`select * from ${name} order by ${key}`);
      const columns = fields.map(
        (field) => `"${field.name}" ${INTEGER_TYPES.has(field.dataTypeID) ? 'integer' : 'text'}`,
      );
      tables.exec(`create table ${name} (${columns.join(', ')}); begin`);
      const insert = tables.prepare(`insert into ${name} values (${fields.map(() => '?').join(', ')})`);
      for (const row of rows) insert.run(...(row as (string | number | null)[]));
      tables.exec('commit');
    }
    return tables;
  }

  /** Resolves when no call is open; fails when one still is after `timeoutMs`. */
  async whenClosed(timeoutMs = 60_000): Promise<void> {
    const open = async () => (await this.query('select call_id from open_calls')).rows;
    await expect.poll(open, { timeout: timeoutMs, interval: 100 }).toEqual([]);
  }

  /** From now on the database is the one on that port, as when the address of a cluster moves to another server. */
  failOver(port: number): void {
    this.#databaseUrl = this.#databaseUrl.replace(/:\d+\//, `:${port}/`);
    this.proxy?.setTarget(port);
    this.proxy?.resetAll();
  }

  /** How many requests have reached the provider: what was on its way to this process is counted as well. */
  async forwarded(): Promise<number> {
    await delay(100);
    for (let turns = 0; turns < 3; turns += 1) await new Promise(setImmediate);
    return this.simulator.counters().requests;
  }

  /** What the processes have printed, for the message of a failure. */
  output(): string {
    return this.replicas.map((replica) => replica.process?.output() ?? '').join('');
  }

  async close(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.kill()));
    await this.proxy?.close();
    await Promise.all([this.postgres.stop(), this.simulator.close()]);
  }
}
