// The way of the evidence: calls through the gate, an export over the API, checkpoints kept beside, verified offline with the published
// keys by somebody who has nothing but the files. Every way to tamper with the file is found at its place.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EXPORT_MEMBERS, type ExportedEntry, formatEntry } from '../../src/audit/export-line.ts';
import { type EntryColumns, hashEntry } from '../../src/audit/hash-entry.ts';
import { verifyExport } from '../../src/audit/verify-export.ts';
import { chatStatus } from './send-chat.ts';
import { type House, signIn, startHouse } from './start-house.ts';

const scratch = mkdtempSync(join(tmpdir(), 'valetkey-evidence-'));
const PROMPT = 'the-secret-of-the-prompt';
const checkpoints = join(scratch, 'kept-elsewhere', 'checkpoints.jsonl');
const keys = join(scratch, 'keys.json');

let house: House;
let grant: Awaited<ReturnType<House['grant']>>;
/** Exports at two moments; the first is the earlier one. */
let earlier: readonly string[];
let lines: readonly string[];

const exported = async (query = ''): Promise<string> => {
  const authorization = `Bearer ${await signIn(house.url)}`;
  const response = await fetch(`${house.url}/api/v1/audit/export${query}`, { headers: { authorization } });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  return response.text();
};

const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);

const call = async () => {
  const messages = [{ role: 'user', content: PROMPT }];
  expect(await chatStatus(house.url, grant.token, { messages })).toBe(200);
};

beforeAll(async () => {
  house = await startHouse({ env: { VALETKEY_CHECKPOINTS: `file:${checkpoints}` } });
  grant = await house.grant({ provider: 'openai', limits: { monthly_spend: 1 } });
  for (let made = 0; made < 5; made += 1) await call();
  earlier = linesOf(await exported());
  for (let made = 0; made < 5; made += 1) await call();
  // An outcome is written some milliseconds after its answer, and one more entry would be signed than the file has.
  const running = async () => (await house.api('GET', '/calls?status=admitted')).body.data;
  await vi.waitFor(async () => expect(await running()).toEqual([]), { timeout: 60_000 });
  lines = linesOf(await exported());
  writeFileSync(keys, await (await fetch(`${house.url}/.well-known/valetkey-checkpoint-keys`)).text());
  await house.broker.close(0);
});
afterAll(async () => {
  await house.close();
  rmSync(scratch, { recursive: true, force: true });
});

const verify = (
  some: readonly string[] | Uint8Array,
  options: { signed?: boolean; isPart?: boolean } = {},
) => {
  const journal = join(scratch, 'journal.jsonl');
  writeFileSync(journal, some instanceof Uint8Array ? some : some.map((line) => `${line}\n`).join(''));
  const signed = options.signed === false ? null : { checkpoints, keys };
  return verifyExport({ journal, signed, isPart: options.isPart ?? false });
};

/** The place of the first entry at fault; null if all is well. */
const faultOf = async (...given: Parameters<typeof verify>) => {
  const verified = await verify(...given);
  return verified.ok ? null : verified.error.seq;
};

const entryOf = (line: string): ExportedEntry => JSON.parse(line);
const changed = (line: string, change: Partial<ExportedEntry>): string =>
  formatEntry({ ...entryOf(line), ...change });

/** The entries from `from` (counted from 1) on, their hashes computed anew as somebody can who knows the encoding. */
const rehashed = (some: readonly string[], from: number): string[] => {
  const done = some.slice(0, from - 1);
  let previous = entryOf(done.at(-1)!).hash;
  for (const line of some.slice(from - 1)) {
    const entry = { ...entryOf(line), seq: done.length + 1, previous_hash: previous };
    const [, , ...columns] = EXPORT_MEMBERS.slice(0, -2).map((member) => entry[member]);
    previous = hashEntry(previous, entry.seq, entry.at, columns as unknown as EntryColumns);
    done.push(formatEntry({ ...entry, hash: previous }));
  }
  return done;
};

describe('an export and the checkpoints of its broker', () => {
  it('prove each other to somebody who has only public keys', async () => {
    const verified = await verify(lines);
    const last = entryOf(lines.at(-1)!);
    expect(verified).toEqual({
      ok: true,
      value: {
        owner: last.owner_id,
        entries: lines.length,
        firstSeq: 1,
        firstAtMs: entryOf(lines[0]!).at,
        lastSeq: lines.length,
        lastAtMs: last.at,
        lastHash: last.hash,
        checkpoints: expect.any(Number),
        signedSeq: lines.length,
        removed: null,
      },
    });
    const { keys: published } = JSON.parse(readFileSync(keys, 'utf8'));
    expect(published).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        alg: 'ES256',
        use: 'sig',
        kid: expect.any(String),
        x: expect.any(String),
        y: expect.any(String),
      },
    ]);
  });

  it('hold no prompt, no answer, no provider key and no token', () => {
    const text = lines.join('\n') + readFileSync(checkpoints, 'utf8') + readFileSync(keys, 'utf8');
    for (const secret of [PROMPT, grant.token, ...Object.values(house.keys)])
      expect(text).not.toContain(secret);
  });

  it('verify in a part, against the checkpoints that fall in it', async () => {
    expect(await faultOf(lines.slice(5), { isPart: true })).toBeNull();
    expect(await faultOf(lines.slice(5, 9), { isPart: true })).toBeNull();
    expect(await faultOf(lines.slice(5))).toBe(1);
    expect(await faultOf(lines.slice(5).toSpliced(3, 1), { isPart: true })).toBe(9);
  });
});

describe('tampering with an export is found', () => {
  const at = 6;
  const replaced = (change: (entry: ExportedEntry) => Partial<ExportedEntry>) =>
    lines.with(at - 1, changed(lines[at - 1]!, change(entryOf(lines[at - 1]!))));

  it.each(EXPORT_MEMBERS)('a change of %s, without any checkpoint', async (member) => {
    const tampered = replaced((entry) => {
      const value = entry[member];
      return { [member]: typeof value === 'number' ? value + 1 : `${value ?? ''}x` };
    });
    expect(await faultOf(tampered, { signed: false })).toBe(at);
  });

  it.each<[string, number, () => readonly string[]]>([
    [
      'a member that is left out',
      at,
      () => lines.with(at - 1, lines[at - 1]!.replace('"link_id":null,', '').replace('"call_id":null,', '')),
    ],
    ['a member that was added', at, () => lines.with(at - 1, lines[at - 1]!.replace('{', '{"note":1,'))],
    [
      'a member that stands twice',
      at,
      () => lines.with(at - 1, lines[at - 1]!.replace('{', '{"kind":"x.y",')),
    ],
    ['white space', at, () => lines.with(at - 1, lines[at - 1]!.replace(',', ', '))],
    ['an empty line', at, () => lines.toSpliced(at - 1, 0, '')],
    ['removal at the start', 1, () => lines.slice(1)],
    ['removal in the middle', at, () => lines.toSpliced(at - 1, 1)],
    [
      'removal with the later ones moved up',
      at,
      () => [
        ...lines.slice(0, at - 1),
        ...lines.slice(at).map((line, index) => changed(line, { seq: at + index })),
      ],
    ],
    ['insertion of a copy', at + 1, () => lines.toSpliced(at, 0, lines[at - 1]!)],
    ['a swap of two', at, () => lines.with(at - 1, lines[at]!).with(at, lines[at - 1]!)],
    ["another owner's entry", at, () => replaced(() => ({ owner_id: 'somebody-else' }))],
    [
      "another owner's journal under this name",
      1,
      () => lines.map((line) => changed(line, { owner_id: 'somebody-else' })),
    ],
  ])('%s, without any checkpoint', async (_, seq, tamper) => {
    expect(tamper()).not.toEqual(lines);
    expect(await faultOf(tamper(), { signed: false })).toBe(seq);
  });

  it('removal at the end, by a checkpoint alone', async () => {
    const cut = lines.slice(0, -3);
    expect(await faultOf(cut, { signed: false })).toBeNull();
    expect(await faultOf(cut)).toBe(cut.length + 1);
  });

  it('a rollback to an earlier export, by a checkpoint alone', async () => {
    expect(lines.slice(0, earlier.length)).toEqual(earlier);
    expect(await faultOf(earlier, { signed: false })).toBeNull();
    expect(await faultOf(earlier)).toBe(earlier.length + 1);
  });

  it.each<[string, () => readonly string[]]>([
    ['a changed entry', () => replaced(({ settled_nanos }) => ({ settled_nanos: settled_nanos + 1 }))],
    ['a removed entry', () => [...lines.toSpliced(at - 1, 1), lines.at(-1)!]],
    ['an inserted entry', () => lines.toSpliced(at, 0, lines[at - 1]!)],
    ['two swapped entries', () => lines.with(at - 1, lines[at]!).with(at, lines[at - 1]!)],
  ])('%s with every later hash computed anew, by a checkpoint alone', async (_, tamper) => {
    const forged = rehashed(tamper(), at);
    expect(await faultOf(forged, { signed: false })).toBeNull();
    const verified = await verify(forged);
    expect(verified).toMatchObject({ ok: false, error: { seq: lines.length } });
    expect(JSON.stringify(verified)).toContain('is not the one that was signed');
  });

  it('a file cut off in the middle of a line, even where only the line end is gone', async () => {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    expect(await faultOf(bytes.subarray(0, -1), { signed: false })).toBe(lines.length);
    expect(await faultOf(bytes.subarray(0, -30), { signed: false })).toBe(lines.length);
    expect(await verify(new Uint8Array())).toEqual({
      ok: false,
      error: { seq: null, problem: 'The file holds no entry.' },
    });
  });

  it('any one byte that is another, at its entry', async () => {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    const place = fc.integer({ min: 0, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (offset, flip) => {
        const tampered = Buffer.from(bytes);
        tampered[offset]! ^= flip;
        const seq = bytes.subarray(0, offset).toString('latin1').split('\n').length;
        const found = await verify(tampered, { signed: false });
        if (found.ok) throw new Error(`byte ${offset} of entry ${seq} was changed unseen`);
        expect([seq, null]).toContain(found.error.seq);
        expect(found.error.seq === null && seq > 1).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});

describe('checkpoints that are not what they seem', () => {
  const forge = (change: (text: string) => string) => {
    const forged = join(scratch, 'forged.jsonl');
    writeFileSync(forged, change(readFileSync(checkpoints, 'utf8')));
    const journal = join(scratch, 'journal.jsonl');
    writeFileSync(journal, lines.map((line) => `${line}\n`).join(''));
    return verifyExport({ journal, signed: { checkpoints: forged, keys }, isPart: false });
  };
  /** The payload changed, the signature left as it was. */
  const unsigned = (text: string): string =>
    text.replace(/\.(eyJ[\w-]+)\./, (_, payload: string) => {
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
      const other = { ...claims, hash: createHash('sha256').digest('base64url') };
      return `.${Buffer.from(JSON.stringify(other)).toString('base64url')}.`;
    });

  it.each<[string, (text: string) => string, string]>([
    ['one that was altered', unsigned, 'was not signed with one of these keys'],
    ['none of this owner', () => '{"checkpoint":"none"}\n', 'hold none of this owner'],
    ['nothing', () => '', 'hold none of this owner'],
  ])('%s is refused', async (_, change, problem) => {
    const verified = await forge(change);
    expect(verified.ok ? '' : verified.error.problem).toContain(problem);
  });

  it.each<[string, (text: string) => string]>([
    ['a line that was cut off', (text) => `${text.slice(0, 200)}\n${text}`],
    ['lines of another log', (text) => text.replace(/^/gm, '2026-11-22T12:00:00Z broker[1]: ')],
    ['bytes that are no text', (text) => `\ufffd\u0000\n${text}`],
  ])('%s among them does no harm', async (_, change) => {
    expect(await forge(change)).toMatchObject({ ok: true, value: { signedSeq: lines.length } });
  });

  it.each(['', '{', '{}', '{"keys":1}', '[]', 'null'])('the keys %j are named as such', async (text) => {
    const wrong = join(scratch, 'wrong.json');
    writeFileSync(wrong, text);
    const journal = join(scratch, 'journal.jsonl');
    writeFileSync(journal, lines.map((line) => `${line}\n`).join(''));
    const verified = await verifyExport({ journal, signed: { checkpoints, keys: wrong }, isPart: false });
    expect(verified.ok ? '' : verified.error.problem).toContain('is not a JWK set');
  });
});
