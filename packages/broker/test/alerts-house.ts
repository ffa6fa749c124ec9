// Two replicas of alerts over one engine, with what apps do, what their owner then sees, and a receiver. Test code; a test fails where a
// follower does.

import { unrestrictedAccess } from '@valetkey/core';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { createAlerts } from '../src/alerts/alerts.ts';
import { Follower } from '../src/alerts/follower.ts';
import type { Message } from '../src/alerts/message.ts';
import { Outbox } from '../src/alerts/outbox.ts';
import { WrittenOwners } from '../src/audit/written-owners.ts';
import { systemAmbient } from '../src/clock.ts';
import type { Grants } from '../src/grants/contract.ts';
import { createGrants } from '../src/grants/grants.ts';
import type { Ledger } from '../src/ledger/contract.ts';
import { exactly, NOON } from '../src/ledger/contract-suite/harness.ts';
import type { Schema } from '../src/store/schema.ts';

const USD = 1_000_000_000;
/** An hour. */
export const HOUR_MS = 3_600_000;
/** A day. */
export const DAY_MS = 24 * HOUR_MS;

/** One replica's ledger over the database. */
export interface AlertEngine {
  readonly db: Kysely<Schema>;
  readonly ledger: Ledger;
}

/** Opens the replicas of one empty database, and says how to end them. */
export type OpenAlertEngines = (clock: { nowMs: number }) => Promise<{
  readonly engines: readonly [AlertEngine, AlertEngine];
  readonly end: () => Promise<void>;
}>;

/** What a receiver got, and what it says. */
const createReceiver = () => {
  const taken: { readonly url: string; readonly message: Message }[] = [];
  const receiver = {
    taken,
    answer: { ok: true, isGone: false, message: 'The address answered 200.' },
    /** What an address waits for before it answers. */
    slow: new Map<string, Promise<void>>(),
    send: async ({ url }: { readonly url: string }, message: Message) => {
      taken.push({ url, message });
      await receiver.slow.get(url);
      return receiver.answer;
    },
  };
  return receiver;
};

const vault = {
  sealSecret: (purpose: string, secret: string) => `${purpose}|${secret}`,
  openSecret: (purpose: string, sealed: string) => {
    if (!sealed.startsWith(`${purpose}|`)) throw new Error('moved');
    return sealed.slice(purpose.length + 1);
  },
};

interface Room extends AlertEngine {
  readonly alerts: ReturnType<typeof createAlerts>;
  readonly written: WrittenOwners;
  readonly follower: Follower;
  readonly outbox: Outbox;
  readonly grants: Grants;
}

const openRoom = (
  { db, ledger }: AlertEngine,
  clock: { nowMs: number },
  receiver: ReturnType<typeof createReceiver>,
): Room => {
  const ambient = { now: () => clock.nowMs, randomBytes: systemAmbient.randomBytes };
  const written = new WrittenOwners();
  const onChange = (error: Error | null) => {
    if (error) throw error;
  };
  const parts = { db, ledger, vault, ambient, issuer: 'https://broker.test', sendWebhook: receiver.send };
  return {
    db,
    ledger,
    written,
    grants: createGrants({ db, ledger, ambient }),
    alerts: createAlerts({ ...parts, sendMail: null }),
    follower: new Follower({ db, ledger, ambient, written, onChange }),
    outbox: new Outbox({ ...parts, sendMail: null }),
  };
};

const addKey = async ({ db, ledger }: AlertEngine, ownerId: string): Promise<void> => {
  const id = `pk_${ownerId}`;
  const text = { owner_id: ownerId, provider: 'openai', label: 'main', last_four: '', sealed: '' };
  const times = { created_at: NOON, replaced_at: null, last_used_at: null, removed_at: null };
  const row = db.insertInto('provider_keys').values({ id, version: 1, ...text, ...times });
  const link = { id, ownerId, parentId: null, grantId: null, status: 'active', expiresAtMs: null } as const;
  const limits = [{ unit: 'usd', amount: 100 * USD, per: 'total' } as const];
  await ledger.change({
    links: [{ kind: 'open', link: { ...link, access: null, limits, maxConcurrent: null } }],
    rows: [row.compile()],
    entries: [],
  });
};

/** The rooms. Every test has an owner of its own. */
const useRooms = (open: OpenAlertEngines) => {
  const clock = { nowMs: NOON };
  const receiver = createReceiver();
  let rooms: readonly [Room, Room];
  let engines: readonly [AlertEngine, AlertEngine];
  let end: () => Promise<void>;
  let owners = 0;
  let owner = '';
  beforeAll(async () => {
    ({ engines, end } = await open(clock));
  });
  afterAll(() => end());
  beforeEach(async () => {
    rooms = [openRoom(engines[0], clock, receiver), openRoom(engines[1], clock, receiver)];
    receiver.taken.length = 0;
    receiver.slow.clear();
    receiver.answer = { ok: true, isGone: false, message: '' };
    owner = `owner_${++owners}`;
    await addKey(rooms[0], owner);
  });
  const reopen = () => openRoom(engines[0], clock, receiver);
  return { clock, receiver, rooms: () => rooms, owner: () => owner, reopen };
};

type Rooms = ReturnType<typeof useRooms>;

/** What apps do, and the broker. */
const createEvents = ({ rooms, owner }: Rooms) => {
  let calls = 0;
  const give = async (dollars: number, per: 'total' | 'day' | 'minute' = 'day'): Promise<string> => {
    const limits = [{ unit: 'usd' as const, amount: dollars * USD, per }];
    const access = { ...unrestrictedAccess('openai'), limits };
    const made = await rooms()[0].grants.create({
      ownerId: owner(),
      clientId: null,
      name: 'planner',
      parts: [{ providerKeyId: `pk_${owner()}`, access }],
      unknownFields: 'pass',
      via: 'test',
    });
    if (!made.ok) throw new Error(made.error.detail);
    return made.value.id;
  };
  /** A call that holds so much and costs as much, unless told otherwise. */
  const spend = async (
    grantId: string,
    dollars: number,
    body: object = {},
    cost = dollars,
  ): Promise<string> => {
    const { ledger, grants } = rooms()[0];
    const { chain } = (await grants.reread(grantId))!.parts[0]!;
    const callId = `${owner()}_call_${++calls}`;
    const [nanos, hold] = [cost * USD, exactly(dollars * USD)];
    const admitted = await ledger.admit({ callId, ownerId: owner(), grantId, chain, hold, intent: {} });
    expect(admitted).toMatchObject({ ok: true });
    const kind = 'unconfirmed' in body ? 'ceiling' : 'settled';
    await ledger.settle({ callId, kind, forwarded: true, nanos, tokens: 0, body: { ...body } });
    return callId;
  };
  const record = (kind: string, grantId: string | null, body: object, times = 1) => {
    const entry = { ownerId: owner(), kind, ...(grantId !== null && { grantId }), body: { ...body } };
    return rooms()[0].ledger.record(Array.from({ length: times }, () => entry));
  };
  return { give, spend, record };
};

/** What becomes of it. */
const createLooks = ({ rooms, owner }: Rooms) => {
  /** Both replicas look, at the same time. */
  const look = async (which: readonly Room[] = rooms()) => {
    for (const { written } of which) written.note(owner());
    await Promise.all(which.map(({ follower }) => follower.run()));
  };
  const list = (which: 'open' | 'all' = 'open') => rooms()[0].alerts.list(owner(), { which, limit: 100 });
  const thresholds = async () =>
    (await list()).flatMap((alert) =>
      alert.kind === 'limit' ? [[alert.providerKey ? 'key' : 'grant', alert.details.threshold]] : [],
    );
  const addHook = async (url = 'https://hooks.test/a') => {
    const added = await rooms()[0].alerts.addDestination(owner(), { kind: 'webhook', url });
    if (!added.ok) throw new Error(added.error.detail);
    return added.value;
  };
  const deliver = () => Promise.all(rooms().map(({ outbox }) => outbox.run()));
  const deliveries = () => rooms()[0].alerts.deliveries(owner());
  return { look, list, thresholds, addHook, deliver, deliveries };
};

/** The house of an engine's tests; each test has an owner of its own. */
export const useAlertHouse = (open: OpenAlertEngines) => {
  const rooms = useRooms(open);
  return { ...rooms, ...createEvents(rooms), ...createLooks(rooms) };
};

/** What tests of alerts work with. */
export type AlertHouse = ReturnType<typeof useAlertHouse>;
