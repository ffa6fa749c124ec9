// The verifier on files that nobody's export wrote: it answers, in words, and never throws or hangs.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpointReader, findCheckpoint } from './checkpoint.ts';
import { EXPORT_MEMBERS, formatEntry, parseEntry } from './export-line.ts';
import { type EntryColumns, genesisHash, hashEntry } from './hash-entry.ts';
import { linesOf } from './lines-of.ts';
import { readSignedHeads } from './signed-heads.ts';
import { verifyExport } from './verify-export.ts';

const scratch = mkdtempSync(join(tmpdir(), 'valetkey-verify-'));
const journal = join(scratch, 'journal.jsonl');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const verify = (bytes: Uint8Array | string, isPart = false) => {
  writeFileSync(journal, bytes);
  return verifyExport({ journal, signed: null, isPart });
};

const ONE = formatEntry({
  seq: 1,
  at: 1000,
  owner_id: 'o',
  kind: 'x.y',
  call_id: null,
  grant_id: null,
  link_id: null,
  held_nanos: 0,
  settled_nanos: 0,
  held_tokens: 0,
  settled_tokens: 0,
  held_requests: 0,
  settled_requests: 0,
  body: '{"text":"\ud800\u2028é"}',
  previous_hash: genesisHash('o'),
  hash: hashEntry(genesisHash('o'), 1, 1000, [
    'o',
    'x.y',
    null,
    null,
    null,
    0,
    0,
    0,
    0,
    0,
    0,
    '{"text":"\ud800\u2028é"}',
  ]),
});

describe('any file', () => {
  it('of any bytes is answered with a sentence', async () => {
    const garbage = fc.uint8Array({ maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(garbage, fc.boolean(), async (bytes, isPart) => {
        const verified = await verify(bytes, isPart);
        expect(verified.ok ? '' : verified.error.problem).toMatch(/^.{10,}\.$/);
      }),
      { numRuns: 200 },
    );
  });

  it('of any JSON in the place of members is answered with a sentence', async () => {
    const value = fc.json({ maxDepth: 2 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...EXPORT_MEMBERS),
        value,
        fc.boolean(),
        async (member, json, isPart) => {
          const line = JSON.stringify({ ...JSON.parse(ONE), [member]: JSON.parse(json) });
          const verified = await verify(`${line}\n`, isPart);
          expect(verified.ok).toBe(line === ONE);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    ['a whole entry', `${ONE}\n`, null],
    ['a byte order mark', `\ufeff${ONE}\n`, 'Line 1 is not as an export writes it'],
    ['Windows line ends', `${ONE}\r\n`, 'Line 1 is not as an export writes it'],
    ['nesting without end', `${'['.repeat(200_000)}\n`, 'Line 1 is not as an export writes it'],
    ['a line without end', 'x'.repeat(6 * 1024 * 1024), 'Line 1 is not as an export writes it'],
    [
      'a long line with an end',
      `${ONE}\n${'x'.repeat(6 * 1024 * 1024)}\n`,
      'Entry 2 is not as an export writes it',
    ],
  ])('%s', async (_, text, problem) => {
    const verified = await verify(text);
    if (problem === null) expect(verified.ok).toBe(true);
    else expect(verified.ok ? '' : verified.error.problem).toContain(problem);
  });

  it('whose times are none is malformed, though its hashes fit', async () => {
    for (const at of [1e300, 8.64e15 + 1, 0.5, '1000', null]) {
      const { hash: _hash, ...entry } = { ...JSON.parse(ONE), at };
      const [, , ...columns] = Object.values(entry).slice(0, -1) as unknown[];
      const forged = {
        ...entry,
        hash: hashEntry(genesisHash('o'), 1, at as number, columns as unknown as EntryColumns),
      };
      expect((await verify(`${formatEntry(forged)}\n`)).ok).toBe(false);
    }
  });

  it('does not begin anywhere but at the beginning when it says that it is entry 1, not even as a part', async () => {
    const { hash: _hash, previous_hash: _previous, ...entry } = JSON.parse(ONE);
    const columns = Object.values(entry).slice(2) as unknown as EntryColumns;
    const forged = { ...entry, previous_hash: 'x', hash: hashEntry('x', 1, 1000, columns) };
    expect(await verify(`${formatEntry(forged)}\n`, true)).toMatchObject({ ok: false, error: { seq: 1 } });
  });

  it('that is not there is named', async () => {
    const verified = await verifyExport({ journal: '/none/x', signed: null, isPart: false });
    expect(verified).toEqual({ ok: false, error: { seq: null, problem: 'Cannot read /none/x (ENOENT).' } });
  });
});

describe('lines', () => {
  it('are the same however the bytes are divided into chunks', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\u{1f511}') });
    const cuts = fc.array(fc.nat(60), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(text, cuts, async (whole, places) => {
        const bytes = Buffer.from(whole);
        const ends = [...places.toSorted((a, b) => a - b), bytes.length];
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        const lines = [];
        for await (const some of linesOf(
          (async function* () {
            yield* chunks;
          })(),
        ))
          lines.push(...some);
        const expected = whole.split('\n');
        const open = expected.pop();
        expect(lines).toEqual(open === '' ? expected : [...expected, null]);
      }),
    );
  });

  it('of an export have one form', () => {
    expect(parseEntry(ONE)).toEqual({ ok: true, value: JSON.parse(ONE) });
  });
});

describe('checkpoints', () => {
  it('are looked for in any text without throwing, and in bounded time', async () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void findCheckpoint(text, 'o')));
    const began = performance.now();
    for (const text of ['eyJ'.repeat(300_000), 'eyJa.'.repeat(200_000), `eyJa.eyJ${'a'.repeat(900_000)}`])
      expect(findCheckpoint(text, 'o')).toBeNull();
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('that look like one and are none are refused by their line', async () => {
    const claims = Buffer.from('{"owner":"o"}').toString('base64url');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    const bytes = Buffer.from(`x\n${header}.${claims}.${'A'.repeat(86)}\n`);
    const read = checkpointReader({ keys: [] });
    const heads = await readSignedHeads(
      (async function* () {
        yield bytes;
      })(),
      'o',
      read,
    );
    expect(heads).toEqual({
      ok: false,
      error: 'Line 2 of the checkpoints was not signed with one of these keys.',
    });
  });
});
