// Everything that can go wrong in an endurance run, as a table: each fault begins, lasts for a moment and is lifted. Where a process is ended
// or frozen its member says so, because callers' connections may break then and only then.

import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { canaryKey, type FaultProxy, type WireFault } from '@valetkey/testkit';
import pg from 'pg';
import { connectionConfig } from '../../src/store/postgres/connections.ts';
import { ownerApi } from '../house/start-house.ts';
import type { Random } from '../sim/random.ts';
import type { ReceiverState } from './checkpoint-receiver.ts';
import type { EnduranceHouse } from './house.ts';
import type { Member } from './member.ts';

/** What a fault works on. */
export interface FaultWorld {
  readonly house: EnduranceHouse;
  readonly random: Random;
  /** The owner was told just now that these keys are replaced. */
  readonly onKeyReplaced: (oldKeys: readonly string[]) => void;
  /** Whether the run is long enough for faults of half a minute. */
  readonly isLong: boolean;
  /** Whether the first process may be ended: else it lives for the whole run, and its memory can be measured. */
  readonly mayEndFirst: () => boolean;
}

/** Resolves when the fault is lifted; false if it could not be done here. */
type Fault = (world: FaultWorld) => Promise<unknown>;

const KEY_AGE_MS = 400 * 24 * 3_600_000;
const moment = (random: Random): number => 800 + random.upTo(3200);

/** A fault of the wires between the processes and something, for a moment: of all of them, or of one. */
const onWires =
  (wireOf: (member: Member) => FaultProxy | null, faultOf: (random: Random) => WireFault): Fault =>
  async ({ house, random }) => {
    const fault = faultOf(random);
    const concerned = random.chance(0.5) ? house.members : [random.pick(house.members)];
    const wires = concerned.flatMap((member) => wireOf(member) ?? []);
    for (const wire of wires) wire.setFault(fault);
    if (fault.kind === 'reset') for (const wire of wires) wire.resetAll();
    await delay(moment(random));
    for (const wire of wires) wire.setFault(undefined);
    // What was held up on a connection that both ends gave up is not let go of by itself.
    if (fault.direction === 'both') for (const wire of wires) wire.resetAll();
  };

const toProvider = (faultOf: (random: Random) => WireFault): Fault =>
  onWires((member) => member.toProvider, faultOf);
const toDatabase = (faultOf: (random: Random) => WireFault): Fault =>
  onWires((member) => member.toDatabase, faultOf);

const pickMember = ({ house, random, mayEndFirst }: FaultWorld): Member | null => {
  const [first, ...others] = house.members;
  if (others.length > 0) return random.pick(others);
  return mayEndFirst() ? first! : null;
};

const ended =
  (signal: 'SIGKILL' | 'SIGTERM'): Fault =>
  async (world) => {
    const member = pickMember(world);
    if (!member) return false;
    return member.disturbed(async () => {
      const code = await member.end(signal);
      if (world.random.chance(0.5)) await delay(moment(world.random));
      await member.start();
      if (signal === 'SIGTERM' && code !== 0) throw new Error(`an orderly end ended with ${code}`);
    });
  };

const frozen =
  (milliseconds: (random: Random) => number): Fault =>
  async ({ house, random }) => {
    const member = random.pick(house.members);
    await member.disturbed(async () => {
      member.replica.signal('SIGSTOP');
      await delay(milliseconds(random));
      member.replica.signal('SIGCONT');
      await delay(500);
    });
  };

const clockJumps: Fault = async ({ house, random }) => {
  const { replica } = random.pick(house.members);
  replica.signal('SIGUSR2');
  await delay(moment(random));
  replica.signal('SIGUSR2');
};

/** Another process has the database; this one plays it. */
const locked: Fault = async ({ house, random }) => {
  const other = new DatabaseSync(`${house.dataDir}/valetkey.sqlite`, { timeout: 0 });
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      other.exec('begin immediate');
      await delay(moment(random) * 2);
      other.exec('rollback');
      break;
    } catch {
      await delay(10);
    }
  }
  other.close();
};

const diskFull: Fault = async ({ house: { disk }, random }) => {
  if (!disk) return false;
  try {
    await disk.fill();
    await delay(moment(random));
  } finally {
    disk.empty();
  }
  return true;
};

const withDatabase = async (
  { house }: FaultWorld,
  work: (run: (sql: string) => Promise<unknown>) => Promise<unknown>,
): Promise<void> => {
  const client = new pg.Client({ ...connectionConfig(house.databaseUrl!), application_name: 'fault' });
  client.on('error', () => {});
  await client.connect();
  await work((sql) => client.query(sql)).finally(() => client.end().catch(() => {}));
};

const ownersLocked: Fault = (world) =>
  withDatabase(world, async (run) => {
    await run('begin; select owner_id from ledger_owners for update');
    await delay(moment(world.random));
    await run('rollback').catch(() => {});
  });

const connectionsEnded: Fault = (world) =>
  withDatabase(world, async (run) => {
    for (const endsAt = performance.now() + moment(world.random); performance.now() < endsAt; ) {
      await run(`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'valetkey' order by state <> 'idle in transaction', random() limit 1`);
      await delay(20);
    }
  });

const restarted =
  (mode: 'immediate' | 'fast'): Fault =>
  ({ house }) =>
    house.postgres!.restart(mode);

const keyReplaced: Fault = async ({ house, onKeyReplaced }) => {
  // What matters this much asks for an owner who has signed in a moment ago.
  const api = ownerApi(house.issuer);
  const { status, body } = await api('GET', '/provider-keys');
  const kept = body?.data?.find(({ provider }: { provider: string }) => provider === 'openai');
  if (status !== 200 || !kept) return false;
  const next = canaryKey('openai', randomBytes);
  // It is one to be searched for also when nobody is told that it was taken.
  house.keys.push(next);
  const replaced = await api('PUT', `/provider-keys/${kept.id}`, { key: next });
  if (replaced.status !== 200) return false;
  const ofOthers = new Set(house.holders.map(({ providerKey }) => providerKey));
  onKeyReplaced(house.keys.filter((key) => key !== next && !ofOthers.has(key)));
  return true;
};

/** Makes the signing keys old enough in the tables: the product looks at their age once a minute, and at a start. */
const signingKeysAged: Fault = async (world) => {
  const sql = `update secrets set created_at = created_at - ${KEY_AGE_MS} where retired_at is null and purpose in ('oauth.signing', 'audit.checkpoints', 'receipts')`;
  if (world.house.databaseUrl) return withDatabase(world, (run) => run(sql));
  const other = new DatabaseSync(`${world.house.dataDir}/valetkey.sqlite`, { timeout: 1000 });
  try {
    other.exec(sql);
  } finally {
    other.close();
  }
};

const receiver =
  (state: ReceiverState): Fault =>
  async ({ house, random }) => {
    house.receiver.set(state);
    await delay(moment(random) * 2);
    house.receiver.set('well');
  };

const anyPlace = (random: Random): number => random.upTo(1200);

const EVERYWHERE: Readonly<Record<string, Fault>> = {
  'provider: reset': toProvider((random) => ({ kind: 'reset', afterBytes: anyPlace(random) })),
  'provider: not reached': toProvider(() => ({ kind: 'reset', direction: 'to-target' })),
  'provider: stall': toProvider((random) => ({ kind: 'stall', afterBytes: anyPlace(random) })),
  'provider: partition': toProvider(() => ({ kind: 'stall', direction: 'both' })),
  'provider: slow': toProvider((random) => ({ kind: 'split', bytes: 1 + random.upTo(60), gapMs: 5 })),
  'provider: truncated': toProvider((random) => ({ kind: 'truncate', afterBytes: anyPlace(random) })),
  'provider: repeated bytes': toProvider((random) => ({
    kind: 'duplicate',
    afterBytes: anyPlace(random),
    bytes: 64,
  })),
  'provider: garbage': toProvider((random) => ({
    kind: 'garbage',
    afterBytes: anyPlace(random),
    bytes: 200,
  })),
  'process: killed': ended('SIGKILL'),
  'process: ended in order': ended('SIGTERM'),
  'process: frozen': frozen((random) => 500 + moment(random)),
  'clock: jumps': clockJumps,
  'provider key: replaced': keyReplaced,
  'signing keys: rotated': signingKeysAged,
  'checkpoints: slow': receiver('slow'),
  'checkpoints: full': receiver('full'),
  'checkpoints: down': receiver('down'),
};

const OF_ENGINE: Readonly<Record<EnduranceHouse['engine'], Readonly<Record<string, Fault>>>> = {
  embedded: { 'store: held by another': locked, 'store: disk full': diskFull },
  postgres: {
    'store: ended at once': restarted('immediate'),
    'store: ended in order': restarted('fast'),
    'store: connections ended': connectionsEnded,
    'store: owners locked': ownersLocked,
    'store: partition': toDatabase(() => ({ kind: 'stall', direction: 'both' })),
    'store: reset': toDatabase(() => ({ kind: 'reset' })),
    'store: slow': toDatabase(() => ({ kind: 'split', bytes: 400, gapMs: 20 })),
  },
};

/** By name, the faults of an engine. */
export const faultsOf = ({
  house,
  isLong,
}: Pick<FaultWorld, 'house' | 'isLong'>): Readonly<Record<string, Fault>> => ({
  ...EVERYWHERE,
  ...OF_ENGINE[house.engine],
  // A replica that is silent for 30 s is declared dead by the others, while its calls are on the wire.
  ...(isLong && house.engine === 'postgres' && { 'process: frozen for long': frozen(() => 33_000) }),
});
