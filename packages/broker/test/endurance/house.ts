// The product under test of endurance: one process on a data folder, or several on one PostgreSQL, each behind fault proxies of its own, in
// front of one simulated provider and one receiver of checkpoints that live on in the driver. What it did is never asked of it.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  canaryKey,
  type FaultProxy,
  type Simulator,
  startFaultProxy,
  startSimulator,
} from '@valetkey/testkit';
import { PRICES } from '../faults/start-gate.ts';
import { freePort, type House, OWNER, ownerApi } from '../house/start-house.ts';
import { type PostgresServer, startPostgres } from '../postgres/start-postgres.ts';
import { Replica } from '../replicas/fleet.ts';
import type { Random } from '../sim/random.ts';
import { type CheckpointReceiver, startReceiver } from './checkpoint-receiver.ts';
import { type Holder, prepareHolders } from './holders.ts';
import { mountDisk, type SmallDisk } from './small-disk.ts';

/** What a run is. */
export interface HouseOptions {
  readonly engine: 'embedded' | 'postgres';
  readonly replicas: number;
  readonly random: Random;
}

const CLOCK_JUMP_MS = { embedded: 90_000, postgres: 3_600_000 };
const DISK_MEGABYTES = 768;

/** One process with its wires. It keeps what its earlier lives printed. */
export class Member {
  readonly replica: Replica;
  readonly toProvider: FaultProxy;
  /** Null on a data folder. */
  readonly toDatabase: FaultProxy | null;
  /** When the process last did not run: ended, frozen, or not listening yet. Callers' connections may break then. */
  disturbedAtMs = 0;
  isDisturbed = false;
  /** How many processes there were. */
  life = 0;
  #printed = '';

  constructor(replica: Replica, toProvider: FaultProxy, toDatabase: FaultProxy | null) {
    this.replica = replica;
    this.toProvider = toProvider;
    this.toDatabase = toDatabase;
  }

  get pid(): number | null {
    return this.replica.process?.pid ?? null;
  }

  /** Runs `work` while connections to the process may break. */
  async disturbed(work: () => Promise<void>): Promise<void> {
    this.isDisturbed = true;
    try {
      await work();
    } finally {
      this.isDisturbed = false;
      this.disturbedAtMs = performance.now();
    }
  }

  async start(): Promise<void> {
    await this.replica.start();
    this.life += 1;
  }

  /** Ends the process. Resolves with its exit code; null if a signal ended it. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const { process } = this.replica;
    if (!process) return null;
    const code = await process.stop(signal);
    this.#printed += process.output();
    this.replica.process = null;
    return code;
  }

  /** Everything it has printed in all its lives. */
  output(): string {
    return this.#printed + (this.replica.process?.output() ?? '');
  }
}

/** See the top of this file. */
export interface EnduranceHouse {
  readonly engine: HouseOptions['engine'];
  readonly issuer: string;
  readonly members: readonly Member[];
  readonly simulator: Simulator;
  readonly receiver: CheckpointReceiver;
  /** Null on a data folder. */
  readonly postgres: PostgresServer | null;
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** What `dataDir` is on, if it could be mounted. */
  readonly disk: SmallDisk | null;
  readonly holders: readonly Holder[];
  /** Every provider key there ever was. */
  readonly keys: string[];
  /** The management API of the first process, as its owner. */
  readonly api: House['api'];
  close(): Promise<void>;
}

const whereData = (engine: HouseOptions['engine']) => {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-endurance-'));
  const disk = engine === 'embedded' ? mountDisk(folder, DISK_MEGABYTES) : null;
  return { folder, disk, dataDir: join(folder, 'data') };
};

/** Starts everything, with owners and grants, and lets nobody in yet. */
export async function startEnduranceHouse({
  engine,
  replicas,
  random,
}: HouseOptions): Promise<EnduranceHouse> {
  const { folder, disk, dataDir } = whereData(engine);
  const postgres = engine === 'postgres' ? await startPostgres() : null;
  const databaseUrl = (await postgres?.createDatabase()) ?? null;
  const simulator = await startSimulator({ provider: 'openai', prices: PRICES });
  const receiver = await startReceiver();
  const ports = await Promise.all(Array.from({ length: replicas }, freePort));
  const issuer = `http://127.0.0.1:${ports[0]}`;
  const keys = [canaryKey('openai', randomBytes)];
  const env = {
    VALETKEY_ISSUER: issuer,
    VALETKEY_DATA_DIR: dataDir,
    VALETKEY_MASTER_KEY: randomBytes(32).toString('base64'),
    VALETKEY_OWNER_EMAIL: OWNER.email,
    VALETKEY_OWNER_PASSWORD: OWNER.password,
    VALETKEY_UPSTREAM_OPENAI: simulator.origin,
    VALETKEY_CHECKPOINTS: receiver.url,
    VALETKEY_CHECKPOINT_SECONDS: '2',
    VALETKEY_LOG_LEVEL: 'info',
    OPENAI_API_KEY: keys[0]!,
    ...(databaseUrl && { VALETKEY_DATABASE_URL: databaseUrl }),
  };
  const holders = await prepareHolders(env, keys, random);
  const members: Member[] = [];
  for (const [at, port] of ports.entries()) {
    const toProvider = await startFaultProxy(Number(new URL(simulator.origin).port));
    const toDatabase = postgres ? await startFaultProxy(postgres.port) : null;
    const replica = new Replica(port, {
      ...env,
      VALETKEY_UPSTREAM_OPENAI: toProvider.origin,
      CLOCK_JUMP_MS: String(CLOCK_JUMP_MS[engine]),
      // The first comes back under its name, the others have to be declared dead.
      ...(postgres && at === 0 && { VALETKEY_REPLICA_NAME: 'endurance-0' }),
      ...(databaseUrl &&
        toDatabase && {
          VALETKEY_DATABASE_URL: databaseUrl.replace(`:${postgres?.port}/`, `:${toDatabase.port}/`),
        }),
    });
    const member = new Member(replica, toProvider, toDatabase);
    await member.start();
    members.push(member);
  }
  return {
    engine,
    issuer,
    members,
    simulator,
    receiver,
    postgres,
    databaseUrl,
    dataDir,
    disk,
    holders,
    keys,
    api: ownerApi(issuer),
    async close() {
      await Promise.all(members.map((member) => member.end('SIGKILL')));
      const wires = members.flatMap(({ toProvider, toDatabase }) => [toProvider, toDatabase]);
      await Promise.all([...wires.map((wire) => wire?.close()), simulator.close(), receiver.close()]);
      await postgres?.stop();
      disk?.unmount();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
