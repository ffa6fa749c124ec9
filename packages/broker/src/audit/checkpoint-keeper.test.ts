// Every owner who wrote is signed, only they, and none is forgotten because a place to keep checkpoints was out of reach.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, openApiHouse } from '../../test/api-house.ts';
import { checkpointReader } from './checkpoint.ts';
import { CheckpointKeeper } from './checkpoint-keeper.ts';
import { CheckpointKeys } from './checkpoint-keys.ts';
import { EVIDENCE_KEY_LIFETIME_MS } from './evidence-keys.ts';
import { WrittenOwners } from './written-owners.ts';

let house: ApiHouse;
let written: WrittenOwners;
let keys: CheckpointKeys;
let kept: string[];
let failure: Error | null;
let told: (string | null)[];
let keeper: CheckpointKeeper;
beforeEach(async () => {
  house = await openApiHouse();
  [written, kept, failure, told] = [new WrittenOwners(), [], null, []];
  const ambient = {
    now: () => house.clock.nowMs,
    randomBytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)),
  };
  const { db } = house.store;
  keys = new CheckpointKeys({ db, vault: house.vault, ambient });
  const sink = async (checkpoints: readonly string[]) => {
    if (failure) throw failure;
    kept.push(...checkpoints);
  };
  const onChange = (error: Error | null) => told.push(error?.message ?? null);
  keeper = new CheckpointKeeper({ db, written, keys, sink, issuer: 'https://b.example', ambient, onChange });
});
afterEach(() => house.close());

const write = async (...owners: string[]) => {
  for (const ownerId of owners) {
    await house.ledger.record([{ ownerId, kind: 'owner.signed_in', body: {} }]);
    written.note(ownerId);
  }
};
const keptNow = async () => {
  const read = checkpointReader(await keys.published());
  return Promise.all(kept.splice(0).map(read));
};
const headOf = (ownerId: string) =>
  house.store.db
    .selectFrom('journal')
    .select(['seq', 'hash'])
    .where('owner_id', '=', ownerId)
    .orderBy('seq', 'desc')
    .executeTakeFirstOrThrow();

describe('checkpoints', () => {
  it('name the last entry of each owner who wrote since the last time, and of nobody else', async () => {
    await write('ada', 'eve', 'ada');
    await keeper.keep();
    const at = house.clock.nowMs;
    const broker = 'https://b.example';
    expect(await keptNow()).toEqual([
      { owner: 'ada', ...(await headOf('ada')), at, broker },
      { owner: 'eve', ...(await headOf('eve')), at, broker },
    ]);
    await keeper.keep();
    expect(kept).toEqual([]);
    await write('eve');
    await keeper.close();
    expect(await keptNow()).toMatchObject([{ owner: 'eve', seq: 2 }]);
  });

  it('that could not be kept are made again, told of once', async () => {
    await write('ada', 'eve');
    failure = new Error('no room');
    await keeper.keep();
    await keeper.keep();
    await write('ada');
    failure = null;
    await keeper.keep();
    expect(await keptNow()).toMatchObject([
      { owner: 'ada', seq: 2 },
      { owner: 'eve', seq: 1 },
    ]);
    expect(told).toEqual(['no room', null]);
  });

  it('are made at the end of what was written while others were being kept', async () => {
    await write('eve', 'ada');
    written.take();
    written.note('ada');
    void keeper.keep();
    written.note('eve');
    await keeper.close();
    expect(await keptNow()).toMatchObject([{ owner: 'ada' }, { owner: 'eve' }]);
  });

  it('are made of others where an owner’s journal is gone', async () => {
    written.note('gone');
    await write('ada');
    await keeper.keep();
    expect(await keptNow()).toMatchObject([{ owner: 'ada' }]);
    expect(told).toEqual([]);
  });

  it('are made after a start for owners whose last one a crash may have prevented', async () => {
    await write('ada', 'eve');
    written.take();
    await keeper.start();
    await keeper.keep();
    expect((await keptNow()).map((checkpoint) => checkpoint?.owner).toSorted()).toEqual(['ada', 'eve']);
  });

  it('of more owners than go out at once are all kept', async () => {
    const owners = Array.from({ length: 501 }, (_, index) => `owner${index}`);
    await house.ledger.record(owners.map((ownerId) => ({ ownerId, kind: 'owner.signed_in', body: {} })));
    for (const owner of owners) written.note(owner);
    await keeper.keep();
    expect(kept).toHaveLength(501);
  });
});

describe('their keys', () => {
  it('are replaced after a year; what the ones before signed is believed for ever', async () => {
    const kids = [];
    for (let year = 0; year < 3; year += 1) {
      await write('ada');
      await keeper.keep();
      kids.push((await keys.published()).keys[0]?.kid);
      house.clock.nowMs += EVIDENCE_KEY_LIFETIME_MS;
    }
    expect(new Set(kids).size).toBe(3);
    expect(await keptNow()).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3 }]);
  });

  it('lose their private part when they are replaced, and never show it', async () => {
    await keys.maintain();
    await keys.rotate();
    const rows = await house.store.db
      .selectFrom('secrets')
      .selectAll()
      .where('purpose', '=', 'audit.checkpoints')
      .orderBy('retired_at')
      .execute();
    const opened = rows.map((row) =>
      JSON.parse(house.vault.openSecret(`${row.purpose}/${row.id}`, row.sealed)),
    );
    const isPrivate = new Map(rows.map((row, index) => [row.retired_at === null, 'd' in opened[index]]));
    expect(isPrivate).toEqual(
      new Map([
        [true, true],
        [false, false],
      ]),
    );
    expect(JSON.stringify(await keys.published())).not.toContain('"d"');
  });

  it('of another broker vouch for nothing here', async () => {
    await write('ada');
    await keeper.keep();
    const other = checkpointReader({ keys: [] });
    expect(await other(kept[0]!)).toBeNull();
  });
});
