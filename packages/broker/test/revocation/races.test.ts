// Sixteen at once: what ends a grant against what would bring something alive below it. Nothing that lives stands below what is dead, nothing
// is admitted after the call that ended it has returned, on any replica, and the journal tells one story. REVOCATION_ROUNDS sets how often.

import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Grant } from '../../src/grants/contract.ts';
import { versionOf } from '../../src/grants/grant-rows.ts';
import { NOON } from '../../src/ledger/contract-suite/harness.ts';
import {
  ACCESS,
  admits,
  ask,
  child,
  closeServer,
  ENGINES,
  give,
  openRooms,
  RACE_ROUNDS,
  type Replica,
  type Rooms,
  story,
} from './rooms.ts';

type Act = (place: number) => Promise<{ readonly ok: boolean }>;

const AT_ONCE = 16;
const APP = { clientId: 'writer' };

afterAll(closeServer);

describe.each(ENGINES)('on %s', (_, open) => {
  let rooms: Rooms;
  let first: Replica;
  beforeEach(async () => {
    rooms = await openRooms(open);
    first = rooms.replicas[0]!;
  });
  afterEach(() => rooms.close());

  /** The replica that the one at this place asks. */
  const at = (place: number): Replica => rooms.replicas[place % rooms.replicas.length]!;
  const together = <Value>(each: (place: number) => Promise<Value>): Promise<Value[]> =>
    Promise.all(Array.from({ length: AT_ONCE }, (_each, place) => each(place)));

  const rounds = async (round: (number: number) => Promise<void>): Promise<void> => {
    for (let number = 0; number < RACE_ROUNDS; number += 1) await round(number);
  };

  /** Every grant of these ids and all below them, as every replica sees them: none is admitted. */
  const expectDead = async (ids: readonly string[], status: string): Promise<void> => {
    for (const replica of rooms.replicas)
      for (const id of ids) expect(await admits(replica, id)).toBe(status);
  };
  const idsBelow = async (ids: readonly string[]): Promise<string[]> => {
    const found = await first.grants.list('ada');
    const below = found.filter(({ parentGrantId }) => ids.includes(parentGrantId ?? '')).map(({ id }) => id);
    return below.length === 0 ? [] : [...below, ...(await idsBelow(below))];
  };

  it(`revoking against delegating, pausing, resuming, new tokens and more revoking: ${RACE_ROUNDS} rounds of ${AT_ONCE}`, async () => {
    await rounds(async (round) => {
      const parent = await give(first);
      const branch = await child(first, parent.id, { asked: [{ ...ACCESS, delegationMaxDepth: 1 }] });
      const acts: readonly Act[] = [
        (place) => at(place).grants.revoke('ada', parent.id, 'owner'),
        (place) => ask(at(place), place % 2 ? branch.id : parent.id),
        (place) => ask(at(place), branch.id),
        (place) => at(place).grants.suspend('ada', parent.id),
        (place) => at(place).grants.resume('ada', parent.id),
        (place) => at(place).grants.issueKeyToken('ada', branch.id),
        (place) => at(place).grants.edit('ada', parent.id, ACCESS),
        (place) => at(place).grants.revoke('ada', branch.id, 'owner'),
      ];
      const done = await together((place) => acts[(place + round) % acts.length]!(place));
      expect(done.some((each) => each.ok)).toBe(true);
      const all = [parent.id, ...(await idsBelow([parent.id]))];
      await expectDead(all, 'revoked');
      for (const id of all) expect(await first.grants.get('ada', id)).toMatchObject({ status: 'revoked' });
      expect(await ask(at(1), branch.id)).toMatchObject({ ok: false });
    });
  });

  it(`of ${AT_ONCE} changes made of the same state one counts: ${RACE_ROUNDS} rounds`, async () => {
    await rounds(async () => {
      const grant = await give(first);
      const seen = versionOf(grant);
      const edits = await together((place) =>
        place % 4 === 0
          ? at(place).grants.pin('ada', grant.id, [], versionOf({ ...grant, deviceIds: ['other'] }))
          : at(place).grants.edit('ada', grant.id, { ...ACCESS, models: [`gpt-${place}`] }, seen),
      );
      const [counts, ...more] = edits.filter((edit) => edit.ok);
      expect(more).toEqual([]);
      for (const edit of edits) if (!edit.ok) expect(edit.error.reason).toBe('changed');
      expect(await first.grants.get('ada', grant.id)).toMatchObject({ parts: counts?.value.parts });
      const entries = first.db
        .selectFrom('journal')
        .select('kind')
        .where('grant_id', '=', grant.id)
        .orderBy('seq');
      expect((await entries.execute()).map(({ kind }) => kind)).toEqual(['grant.created', 'grant.edited']);
    });
  });

  /** Revokes the grant as a revocation that ends in its middle does: nothing of what was made below it in that moment. */
  const breakOff = async ({ id }: Grant): Promise<void> => {
    const set = { status: 'revoked', revoked_at: NOON };
    await first.ledger.change({
      links: [{ kind: 'update', linkId: `${id}.openai`, set: { status: 'revoked' } }],
      rows: [first.db.updateTable('grants').set(set).where('id', '=', id).compile()],
      entries: [{ ownerId: 'ada', kind: 'grant.revoked', grantId: id, body: {} }],
    });
  };

  it('a revocation that broke off is finished when it is repeated', async () => {
    const parent = await give(first);
    const branch = await child(first, parent.id, { asked: [{ ...ACCESS, delegationMaxDepth: 1 }] });
    const leaf = await child(first, branch.id);
    await breakOff(parent);
    const again = await at(1).grants.revoke('ada', parent.id, 'owner');
    expect(again.ok && again.value.grantIds.toSorted()).toEqual([branch.id, leaf.id].toSorted());
    for (const { id } of [branch, leaf])
      expect(await first.grants.get('ada', id)).toMatchObject({ status: 'revoked' });
    expect(await story(rooms)).toEqual(['grant.revoked', 'grant.revoked', 'grant.revoked']);
    expect(await first.grants.revoke('ada', parent.id, 'owner')).toMatchObject({ value: { grantIds: [] } });
  });

  it('a revocation that broke off and is not repeated is finished in the background, written down once', async () => {
    const parent = await give(first);
    const branch = await child(first, parent.id, { asked: [{ ...ACCESS, delegationMaxDepth: 1 }] });
    const leaf = await child(first, branch.id);
    const other = await give(first);
    await breakOff(parent);
    const tend = () => Promise.all(rooms.replicas.map(({ grants }) => grants.tend()));
    const entries = first.db
      .selectFrom('journal')
      .select(['grant_id', 'body'])
      .where('kind', '=', 'grant.revoked');
    const told = async () =>
      (await entries.orderBy('id').execute())
        .slice(1)
        .map(({ grant_id, body }) => [grant_id, JSON.parse(body)]);
    await tend();
    // The revocation may still be at work.
    expect(await told()).toEqual([]);
    rooms.clock.nowMs += 600_000;
    for (let times = 0; times < 3; times += 1) await tend();
    expect(await told()).toEqual([
      [branch.id, { by: 'broker', root: parent.id }],
      [leaf.id, { by: 'broker', root: branch.id }],
    ]);
    for (const { id } of [branch, leaf]) {
      expect(await at(1).grants.get('ada', id)).toMatchObject({ status: 'revoked', revokedAtMs: NOON });
      const linkStatus = first.db.selectFrom('links').select('status').where('grant_id', '=', id);
      expect(await linkStatus.executeTakeFirst()).toEqual({ status: 'revoked' });
    }
    expect(await admits(first, other.id)).toBe(true);
  });

  it(`an admission that comes after a revocation has returned is refused: ${RACE_ROUNDS} rounds of ${AT_ONCE}`, async () => {
    await rounds(async () => {
      const { id } = await give(first);
      let isOver = false;
      const late: (true | string)[] = [];
      await together(async (place) => {
        if (place === 3) {
          await at(place).grants.revoke('ada', id, 'owner');
          isOver = true;
          return;
        }
        for (let tries = 0; tries < 4; tries += 1) {
          const wasOver = isOver;
          const answer = await admits(at(place), id);
          if (wasOver) late.push(answer);
        }
      });
      expect(new Set([...late, await admits(at(0), id), await admits(at(1), id)])).toEqual(
        new Set(['revoked']),
      );
    });
  });

  it(`stopping an app against giving to it and delegating to it: ${RACE_ROUNDS} rounds of ${AT_ONCE}`, async () => {
    const tool = await give(first);
    await give(first, APP);
    await rounds(async (round) => {
      const acts: readonly Act[] = [
        (place) => at(place).grants.stop('ada', { scope: 'app', ...APP }),
        (place) =>
          give(at(place), APP).then(
            () => ({ ok: true }),
            () => ({ ok: false }),
          ),
        (place) => ask(at(place), tool.id, APP),
      ];
      await together((place) => acts[(place + round) % acts.length]!(place));
      const all = await first.grants.list('ada');
      const ofApp = all.filter(({ clientId }) => clientId === APP.clientId).map(({ id }) => id);
      await expectDead([...ofApp, ...(await idsBelow(ofApp))], 'suspended');
      expect(await admits(at(1), tool.id)).toBe(true);
      const [stop, ...more] = await at(1).grants.stops('ada');
      expect(more).toEqual([]);
      expect((await at(1).grants.resumeStopped('ada', stop!.id)).ok).toBe(true);
      for (const id of ofApp.slice(0, 3)) expect(await admits(at(1), id)).toBe(true);
    });
    const told = await story(rooms);
    expect(told).toEqual(Array.from({ length: RACE_ROUNDS }, () => ['stop.began', 'stop.ended']).flat());
  });

  it(`stopping and resuming everything, a key and an app, all at once: ${RACE_ROUNDS} rounds of ${AT_ONCE}`, async () => {
    const paused = await give(first, APP);
    const grant = await give(first, APP);
    await first.grants.suspend('ada', paused.id);
    const targets = [
      { scope: 'everything' },
      { scope: 'provider_key', providerKeyId: 'pk_ada_one' },
      { scope: 'app', ...APP },
    ] as const;
    await rounds(async () => {
      await together(async (place) => {
        const { grants } = at(place);
        const stopped = await grants.stop('ada', targets[place % 3]!);
        if (stopped.ok && place % 2) await grants.resumeStopped('ada', stopped.value.stop.id);
      });
      const left = await first.grants.stops('ada');
      expect(await admits(at(1), grant.id)).toBe(left.length === 0 ? true : 'suspended');
      for (const { id } of left) expect((await at(1).grants.resumeStopped('ada', id)).ok).toBe(true);
      expect(await admits(at(0), grant.id)).toBe(true);
      expect(await admits(at(0), paused.id)).toBe('suspended');
    });
    const told = (await story(rooms)).filter((kind) => kind.startsWith('stop.'));
    expect(told.filter((kind) => kind === 'stop.began')).toHaveLength(told.length / 2);
  });
});
