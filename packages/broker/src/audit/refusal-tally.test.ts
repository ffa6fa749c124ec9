// However many refusals there are, a minute of one grant and one reason is a bounded number of entries, and the sum is right.

import { beforeEach, describe, expect, it } from 'vitest';
import type { EntryInput } from '../ledger/contract.ts';
import { MOST_COUNTED, REFUSALS_TOLD, RefusalTally, type RefusedAs } from './refusal-tally.ts';

let written: EntryInput[];
let failure: Error | null;
let tally: RefusalTally;
beforeEach(() => {
  [written, failure] = [[], null];
  tally = new RefusalTally({
    record: async (entries) => {
      if (failure) throw failure;
      written.push(...entries);
    },
  });
});

const refuse = (
  times: number,
  grantId = 'g',
  code = 'budget_exhausted',
  what: RefusedAs['what'] = 'call',
): number =>
  Array.from({ length: times }, () => tally.isTold({ what, ownerId: 'ada', grantId, code }, 60_000)).filter(
    Boolean,
  ).length;

describe('refusals', () => {
  it('are told one by one up to a number for each grant and reason, then counted', async () => {
    expect([refuse(5000), refuse(3, 'h'), refuse(2, 'g', 'rate_limited')]).toEqual([REFUSALS_TOLD, 3, 2]);
    await tally.flush();
    const body = { code: 'budget_exhausted', more: 5000 - REFUSALS_TOLD, since: 60_000 };
    expect(written).toEqual([{ ownerId: 'ada', kind: 'call.refusals', grantId: 'g', body }]);
  });

  it('of calls and of delegations are counted apart', async () => {
    refuse(REFUSALS_TOLD + 1, 'g', 'too_many');
    expect(refuse(REFUSALS_TOLD + 2, 'g', 'too_many', 'delegation')).toBe(REFUSALS_TOLD);
    await tally.flush();
    expect(written.map(({ kind, body }) => [kind, body.more])).toEqual([
      ['call.refusals', 1],
      ['delegation.refusals', 2],
    ]);
  });

  it('begin anew with each minute, and a quiet one leaves nothing', async () => {
    refuse(REFUSALS_TOLD);
    await tally.flush();
    expect([refuse(1), written]).toEqual([1, []]);
  });

  it('that could not be written are counted on', async () => {
    refuse(REFUSALS_TOLD + 5);
    failure = new Error('no room');
    await expect(tally.flush()).rejects.toThrow('no room');
    failure = null;
    expect(refuse(2)).toBe(0);
    await tally.flush();
    expect(written).toMatchObject([{ body: { more: 7 } }]);
  });

  it('are counted for so many grants at a time, also while the journal can not be written: beyond, each is told', async () => {
    const times = REFUSALS_TOLD + 1;
    const flood = (name: string) => {
      for (let number = 0; number < MOST_COUNTED; number += 1) refuse(times, `${name}${number}`);
    };
    flood('first');
    failure = new Error('no room');
    for (const name of ['second', 'third']) {
      const failed = expect(tally.flush()).rejects.toThrow('no room');
      flood(name);
      await failed;
      expect(refuse(times, `${name}0`)).toBe(times);
    }
    failure = null;
    await tally.flush();
    expect(written).toHaveLength(MOST_COUNTED);
    expect(written.every(({ grantId, body }) => grantId?.startsWith('first') && body.more === 1)).toBe(true);
  });
});
