// The product under test of endurance: one process on a data folder, or several on one PostgreSQL, each behind fault proxies of its own, in
// front of one simulated provider and one receiver of checkpoints that live on in the driver. What it did is never asked of it.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canaryKey, freePort, type Simulator, startSimulator } from '@valetkey/testkit';
import { PRICES } from '../faults/start-gate.ts';
import { type House, OWNER, ownerApi } from '../house/start-house.ts';
import { type PostgresServer, startPostgres } from '../postgres/start-postgres.ts';
import type { Random } from '../sim/random.ts';
import { type CheckpointReceiver, startReceiver } from './checkpoint-receiver.ts';
import { type Holder, prepareHolders } from './holders.ts';
import { type Member, startMember } from './member.ts';
import { mountDisk, type SmallDisk } from './small-disk.ts';

/** What a run is. */
export interface HouseOptions {
  readonly engine: 'embedded' | 'postgres';
  readonly replicas: number;
  readonly random: Random;
  /** What its processes are started with besides. */
  readonly env?: Readonly<Record<string, string>>;
}

const DISK_MEGABYTES = 768;

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
  env: added = {},
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
    ...added,
  };
  const holders = await prepareHolders(env, keys, random);
  const members: Member[] = [];
  for (const [at, port] of ports.entries())
    members.push(await startMember({ at, port, env, engine, simulator, postgres }));
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
