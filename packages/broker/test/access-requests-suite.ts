// What requests for more promise, on whichever engine: words until the owner decides, decided once, never a grant raised that has ended.
// Test code. `rooms` are two replicas where the engine has them, else the same one twice.

import { type ModelAccess, unrestrictedAccess } from '@valetkey/core';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAccessRequests } from '../src/access-requests/access-requests.ts';
import type { AccessRequest, AccessRequests, RequestDecision } from '../src/access-requests/contract.ts';
import { systemAmbient } from '../src/clock.ts';
import type { Grants, LiveGrant } from '../src/grants/contract.ts';
import { versionOf } from '../src/grants/grant-rows.ts';
import { createGrants } from '../src/grants/grants.ts';
import type { Ledger } from '../src/ledger/contract.ts';
import { exactly, NOON } from '../src/ledger/contract-suite/harness.ts';
import type { Schema } from '../src/store/schema.ts';
import { addKey } from './add-key.ts';

const USD = 1_000_000_000;
const HOUR_MS = 60 * 60 * 1000;

/** One replica's ledger over the database. */
export interface RequestEngine {
  readonly db: Kysely<Schema>;
  readonly ledger: Ledger;
}

/** Opens the replicas of one empty database, and says how to end them. */
export type OpenEngines = (clock: { nowMs: number }) => Promise<{
  readonly engines: readonly [RequestEngine, RequestEngine];
  readonly end: () => Promise<void>;
}>;

interface Room extends RequestEngine {
  readonly grants: Grants;
  readonly requests: AccessRequests;
}

const usd = (dollars: number, per: 'total' | 'day' = 'total') => ({
  unit: 'usd' as const,
  amount: dollars * USD,
  per,
});
const more = (change: Partial<ModelAccess>): ModelAccess => ({ ...unrestrictedAccess('openai'), ...change });

type Rooms = readonly [Room, Room];

/** Opens the rooms before the tests, and moves the clock on before each, so that no test meets the requests of another. */
const useRooms = (open: OpenEngines, clock: { nowMs: number }): (() => Rooms) => {
  const ambient = { now: () => clock.nowMs, randomBytes: systemAmbient.randomBytes };
  let rooms: Rooms;
  let end: () => Promise<void>;
  beforeAll(async () => {
    const opened = await open(clock);
    end = opened.end;
    rooms = opened.engines.map((each): Room => {
      const grants = createGrants({ ...each, ambient });
      return { ...each, grants, requests: createAccessRequests({ ...each, grants, ambient }) };
    }) as unknown as Rooms;
    for (const ownerId of ['ada', 'bob']) await addKey(rooms[0], { id: `pk_${ownerId}`, ownerId });
  });
  afterAll(() => end());
  beforeEach(() => {
    clock.nowMs += 48 * HOUR_MS;
  });
  return () => rooms;
};

/** Grants and what is spent of them. */
const grantActs = (rooms: () => Rooms) => {
  let calls = 0;
  const give = async (access: Partial<ModelAccess> = {}, ownerId = 'ada'): Promise<string> => {
    const right = more({ models: ['gpt-a'], limits: [usd(5)], delegationMaxDepth: 2, ...access });
    const made = await rooms()[0].grants.create({
      ownerId,
      clientId: null,
      name: 'planner',
      parts: [{ providerKeyId: `pk_${ownerId}`, access: right }],
      unknownFields: 'pass',
      via: 'test',
    });
    if (!made.ok) throw new Error(made.error.detail);
    return made.value.id;
  };
  const child = async (parentGrantId: string, access: Partial<ModelAccess> = {}): Promise<string> => {
    const made = await rooms()[0].grants.delegate({
      parentGrantId,
      asked: [more({ models: ['gpt-a'], limits: [usd(2)], delegationMaxDepth: 1, ...access })],
      clientId: null,
      name: 'worker',
      isActorAuthenticated: false,
      keyThumbprint: null,
      via: 'test',
    });
    if (!made.ok) throw new Error(made.error.detail);
    return made.value.id;
  };
  const live = async (grantId: string, room: 0 | 1 = 0): Promise<LiveGrant> =>
    (await rooms()[room].grants.reread(grantId))!;
  const spend = async (grantId: string, dollars: number): Promise<void> => {
    const { grant, parts } = await live(grantId);
    const { ledger } = rooms()[0];
    const callId = `call_${++calls}`;
    const admitted = await ledger.admit({
      callId,
      ownerId: grant.ownerId,
      grantId,
      chain: parts[0]!.chain,
      hold: exactly(dollars * USD),
      intent: {},
    });
    expect(admitted).toMatchObject({ ok: true });
    await ledger.settle({ callId, kind: 'ceiling', forwarded: true, nanos: 0, tokens: 0, body: {} });
  };
  const rightOf = async (grantId: string) => (await live(grantId)).parts[0]!.access;
  const limitsOf = async (grantId: string) =>
    (await rightOf(grantId)).limits.map(({ amount }) => amount / USD);
  return { give, child, live, spend, rightOf, limitsOf };
};

const KINDS = [
  'request.made',
  'request.allowed',
  'request.denied',
  'request.withdrawn',
  'request.expired',
  'grant.edited',
];

/** Requests and decisions, and what the journal says of them. */
const requestActs = (rooms: () => Rooms) => {
  const ask = (grantId: string, asked: Partial<ModelAccess>, words: object = {}, room = 0) =>
    rooms()[room]!.requests.make({ grantId, asked: [more(asked)], message: null, via: 'api', ...words });
  const asking = async (grantId: string, asked: Partial<ModelAccess>): Promise<AccessRequest> => {
    const made = await ask(grantId, asked);
    if (!made.ok) throw new Error(made.error.detail);
    return made.value;
  };
  const decide = (id: string, decision: RequestDecision = { kind: 'allow' }, room = 0, ownerId = 'ada') =>
    rooms()[room]!.requests.decide(ownerId, id, decision);
  const kinds = async (grantId: string): Promise<readonly string[]> => {
    const query = rooms()[0].db.selectFrom('journal').select('kind').where('grant_id', '=', grantId);
    const rows = await query.where('kind', 'in', KINDS).orderBy('id').execute();
    return rows.map(({ kind }) => kind);
  };
  return { ask, asking, decide, kinds };
};

/** What the tests are written with. */
const useActs = (open: OpenEngines) => {
  const clock = { nowMs: NOON };
  const rooms = useRooms(open, clock);
  return { clock, rooms, ...grantActs(rooms), ...requestActs(rooms) };
};

type Acts = ReturnType<typeof useActs>;

/** What is asked and what is given of it. */
const testGiving = ({ rooms, give, rightOf, limitsOf, ask, asking, decide, kinds }: Acts): void => {
  it('give what was asked, once, and every step is in the owner’s journal', async () => {
    const id = await give();
    const request = await asking(id, { limits: [usd(8)], models: ['gpt-b'] });
    expect(request).toMatchObject({ ownerId: 'ada', grantId: id, status: 'pending', given: null });
    expect(await limitsOf(id)).toEqual([5]);
    const proposal = (await rooms()[1].requests.proposal('ada', request.id))!;
    expect(proposal.changes).toHaveLength(1);
    expect(await decide(request.id, { kind: 'allow', shownHash: proposal.shownHash }, 1)).toMatchObject({
      ok: true,
      value: { status: 'allowed', given: request.asked },
    });
    expect(await rightOf(id)).toMatchObject({ models: ['gpt-a', 'gpt-b'], limits: [usd(8)] });
    expect(await kinds(id)).toEqual(['request.made', 'request.allowed', 'grant.edited']);
    expect(await decide(request.id)).toMatchObject({ ok: false, error: { reason: 'not_pending' } });
  });

  it('give less, and nothing that was not asked', async () => {
    const id = await give();
    const request = await asking(id, { limits: [usd(8)], models: ['gpt-b', 'gpt-c'] });
    for (const given of [{ limits: [usd(9)] }, { models: ['*'] }, { limits: [usd(1, 'day')] }]) {
      expect(await decide(request.id, { kind: 'allow', given: [more(given)] })).toMatchObject({
        ok: false,
        error: { reason: 'beyond_asked' },
      });
    }
    expect(await decide(request.id, { kind: 'allow', given: [] })).toMatchObject({
      error: { reason: 'nothing_more' },
    });
    const given = [more({ limits: [usd(6)], models: ['gpt-c'] })];
    expect(await decide(request.id, { kind: 'allow', given })).toMatchObject({ ok: true });
    expect(await rightOf(id)).toMatchObject({ models: ['gpt-a', 'gpt-c'], limits: [usd(6)] });
  });

  it('are refused where they ask for nothing more, for another provider, or of a grant that has ended', async () => {
    const id = await give();
    expect(await ask(id, { limits: [usd(5)] })).toMatchObject({ error: { reason: 'nothing_more' } });
    expect(await ask(id, { provider: 'google', models: ['x'] })).toMatchObject({
      error: { reason: 'provider_mismatch' },
    });
    expect(await ask(id, { limits: [usd(9)] }, { holds: () => false })).toMatchObject({
      error: { reason: 'not_active' },
    });
    await rooms()[1].grants.revoke('ada', id, 'test');
    expect(await ask(id, { limits: [usd(9)] })).toMatchObject({ error: { reason: 'not_active' } });
  });
};

/** What a request changes on the way from the owner to the one that asks. */
const testPath = ({
  clock,
  rooms,
  give,
  child,
  spend,
  rightOf,
  limitsOf,
  asking,
  decide,
  kinds,
}: Acts): void => {
  it('raise the grants above with the one that asks, as far as they bind, and by the room that was asked for', async () => {
    const planner = await give({ limits: [usd(5)] });
    const worker = await child(planner);
    await spend(planner, 4);
    await spend(worker, 1);
    const request = await asking(worker, { limits: [usd(4)], models: ['gpt-b'] });
    const { changes, path } = (await rooms()[1].requests.proposal('ada', request.id))!;
    expect(path.map(({ grantId }) => grantId)).toEqual([planner, worker]);
    expect(
      changes.map(({ hop, isAsker, from, to, used }) => [
        hop.grantId,
        isAsker,
        from.limits[0]!.amount / USD,
        to.limits[0]!.amount / USD,
        used[0]! / USD,
      ]),
    ).toEqual([
      [planner, false, 5, 8, 5],
      [worker, true, 2, 4, 1],
    ]);
    expect(await decide(request.id)).toMatchObject({ ok: true });
    expect([await limitsOf(planner), await limitsOf(worker)]).toEqual([[8], [4]]);
    expect((await rightOf(worker)).models).toEqual(['gpt-a', 'gpt-b']);
    await spend(worker, 3);
    expect(await kinds(planner)).toEqual(['grant.edited']);
  });

  it('leave a grant above as it is where the owner says so: the least over the chain stays what counts', async () => {
    const planner = await give({ limits: [usd(5)] });
    const worker = await child(planner, { limits: [usd(5)] });
    const request = await asking(worker, { limits: [usd(9)] });
    const decision = { kind: 'allow', unchangedGrantIds: [planner] } as const;
    expect(await decide(request.id, decision)).toMatchObject({ ok: true });
    expect([await limitsOf(planner), await limitsOf(worker)]).toEqual([[5], [5]]);
    const own = (await rooms()[0].grants.get('ada', worker))!.parts[0]!.access.limits;
    expect(own).toEqual([usd(9)]);
  });

  it('raise no grant above beyond the house maximum, and lower none that its owner gave more', async () => {
    const [planner, rich] = [await give({ limits: [usd(900)] }), await give({ limits: [usd(3000)] })];
    await spend(planner, 800);
    await spend(rich, 2500);
    for (const [parent, limit] of [
      [planner, 1000],
      [rich, 3000],
    ] as const) {
      const worker = await child(parent);
      const request = await asking(worker, { limits: [usd(1000)] });
      expect(await decide(request.id)).toMatchObject({ ok: true });
      expect(await limitsOf(parent)).toEqual([limit]);
    }
  });

  it('never lower what a grant has, nor what is left out', async () => {
    const id = await give({ limits: [usd(5), usd(2, 'day')], expiresAtMs: clock.nowMs + HOUR_MS });
    const request = await asking(id, { limits: [usd(9), usd(1, 'day')] });
    await decide(request.id);
    expect(await rightOf(id)).toMatchObject({
      limits: [usd(9), usd(2, 'day')],
      expiresAtMs: clock.nowMs + HOUR_MS,
      delegationMaxDepth: 2,
    });
  });
};

/** How often may be asked, and for how long. */
const testBounds = ({ clock, rooms, give, limitsOf, ask, asking, decide, kinds }: Acts): void => {
  it('that ask the same are one; what was denied is not asked again for a day', async () => {
    const id = await give();
    const all = await Promise.all(
      Array.from({ length: 16 }, (_, at) => ask(id, { limits: [usd(8)] }, { message: `${at}` }, at % 2)),
    );
    const ids = new Set(all.map((made) => made.ok && made.value.id));
    expect(ids.size).toBe(1);
    const [first] = ids;
    expect(await kinds(id)).toEqual(['request.made']);
    expect(await decide(String(first), { kind: 'deny' }, 1)).toMatchObject({ value: { status: 'denied' } });
    expect(await ask(id, { limits: [usd(8)] })).toMatchObject({ value: { id: first, status: 'denied' } });
    clock.nowMs += 25 * HOUR_MS;
    expect(await ask(id, { limits: [usd(8)] })).toMatchObject({ value: { status: 'pending' } });
  });

  it('wait five at a time, whoever asks at once', async () => {
    const id = await give();
    const all = await Promise.all(
      Array.from({ length: 16 }, (_, at) => ask(id, { limits: [usd(6 + at)] }, {}, at % 2)),
    );
    expect(all.filter(({ ok }) => ok)).toHaveLength(5);
    for (const refused of all.filter(({ ok }) => !ok))
      expect(refused).toMatchObject({ error: { reason: 'too_many' } });
    const [made] = all.filter(({ ok }) => ok);
    const one = made!.ok ? made!.value.id : '';
    expect(await rooms()[1].requests.withdraw(id, one)).toMatchObject({ value: { status: 'withdrawn' } });
    expect(await rooms()[0].requests.withdraw(id, one)).toMatchObject({ value: { status: 'withdrawn' } });
    expect(await ask(id, { limits: [usd(90)] })).toMatchObject({ ok: true });
  });

  it('expire: nothing can be decided afterwards', async () => {
    const id = await give();
    const request = await asking(id, { limits: [usd(8)] });
    clock.nowMs += 24 * HOUR_MS;
    expect(await rooms()[0].requests.get('ada', request.id)).toMatchObject({ status: 'expired' });
    expect(await rooms()[0].requests.list('ada', 'pending')).toEqual([]);
    for (const decision of [{ kind: 'allow' }, { kind: 'deny' }] as const)
      expect(await decide(request.id, decision)).toMatchObject({ error: { reason: 'not_pending' } });
    expect(await limitsOf(id)).toEqual([5]);
  });
};

/** Decisions in the same moment. */
const testRaces = ({ clock, rooms, give, child, live, limitsOf, asking, decide, kinds }: Acts): void => {
  it('that nobody answered are written down once, whoever looks when, also of a grant that was revoked', async () => {
    const [id, ended] = [await give(), await give()];
    const [request] = [await asking(id, { limits: [usd(8)] }), await asking(ended, { limits: [usd(8)] })];
    await rooms()[0].grants.revoke('ada', ended, 'owner');
    const tend = () => Promise.all(Array.from({ length: 8 }, (_, at) => rooms()[at % 2]!.requests.purge()));
    await tend();
    expect(await kinds(id)).toEqual(['request.made']);
    clock.nowMs += 24 * HOUR_MS;
    await Promise.all([tend(), decide(request.id)]);
    // Of two that raced both may have lost to a third: the next look finds it.
    await tend();
    await tend();
    for (const each of [id, ended]) expect(await kinds(each)).toEqual(['request.made', 'request.expired']);
    expect(await rooms()[1].requests.get('ada', request.id)).toMatchObject({ status: 'expired' });
    expect(await decide(request.id)).toMatchObject({ error: { reason: 'not_pending' } });
  });

  it('are decided by one of sixteen decisions, whatever they are', async () => {
    const id = await give();
    const request = await asking(id, { limits: [usd(16)] });
    const decisions = Array.from({ length: 16 }, (_, at): RequestDecision => {
      if (at % 4 === 3) return { kind: 'deny' };
      return { kind: 'allow', given: [more({ limits: [usd(6 + (at % 3))] })] };
    });
    const all = await Promise.all(decisions.map((decision, at) => decide(request.id, decision, at % 2)));
    const won = all.filter(({ ok }) => ok);
    expect(won).toHaveLength(1);
    for (const lost of all.filter(({ ok }) => !ok))
      expect(lost).toMatchObject({ error: { reason: 'not_pending' } });
    const [winner] = won;
    const given = winner!.ok ? winner!.value.given : null;
    const now = (await rooms()[1].requests.get('ada', request.id))!;
    expect(now.given).toEqual(given);
    expect(await limitsOf(id)).toEqual([given ? given[0]!.limits[0]!.amount / USD : 5]);
  });

  it('never raise a grant that is revoked in the same moment', async () => {
    for (let round = 0; round < 8; round += 1) {
      const planner = await give();
      const worker = await child(planner);
      const request = await asking(worker, { limits: [usd(9)] });
      const ended = round % 2 === 0 ? planner : worker;
      const steps = Array.from({ length: 16 }, (_, at) =>
        at === round
          ? rooms()[0].grants.revoke('ada', ended, 'test')
          : decide(request.id, { kind: 'allow' }, at % 2),
      );
      await Promise.all(steps);
      const { status } = (await rooms()[1].requests.get('ada', request.id))!;
      expect((await live(worker)).grant.status).toBe('revoked');
      expect(['allowed', 'pending']).toContain(status);
      const edited = (await kinds(worker)).includes('grant.edited');
      expect(edited).toBe(status === 'allowed');
      expect(await decide(request.id)).toMatchObject({ ok: false });
      expect((await live(worker, 1)).parts[0]?.status).toBe('revoked');
    }
  });
};

/** What has changed or ended since, and whose it is. */
const testIsolation = ({ clock, rooms, give, rightOf, asking, decide }: Acts): void => {
  it('are refused on a grant that ended by time, and shown anew when a limit has changed since', async () => {
    const id = await give({ expiresAtMs: clock.nowMs + HOUR_MS });
    const request = await asking(id, { limits: [usd(8)], expiresAtMs: clock.nowMs + 9 * HOUR_MS });
    const { shownHash } = (await rooms()[0].requests.proposal('ada', request.id))!;
    await rooms()[1].grants.edit('ada', id, {
      ...(await rightOf(id)),
      limits: [usd(3)],
    });
    expect(await decide(request.id, { kind: 'allow', shownHash })).toMatchObject({
      error: { reason: 'changed' },
    });
    clock.nowMs += HOUR_MS;
    expect(await decide(request.id)).toMatchObject({ error: { reason: 'not_active' } });
  });

  it('that are allowed are not undone by an edit of what was seen before', async () => {
    const id = await give();
    const seen = (await rooms()[1].grants.get('ada', id))!;
    const request = await asking(id, { limits: [usd(8)] });
    await decide(request.id);
    const lower = { ...seen.parts[0]!.access, limits: [usd(1)] };
    const edited = await rooms()[1].grants.edit('ada', id, lower, versionOf(seen));
    expect(edited).toMatchObject({ ok: false, error: { reason: 'changed' } });
    expect((await rightOf(id)).limits).toEqual([usd(8)]);
  });

  it('are nobody’s but the owner’s and the grant’s', async () => {
    const [id, other] = [await give(), await give({}, 'bob')];
    const request = await asking(id, { limits: [usd(8)] });
    const { requests } = rooms()[0];
    expect(await requests.get('bob', request.id)).toBeNull();
    expect(await requests.proposal('bob', request.id)).toBeNull();
    expect(await requests.list('bob', 'all')).toEqual([]);
    expect(await decide(request.id, { kind: 'allow' }, 0, 'bob')).toMatchObject({
      error: { reason: 'not_found' },
    });
    expect(await requests.ofGrant(other, request.id)).toBeNull();
    expect(await requests.withdraw(other, request.id)).toMatchObject({ error: { reason: 'not_found' } });
    expect(await requests.get('ada', request.id)).toMatchObject({ status: 'pending' });
  });
};

/** The suite. */
export const describeAccessRequests = (engine: string, open: OpenEngines): void => {
  describe(`requests for more on ${engine}`, () => {
    const acts = useActs(open);
    testGiving(acts);
    testPath(acts);
    testBounds(acts);
    testRaces(acts);
    testIsolation(acts);
  });
};
