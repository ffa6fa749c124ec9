// What the gate reads of a grant is of one state, however much changes meanwhile: an admission checks the versions of a reading, so a token,
// a pin, a lost device or a right of another version would be decided on without anybody noticing.

import { CompiledQuery } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Grant, LiveGrant } from '../../src/grants/contract.ts';
import { hashKeyToken } from '../../src/grants/key-token.ts';
import { NOON } from '../../src/ledger/contract-suite/harness.ts';
import { ACCESS, child, closeServer, ENGINES, give, openRooms, type Replica, type Rooms } from './rooms.ts';

const ROUNDS = 8;

afterAll(closeServer);

describe.each(ENGINES)('on %s', (engine, open) => {
  let rooms: Rooms;
  let first: Replica;
  let parent: Grant;
  let leaf: Grant;
  beforeEach(async () => {
    rooms = await openRooms(open);
    first = rooms.replicas[0]!;
    parent = await give(first);
    leaf = await child(first, parent.id);
    const device = { id: 'dv_1', owner_id: 'ada', name: 'Laptop', key_thumbprint: 'thumb', created_at: NOON };
    await first.db.insertInto('devices').values(device).execute();
  });
  afterEach(() => rooms.close());

  /** Loses or finds the device as its room does: in the change that raises the versions. */
  const setLost = (lostAtMs: number | null) => {
    const row = first.db.updateTable('devices').set({ lost_at: lostAtMs }).where('id', '=', 'dv_1').compile();
    return first.ledger.change({
      links: [{ kind: 'update', linkId: `${leaf.id}.openai`, set: {} }],
      rows: [row],
      entries: [],
    });
  };

  const seen = (live: LiveGrant) => ({
    models: live.parts[0]?.access.models,
    keyTokenHash: live.keyTokenHash,
    pins: live.pins.map((pins) => [...pins]),
    revoked: [...live.revokedTokenIds].sort(),
    isLost: live.devices.get('thumb')?.isLost,
  });
  const versionOf = ({ parts }: LiveGrant) => parts[0]!.chain.map(({ version }) => version).join('.');

  it('a reading says that answers tell their cost for what was asked for in the words of TPX alone', async () => {
    const asked = await give(first, { via: 'tpx' });
    const below = await child(first, asked.id);
    const tells = async ({ id }: Grant) => (await first.grants.live(id))?.tellsCredits;
    expect([await tells(asked), await tells(below), await tells(parent)]).toEqual([true, false, false]);
  });

  it('a reading that is made while rights, tokens, pins and devices change is of the state that its versions name', async () => {
    let token = '';
    const changes: readonly ((round: number) => Promise<unknown>)[] = [
      async () => {
        const issued = await first.grants.issueKeyToken('ada', leaf.id);
        token = issued.ok ? issued.value : '';
      },
      (round) => first.grants.edit('ada', parent.id, { ...ACCESS, models: [`gpt-${round}`] }),
      (round) => first.grants.pin('ada', leaf.id, round % 2 ? ['dv_1'] : []),
      (round) => first.grants.revokeToken(leaf.id, `jti_${round}`, NOON + 1),
      (round) => setLost(round % 2 ? NOON : null),
    ];
    const found: LiveGrant[] = [];
    let isOver = false;
    const readers = rooms.replicas.flatMap(({ grants }) => [
      () => grants.reread(leaf.id),
      () => grants.liveByKeyToken(token),
    ]);
    const reading = readers.map(async (read) => {
      while (!isOver) {
        const live = await read();
        if (live) found.push(live);
        await new Promise(setImmediate);
      }
    });
    const stood = new Map<string, ReturnType<typeof seen>>();
    const note = async () => {
      const live = (await first.grants.reread(leaf.id))!;
      stood.set(versionOf(live), seen(live));
    };
    await note();
    for (let round = 0; round < ROUNDS; round += 1)
      for (const change of changes) {
        await change(round);
        await note();
      }
    isOver = true;
    await Promise.all(reading);
    expect(stood.size).toBe(1 + ROUNDS * changes.length);
    expect([...stood.values()].at(-1)).toEqual({
      models: [`gpt-${ROUNDS - 1}`],
      keyTokenHash: hashKeyToken(token),
      pins: [['dv_1']],
      revoked: Array.from({ length: ROUNDS }, (_, round) => `jti_${round}`),
      isLost: true,
    });
    expect(new Set(found.map(versionOf)).size).toBeGreaterThan(ROUNDS);
    for (const live of found) expect(seen(live)).toEqual(stood.get(versionOf(live)));
  });

  it('a reading is one statement', async () => {
    const token = await first.grants.issueKeyToken('ada', leaf.id);
    const run = vi.spyOn(first.db.getExecutor(), 'executeQuery');
    first.grants.forgetAll();
    const live = await first.grants.liveByKeyToken(token.ok ? token.value : '');
    expect(live?.path.map(({ grantId }) => grantId)).toEqual([parent.id, leaf.id]);
    expect(run).toHaveBeenCalledTimes(1);
    if (engine !== 'SQLite') return;
    const plan = CompiledQuery.raw(`explain query plan ${run.mock.calls[0]![0].sql}`, ['hash']);
    const { rows } = await first.db.executeQuery<{ detail: string }>(plan);
    const scans = rows.map(({ detail }) => detail).filter((detail) => detail.startsWith('SCAN'));
    expect(new Set(scans)).toEqual(new Set(['SCAN path']));
  });
});
