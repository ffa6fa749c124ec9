// Grants over a ledger, as each replica has them: one process on SQLite, or two on one PostgreSQL. No gate and no pages: what is asked of
// them is who is admitted, and what is written.

import { type ModelAccess, type Result, unrestrictedAccess } from '@valetkey/core';
import type { Kysely } from 'kysely';
import { systemAmbient } from '../../src/clock.ts';
import type { Concerned, Delegation, Grant, Grants, NewGrant, Stopped } from '../../src/grants/contract.ts';
import { createGrants } from '../../src/grants/grants.ts';
import type { Ledger } from '../../src/ledger/contract.ts';
import { exactly, NOON } from '../../src/ledger/contract-suite/harness.ts';
import { openEmbeddedLedger } from '../../src/ledger/embedded/embedded-ledger.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Schema } from '../../src/store/schema.ts';
import { addKey } from '../add-key.ts';
import { openPostgresEngine } from '../postgres/ledger-engine.ts';
import { type PostgresServer, startPostgres } from '../postgres/start-postgres.ts';

/** How often races are run; few unless asked for by hand. */
export const RACE_ROUNDS = Number(process.env.REVOCATION_ROUNDS ?? 3);

/** One replica. */
export interface Replica {
  readonly db: Kysely<Schema>;
  readonly ledger: Ledger;
  readonly grants: Grants;
  /** What it was told to cut, by its own changes and those of the other. */
  readonly stopped: Stopped[];
  readonly narrowed: Concerned[];
}

/** A house with its replicas; the owners `ada` and `bob` have two provider keys each. */
export interface Rooms {
  readonly clock: { nowMs: number };
  readonly replicas: readonly Replica[];
  readonly close: () => Promise<void>;
}

/** Settings of the grants. */
export type GrantSettings = Omit<Parameters<typeof createGrants>[0], 'db' | 'ledger' | 'ambient'>;

const ambientOf = (clock: { nowMs: number }) => ({
  now: () => clock.nowMs,
  randomBytes: systemAmbient.randomBytes,
});

const openReplica = (
  db: Kysely<Schema>,
  ledger: Ledger,
  clock: { nowMs: number },
  settings: GrantSettings,
): Replica => {
  const grants = createGrants({ db, ledger, ambient: ambientOf(clock), ...settings });
  const stopped: Stopped[] = [];
  const narrowed: Concerned[] = [];
  grants.onStopped((each) => stopped.push(each) && 1);
  grants.onNarrowed(async (each) => void narrowed.push(each));
  return { db, ledger, grants, stopped, narrowed };
};

const withKeys = async (rooms: Rooms): Promise<Rooms> => {
  for (const owner of ['ada', 'bob'])
    for (const key of ['one', 'two'])
      await addKey(rooms.replicas[0]!, { id: `pk_${owner}_${key}`, ownerId: owner }, true);
  return rooms;
};

const openEmbedded = async (settings: GrantSettings): Promise<Rooms> => {
  const clock = { nowMs: NOON };
  const ambient = ambientOf(clock);
  const store = await openStore({ dataDir: ':memory:', ambient });
  const ledger = await openEmbeddedLedger({ store, ambient });
  const close = async () => {
    await ledger.close();
    await store.close();
  };
  return { clock, replicas: [openReplica(store.db, ledger, clock, settings)], close };
};

let server: Promise<PostgresServer> | null = null;

const openShared = async (settings: GrantSettings): Promise<Rooms> => {
  server ??= startPostgres();
  const url = await (await server).createDatabase();
  const clock = { nowMs: NOON };
  const engines = [
    await openPostgresEngine(url, clock, { name: 'one' }),
    await openPostgresEngine(url, clock, { name: 'two' }),
  ];
  const replicas = engines.map(({ store, ledger }) => {
    const replica = openReplica(store.db, ledger, clock, settings);
    ledger.listen({
      onNotice: (notice) => void replica.grants.changedElsewhere(notice),
      onGap: () => replica.grants.forgetAll(),
    });
    return replica;
  });
  const close = async () => {
    for (const engine of engines) await engine.end();
  };
  return { clock, replicas, close };
};

/** Both ways to keep a house. */
export const ENGINES = [
  ['SQLite', openEmbedded],
  ['PostgreSQL with two replicas', openShared],
] as const;

/** Opens one; close it after each test. */
export const openRooms = async (
  open: (typeof ENGINES)[number][1],
  settings: GrantSettings = {},
): Promise<Rooms> => withKeys(await open(settings));

/** Ends the PostgreSQL server, if one was needed. MUST be called after all tests. */
export const closeServer = async (): Promise<void> => (await server)?.stop();

/** What a grant here may do. */
export const ACCESS: ModelAccess = {
  ...unrestrictedAccess('openai'),
  models: ['gpt-*'],
  delegationMaxDepth: 3,
};

const must = <Value, Refusal extends { readonly detail: string }>(result: Result<Value, Refusal>): Value => {
  if (result.ok) return result.value;
  throw new Error(result.error.detail);
};

/** A grant of `ada` on the first key, with a token. */
export const give = async ({ grants }: Replica, change: Partial<NewGrant> = {}): Promise<Grant> => {
  const given: NewGrant = {
    ownerId: 'ada',
    clientId: null,
    name: 'Tool',
    parts: [{ providerKeyId: 'pk_ada_one', access: ACCESS }],
    unknownFields: 'refuse',
    via: 'test',
  };
  return must(await grants.create({ ...given, ...change }));
};

/** Asks for a child that may be delegated once less. */
export const ask = ({ grants }: Replica, parentGrantId: string, change: Partial<Delegation> = {}) =>
  grants.delegate({
    parentGrantId,
    asked: [{ ...ACCESS, delegationMaxDepth: 0 }],
    clientId: null,
    name: 'worker',
    isActorAuthenticated: false,
    keyThumbprint: null,
    via: 'test',
    ...change,
  });

/** A child. */
export const child = async (...args: Parameters<typeof ask>): Promise<Grant> => must(await ask(...args));

let calls = 0;
/** Whether a call is admitted now, on what is committed; the reason if it is not. Its hold is given back. */
export const admits = async ({ grants, ledger }: Replica, grantId: string): Promise<true | string> => {
  const live = await grants.reread(grantId);
  const chain = live?.parts[0]?.chain ?? [];
  calls += 1;
  const callId = `call_${calls}`;
  const ownerId = live!.grant.ownerId;
  const admitted = await ledger.admit({ callId, ownerId, grantId, chain, hold: exactly(1), intent: {} });
  if (!admitted.ok)
    return admitted.error.reason === 'not_live' ? admitted.error.status : admitted.error.reason;
  await ledger.settle({ callId, kind: 'released', forwarded: false, nanos: 0, tokens: 0, body: {} });
  return true;
};

/** Whether each is admitted, asked of every replica. */
export const admitsEach = async ({ replicas }: Rooms, grants: readonly Grant[]) => {
  const answers = replicas.map((replica) => Promise.all(grants.map(({ id }) => admits(replica, id))));
  return (await Promise.all(answers)).map((each) => each.join());
};

/** Kinds of the owner's entries that say what was stopped, ended and resumed, in order. */
export const story = async ({ replicas: [first] }: Rooms, ownerId = 'ada'): Promise<readonly string[]> => {
  const entries = first!.db
    .selectFrom('journal')
    .select('kind')
    .where('owner_id', '=', ownerId)
    .orderBy('seq');
  const rows = await entries.where('kind', 'not like', 'call.%').execute();
  return rows.map(({ kind }) => kind).filter((kind) => /^stop|revoked$|suspended$|resumed$/.test(kind));
};
