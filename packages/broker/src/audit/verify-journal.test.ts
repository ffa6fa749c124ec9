// Every way to tamper with a chain of entries is found, at the place where it was done.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EntryColumns, genesisHash, hashEntry } from './hash-entry.ts';
import { type JournalEntry, verifyJournal } from './verify-journal.ts';

const COLUMNS = [
  'owner_id',
  'kind',
  'call_id',
  'grant_id',
  'link_id',
  'held_nanos',
  'settled_nanos',
  'held_tokens',
  'settled_tokens',
  'held_requests',
  'settled_requests',
  'body',
] as const;

/** A clean chain of `length` entries. */
function chainOf(length: number, ownerId = 'owner'): Record<string, unknown>[] {
  let hash = genesisHash(ownerId);
  return Array.from({ length }, (_, position) => {
    const values = [
      ownerId,
      'call.admitted',
      `call_${position}`,
      'g',
      'g.openai',
      5,
      0,
      7,
      0,
      1,
      0,
      '{"a":1}',
    ];
    hash = hashEntry(hash, position + 1, 1000 + position, values as unknown as EntryColumns);
    const columns = Object.fromEntries(COLUMNS.map((column, at) => [column, values[at]]));
    return { ...columns, seq: position + 1, at: 1000 + position, hash };
  });
}

const faultOf = (entries: readonly JournalEntry[]) => {
  const result = verifyJournal('owner', entries);
  return result.ok ? null : result.error;
};

describe('verifyJournal', () => {
  it('passes a clean chain and returns its head', () => {
    const chain = chainOf(20);
    expect(verifyJournal('owner', chain)).toEqual({ ok: true, value: { seq: 20, hash: chain[19]?.hash } });
    expect(verifyJournal('owner', [])).toEqual({ ok: true, value: { seq: 0, hash: genesisHash('owner') } });
  });

  it.each([...COLUMNS, 'at', 'seq', 'hash'])(
    'finds a change of %s at the entry that was changed',
    (column) => {
      const chain = chainOf(8);
      const entry = chain[4]!;
      entry[column] = typeof entry[column] === 'number' ? (entry[column] as number) + 1 : `${entry[column]}x`;
      expect(faultOf(chain)?.seq).toBe(5);
    },
  );

  it('finds a change even when the hash of that entry is computed anew: the next one no longer fits', () => {
    const chain = chainOf(8);
    const entry = { ...chain[4]!, settled_nanos: 1 };
    const values = COLUMNS.map((column) => entry[column as keyof typeof entry]) as unknown as EntryColumns;
    const forged = { ...entry, hash: hashEntry(String(chain[3]?.hash), 5, 1004, values) };
    expect(faultOf(chain.with(4, forged))).toEqual({ seq: 6, reason: 'wrong_hash' });
  });

  it.each([
    ['removal', (chain: JournalEntry[]) => chain.toSpliced(4, 1), { seq: 5, reason: 'wrong_position' }],
    ['removal at the start', (chain: JournalEntry[]) => chain.slice(1), { seq: 1, reason: 'wrong_position' }],
    [
      'removal with later entries moved up',
      (chain: JournalEntry[]) => chain.toSpliced(4, 1).map((entry, at) => ({ ...entry, seq: at + 1 })),
      { seq: 5, reason: 'wrong_hash' },
    ],
    [
      'insertion',
      (chain: JournalEntry[]) => chain.toSpliced(4, 0, chain[4]!),
      { seq: 6, reason: 'wrong_position' },
    ],
    [
      'a swap',
      (chain: JournalEntry[]) => chain.with(4, chain[5]!).with(5, chain[4]!),
      { seq: 5, reason: 'wrong_position' },
    ],
    [
      'a swap with places exchanged',
      (chain: JournalEntry[]) => chain.with(4, { ...chain[5]!, seq: 5 }).with(5, { ...chain[4]!, seq: 6 }),
      { seq: 5, reason: 'wrong_hash' },
    ],
    [
      "another owner's entry",
      (chain: JournalEntry[]) => chain.with(4, chainOf(8, 'other')[4]!),
      { seq: 5, reason: 'wrong_owner' },
    ],
    [
      "another owner's chain under this owner's name",
      () => chainOf(8, 'other').map((entry) => ({ ...entry, owner_id: 'owner' })),
      { seq: 1, reason: 'wrong_hash' },
    ],
  ])('finds %s', (_, tamper, expected) => {
    expect(faultOf(tamper(chainOf(8)))).toEqual(expected);
  });
});

describe('hashEntry', () => {
  it('differs for any two different entries, however their texts are divided', () => {
    const text = fc.string({ unit: 'binary' });
    const columns = fc.tuple(text, text, fc.option(text), fc.option(text), fc.option(text), text);
    const hashOf = ([owner, kind, call, grant, link, body]: readonly (string | null)[]) =>
      hashEntry('h', 1, 2, [owner!, kind!, call!, grant!, link!, 0, 0, 0, 0, 0, 0, body!]);
    fc.assert(
      fc.property(columns, columns, (one, other) => {
        const same = one.every((value, at) => value === other[at]);
        expect(hashOf(one) === hashOf(other)).toBe(same);
      }),
    );
  });

  it('is the published one: SHA-256 over the JSON array, base64url', () => {
    const entry: EntryColumns = ['o', 'grant.created', null, 'g', null, 0, 0, 0, 0, 0, 0, '{}'];
    expect(genesisHash('o')).toBe('F9onuF9-LZeyne2I4FPqHpJDia1GjkVJHsBOoXCtlzA');
    expect(hashEntry(genesisHash('o'), 1, 1700000000000, entry)).toBe(
      'OJKJ6afUAobIprAY-8_hLni1PnKPsNwUQ_41PmAE-ig',
    );
  });
});
