// Grants that nobody uses end by themselves: decided by the admission at the moment, moved on by use of theirs or of anything below, and
// written down once, also after a restart and on replicas.

import { unrestrictedAccess } from '@valetkey/core';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAccessRequests } from '../../src/access-requests/access-requests.ts';
import { systemAmbient } from '../../src/clock.ts';
import type { Grant } from '../../src/grants/contract.ts';
import { createGrants } from '../../src/grants/grants.ts';
import { NOON } from '../../src/ledger/contract-suite/harness.ts';
import { findUsableGrant } from '../../src/oauth/live-grant.ts';
import {
  ACCESS,
  admits,
  admitsEach,
  child,
  closeServer,
  ENGINES,
  give,
  openRooms,
  type Replica,
  type Rooms,
} from './rooms.ts';

const DAY = 86_400_000;
const IDLE = { idleMs: 90 * DAY };
/** A grant ends at the latest one day after the house would let it. */
const END = NOON + 91 * DAY;

afterAll(closeServer);

describe.each(ENGINES)('on %s', (_, open) => {
  let rooms: Rooms;
  let first: Replica;
  let last: Replica;
  beforeEach(async () => {
    rooms = await openRooms(open, IDLE);
    [first, last] = [rooms.replicas[0]!, rooms.replicas.at(-1)!];
  });
  afterEach(() => rooms.close());

  const read = async ({ id }: Grant) => (await last.grants.get('ada', id))!;
  /** What the gate does before it admits. */
  const use = async ({ grants }: Replica, { id }: Grant) => {
    const live = (await grants.live(id))!;
    return live.renewAtMs <= rooms.clock.nowMs && grants.renew(live);
  };
  const ended = async () => {
    const entries = first.db
      .selectFrom('journal')
      .select(['grant_id', 'body'])
      .where('kind', '=', 'grant.expired')
      .orderBy('id');
    return (await entries.execute()).map(({ grant_id, body }) => [grant_id, JSON.parse(body)]);
  };

  it('an unused grant is admitted up to its end, and not at it, by every replica', async () => {
    const grant = await give(first);
    expect(await read(grant)).toMatchObject({ status: 'active', expiresAtMs: null, idleEndsAtMs: END });
    rooms.clock.nowMs = END - 1;
    expect(await admits(last, grant.id)).toBe(true);
    rooms.clock.nowMs = END;
    expect(await admitsEach(rooms, [grant])).toEqual(rooms.replicas.map(() => 'expired'));
    expect(await read(grant)).toMatchObject({ status: 'expired' });
    expect(await use(last, grant)).toBe(false);
    expect(await admits(first, grant.id)).toBe('expired');
  });

  it('use moves the end on, at most once a day, and never less than the house allows', async () => {
    const grant = await give(first);
    rooms.clock.nowMs = NOON + DAY - 1;
    expect(await use(last, grant)).toBe(false);
    rooms.clock.nowMs = NOON + 60 * DAY;
    expect(await Promise.all([use(first, grant), use(first, grant), use(last, grant)])).toContain(true);
    expect(await read(grant)).toMatchObject({ idleEndsAtMs: NOON + 151 * DAY });
    expect(await use(last, grant)).toBe(false);
    rooms.clock.nowMs = END;
    expect(await admits(last, grant.id)).toBe(true);
  });

  it('use of a child uses everything above it; a child that is not used ends no later than its parent', async () => {
    const parent = await give(first);
    const used = await child(first, parent.id, { asked: [{ ...ACCESS, delegationMaxDepth: 1 }] });
    const below = await child(first, used.id);
    rooms.clock.nowMs = NOON + 10 * DAY;
    const unused = await child(first, parent.id);
    expect(await read(unused)).toMatchObject({ idleEndsAtMs: END });
    rooms.clock.nowMs = NOON + 50 * DAY;
    expect(await use(last, below)).toBe(true);
    rooms.clock.nowMs = END;
    expect(await admitsEach(rooms, [parent, used, below, unused])).toEqual(
      rooms.replicas.map(() => 'true,true,true,expired'),
    );
    rooms.clock.nowMs = NOON + 141 * DAY;
    expect(await admitsEach(rooms, [parent, used, below])).toEqual(
      rooms.replicas.map(() => 'expired,expired,expired'),
    );
  });

  it('the end that the terms name stays, and an owner who changes the terms uses it', async () => {
    const soon = await give(first, {
      parts: [{ providerKeyId: 'pk_ada_one', access: { ...ACCESS, expiresAtMs: NOON + DAY } }],
    });
    expect(await read(soon)).toMatchObject({ expiresAtMs: NOON + DAY, idleEndsAtMs: null });
    const late = await give(first);
    rooms.clock.nowMs = NOON + 30 * DAY;
    await first.grants.edit('ada', late.id, { ...ACCESS, expiresAtMs: NOON + 900 * DAY });
    expect(await read(late)).toMatchObject({
      expiresAtMs: NOON + 900 * DAY,
      idleEndsAtMs: NOON + 121 * DAY,
    });
  });

  it('a request for more that is allowed uses the grant and those above it that it changes', async () => {
    const parent = await give(first);
    const below = await child(first, parent.id);
    rooms.clock.nowMs = NOON + 30 * DAY;
    const ambient = { now: () => rooms.clock.nowMs, randomBytes: systemAmbient.randomBytes };
    const requests = createAccessRequests({ ...first, ambient });
    const asked = [{ ...unrestrictedAccess('openai'), models: ['o-*'] }];
    const made = await requests.make({ grantId: below.id, asked, message: null, via: 'api' });
    const id = made.ok ? made.value.id : '';
    expect(await requests.decide('ada', id, { kind: 'allow' })).toMatchObject({ ok: true });
    for (const grant of [parent, below])
      expect(await read(grant)).toMatchObject({ expiresAtMs: null, idleEndsAtMs: NOON + 121 * DAY });
  });

  it('nothing is issued for a child below a grant that has ended, and it is shown as ended', async () => {
    const [unused, edited] = [await give(first), await give(first)];
    const children = [await child(first, unused.id), await child(first, edited.id)];
    await first.grants.edit('ada', edited.id, { ...ACCESS, expiresAtMs: NOON + DAY });
    rooms.clock.nowMs = NOON + 80 * DAY;
    await first.grants.edit('ada', children[0]!.id, { ...ACCESS, delegationMaxDepth: 0 });
    rooms.clock.nowMs = END;
    expect(await admitsEach(rooms, children)).toEqual(rooms.replicas.map(() => 'expired,expired'));
    for (const grant of children) {
      expect(await findUsableGrant(last.grants, grant.id, rooms.clock.nowMs)).toBeNull();
      expect(await read(grant)).toMatchObject({ status: 'expired' });
    }
  });

  it('what has ended is written down once, with why, and is read so after a restart', async () => {
    const [unused, soon, used] = [
      await give(first),
      await give(first, {
        parts: [{ providerKeyId: 'pk_ada_one', access: { ...ACCESS, expiresAtMs: NOON + DAY } }],
      }),
      await give(first),
    ];
    rooms.clock.nowMs = NOON + 50 * DAY;
    await use(first, used);
    rooms.clock.nowMs = END + 5;
    for (let time = 0; time < 2; time += 1)
      await Promise.all(rooms.replicas.map(({ grants }) => grants.tend()));
    expect(await ended()).toEqual(
      expect.arrayContaining([
        [unused.id, { because: 'unused', expired_at: END }],
        [soon.id, { because: 'time', expired_at: NOON + DAY }],
      ]),
    );
    expect(await ended()).toHaveLength(2);
    await first.grants.edit('ada', unused.id, ACCESS);
    expect(await admits(last, unused.id)).toBe(true);
    rooms.clock.nowMs += 91 * DAY;
    await last.grants.tend();
    expect((await ended()).filter(([id]) => id === unused.id)).toHaveLength(2);
  });

  it('what has ended is found among more grants than are read at once', async () => {
    const grants: Grant[] = [];
    while (grants.length <= 50) grants.push(await give(first));
    rooms.clock.nowMs = END;
    await last.grants.tend();
    const ids = (await ended()).map(([id]) => id);
    expect(ids.toSorted()).toEqual(grants.map(({ id }) => id).toSorted());
  });

  it('what has ended is left to the next start, once the house closes', async () => {
    const grant = await give(first);
    rooms.clock.nowMs = END;
    await first.grants.tend(AbortSignal.abort());
    expect(await ended()).toEqual([]);
    await last.grants.tend();
    expect(await ended()).toEqual([[grant.id, { because: 'unused', expired_at: END }]]);
  });

  it('nobody brings back in its last minute what another clock takes for ended', async () => {
    const grant = await give(first);
    rooms.clock.nowMs = END - 59_999;
    expect(await use(last, grant)).toBe(false);
    expect(await admits(last, grant.id)).toBe(true);
    expect(await read(grant)).toMatchObject({ idleEndsAtMs: END });
  });
});

describe.each(ENGINES)('on %s a house that changes its mind', (_, open) => {
  const never = { idleMs: null };
  const sooner = { idleMs: 10 * DAY };
  it.each([
    ['begins', never, IDLE, null, null, END],
    ['begins', never, IDLE, NOON + 900 * DAY, null, END],
    ['begins', never, IDLE, NOON + 40 * DAY, null, null],
    ['stops', IDLE, never, null, END, null],
    ['stops', IDLE, never, NOON + 900 * DAY, END, null],
    ['waits less long', IDLE, sooner, null, END, NOON + 11 * DAY],
    ['waits less long', IDLE, sooner, NOON + 900 * DAY, END, NOON + 11 * DAY],
    ['waits less long', IDLE, sooner, NOON + 40 * DAY, null, NOON + 11 * DAY],
  ])(
    '%s to end grants that nobody uses: those that are there follow, from %j to %j where terms end at %j',
    async (_name, before, after, expiresAtMs, had, has) => {
      const rooms = await openRooms(open, before);
      const { db, ledger } = rooms.replicas[0]!;
      const parts = [{ providerKeyId: 'pk_ada_one', access: { ...ACCESS, expiresAtMs } }];
      const grant = await give(rooms.replicas[0]!, { parts });
      expect((await rooms.replicas[0]!.grants.get('ada', grant.id))?.idleEndsAtMs).toBe(had);
      const ambient = { now: () => rooms.clock.nowMs, randomBytes: (size: number) => new Uint8Array(size) };
      const grants = createGrants({ db, ledger, ambient, ...after });
      await grants.tend();
      expect((await grants.get('ada', grant.id))?.idleEndsAtMs).toBe(has);
      await rooms.close();
    },
  );
});
