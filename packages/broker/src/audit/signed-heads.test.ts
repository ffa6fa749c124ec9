// What a file of checkpoints says of one owner, whatever else stands in it.

import { describe, expect, it } from 'vitest';
import type { Checkpoint } from './checkpoint.ts';
import { readSignedHeads } from './signed-heads.ts';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const lineOf = (change: Partial<Checkpoint>) => {
  const payload = { owner: 'o', seq: 1, hash: 'h', at: 1, broker: 'b', ...change };
  return `{"checkpoint":"${encode({ alg: 'ES256' })}.${encode(payload)}.${'A'.repeat(86)}"}`;
};
/** Believes every signature but those over entry 9. */
const read = async (jws: string) => {
  const checkpoint = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as Checkpoint;
  return checkpoint.seq === 9 ? null : checkpoint;
};
const headsOf = async (...lines: string[]) => {
  async function* chunks() {
    yield Buffer.from(lines.map((line) => `${line}\n`).join(''));
  }
  const heads = await readSignedHeads(chunks(), 'o', read);
  return heads.ok ? [...heads.value] : heads.error;
};

describe('signed heads', () => {
  it('are those of the owner, the first time that each was signed', async () => {
    const lines = [
      lineOf({ seq: 7, hash: 'x', at: 3 }),
      'another program’s line',
      lineOf({ owner: 'other', seq: 7, hash: 'y' }),
      lineOf({ seq: 2, hash: 'z', at: 1 }),
      lineOf({ seq: 7, hash: 'x', at: 5 }),
    ];
    expect(await headsOf(...lines)).toEqual([
      [7, { hash: 'x', at: 3 }],
      [2, { hash: 'z', at: 1 }],
    ]);
  });

  it.each<[string, string[], string]>([
    ['one is not genuine', [lineOf({}), lineOf({ seq: 9 })], 'Line 2 of the checkpoints was not signed'],
    [
      'two of one entry differ',
      [lineOf({}), '', lineOf({ hash: 'other' })],
      'Entry 1 was signed twice with different contents (line 3 of the checkpoints is the second)',
    ],
    ['there are none', [], 'hold none of this owner'],
    ['there are none of this owner', [lineOf({ owner: 'other' })], 'hold none of this owner'],
  ])('are none where %s', async (_what, lines, problem) => {
    expect(await headsOf(...lines)).toContain(problem);
  });
});
