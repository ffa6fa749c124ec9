// What the broker decides by is compared with the sums of the journal, while it works.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, DETAILS, openApiHouse } from '../../../test/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

const compare = () => house.ask('POST', '/ledger/compare');

describe('POST /ledger/compare', () => {
  it('passes with its counts, and leaves an entry each time', async () => {
    const { id } = await house.createGrant();
    for (const callId of ['c1', 'c2', 'c3']) await house.admit(id, callId);
    await house.settle('c1');
    await house.settle('c2', 'ceiling');
    const first = await compare();
    expect([first.status, first.body]).toEqual([
      200,
      { entries: 9, calls: 3, open_calls: 1, removed_calls: 0, links: 2, faults: [] },
    ]);
    expect((await compare()).body.entries).toBe(10);
  });

  it('is exact while calls come and go', async () => {
    const { id } = await house.createGrant();
    await house.ask('PATCH', `/grants/${id}`, {
      authorization_details: [{ ...DETAILS, limits: { monthly_spend: 5 } }],
    });
    let going = true;
    let made = 0;
    const caller = async (name: string) => {
      for (let call = 0; going; call += 1) {
        const callId = `${name}${call}`;
        await house.admit(id, callId);
        await house.settle(callId);
        made += 1;
      }
    };
    const callers = ['a', 'b'].map(caller);
    while (made < 30) expect((await compare()).body.faults).toEqual([]);
    going = false;
    await Promise.all(callers);
    expect((await compare()).body).toMatchObject({ open_calls: 0, faults: [] });
  });

  it('is exact after the clock was set back: the ledger counts by its own, which never goes back', async () => {
    const { id } = await house.createGrant();
    house.clock.nowMs += 90_000;
    await house.admit(id, 'ahead');
    await house.settle('ahead');
    house.clock.nowMs -= 90_000;
    expect((await compare()).body.faults).toEqual([]);
  });

  it('names the link whose balance is not the sum of its entries, and the entry that was changed', async () => {
    const { id } = await house.createGrant();
    await house.admit(id, 'c1');
    await house.settle('c1');
    const set = { settled_nanos: 1 };
    await house.store.db.updateTable('journal').set(set).where('kind', '=', 'call.settled').execute();
    const { faults } = (await compare()).body;
    expect(faults[0]).toEqual({
      entry_id: expect.any(Number),
      problem: expect.stringContaining('was changed'),
    });
    expect(faults.map((fault: { problem: string }) => fault.problem).join()).toContain(`link ${id}.openai`);
  });

  it("looks at the owner's own entries alone", async () => {
    await house.createGrant();
    const { body } = await house.ask('POST', '/ledger/compare', undefined, 'eve');
    expect(body).toMatchObject({ entries: 1, links: 0, faults: [] });
  });
});
