// Exports of journals that old calls have left: each verifies, and whatever else is missing, changed, added or named is found.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type ExportedEntry, formatEntry } from './export-line.ts';
import { type EntryColumns, genesisHash, hashEntry } from './hash-entry.ts';
import { type Gap, REMOVAL } from './removal.ts';
import { verifyExport } from './verify-export.ts';

const scratch = mkdtempSync(join(tmpdir(), 'valetkey-removed-'));
const journal = join(scratch, 'journal.jsonl');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const verify = (lines: readonly string[], isPart = false) => {
  writeFileSync(journal, lines.map((line) => `${line}\n`).join(''));
  return verifyExport({ journal, signed: null, isPart });
};
const problemOf = async (lines: readonly string[], isPart = false) => {
  const verified = await verify(lines, isPart);
  return verified.ok ? null : verified.error.problem;
};

const DAY_MS = 86_400_000;

/** A journal to which entries are added, and from which old ones are taken out. */
class Journal {
  readonly entries: ExportedEntry[] = [];
  #head = { seq: 0, hash: genesisHash('o') };
  #atMs = 1000;

  /** Time passes. Returns the moment that comes after every entry so far. */
  age(days = 35): number {
    const until = this.#atMs + 1;
    this.#atMs += 1 + days * DAY_MS;
    return until;
  }

  add(kind: string, body: object): void {
    const columns: EntryColumns = ['o', kind, null, null, null, 0, 0, 0, 0, 0, 0, JSON.stringify(body)];
    const [seq, at] = [this.#head.seq + 1, this.#atMs];
    const hash = hashEntry(this.#head.hash, seq, at, columns);
    const none = { call_id: null, grant_id: null, link_id: null };
    const amounts = {
      held_nanos: 0,
      settled_nanos: 0,
      held_tokens: 0,
      settled_tokens: 0,
      held_requests: 0,
      settled_requests: 0,
    };
    const text = columns[11];
    const owner = { owner_id: 'o', kind, ...none, ...amounts, body: text };
    this.entries.push({ seq, at, ...owner, previous_hash: this.#head.hash, hash });
    this.#head = { seq, hash };
  }

  /** Takes entries out by their places, and names them. */
  remove(seqs: ReadonlySet<number>): void {
    const gaps: Gap[] = [];
    for (const { seq, hash } of this.entries) {
      if (!seqs.has(seq)) continue;
      const last = gaps.at(-1);
      if (last?.to === seq - 1) gaps[gaps.length - 1] = { ...last, to: seq, hash };
      else gaps.push({ from: seq, to: seq, hash });
    }
    const kept = this.entries.filter(({ seq }) => !seqs.has(seq));
    this.entries.splice(0, this.entries.length, ...kept);
    const links = [{ link_id: 'l', settled_nanos: 1, settled_requests: 1, settled_tokens: 1, calls: 1 }];
    if (gaps.length > 0) this.add(REMOVAL, { until: this.age(), gaps, links });
  }

  get lines(): string[] {
    return this.entries.map(formatEntry);
  }
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ add: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.array(fc.nat(40), { maxLength: 12 }) }) },
);

/** A journal with a life of its own; some entries were removed in several steps, its last never. */
const lived = fc.array(step, { minLength: 4, maxLength: 14 }).map((steps) => {
  const made = new Journal();
  made.add('owner.created', {});
  for (const each of steps) {
    if ('add' in each) for (let count = each.add; count > 0; count -= 1) made.add('call.settled', { count });
    else {
      const there = made.entries.slice(0, -1).filter(({ kind }) => kind !== REMOVAL);
      made.remove(new Set(each.remove.flatMap((index) => there[index]?.seq ?? [])));
    }
  }
  made.add('owner.signed_in', {});
  return made;
});

describe('an export after old calls were removed', () => {
  it('verifies, whatever was removed when, and says what is gone', async () => {
    await fc.assert(
      fc.asyncProperty(lived, async ({ entries, lines }) => {
        const verified = await verify(lines);
        const gone = (entries.at(-1)?.seq ?? 0) - entries.length;
        const last = entries.findLast(({ kind }) => kind === REMOVAL);
        expect(verified).toMatchObject({
          ok: true,
          value: {
            entries: entries.length,
            removed: last ? { entries: gone, untilMs: JSON.parse(last.body).until, seq: last.seq } : null,
          },
        });
      }),
      { numRuns: 60 },
    );
  });

  it('with one entry less is refused at that place, and so is one whose lines changed places', async () => {
    await fc.assert(
      fc.asyncProperty(lived, fc.nat(60), async ({ entries, lines }, at) => {
        const index = at % (lines.length - 1);
        const gone = await problemOf(lines.toSpliced(index, 1));
        const names = entries[index]?.kind === REMOVAL || index === 0;
        expect(gone).toMatch(
          names ? /is missing or was moved|which is not so/ : `Entry ${entries[index]!.seq} is missing`,
        );
        const swapped = lines.with(index, lines[index + 1]!).with(index + 1, lines[index]!);
        expect(await problemOf(swapped)).toContain('is missing or was moved');
      }),
      { numRuns: 60 },
    );
  });

  it('with any byte changed is refused', async () => {
    await fc.assert(
      fc.asyncProperty(lived, fc.nat(), fc.integer({ min: 1, max: 255 }), async ({ lines }, at, by) => {
        const bytes = Buffer.from(`${lines.join('\n')}\n`);
        const index = at % bytes.length;
        bytes[index] = bytes[index]! ^ by;
        writeFileSync(journal, bytes);
        expect((await verifyExport({ journal, signed: null, isPart: false })).ok).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('in parts is verified too, if the entries that name what is gone are in it', async () => {
    await fc.assert(
      fc.asyncProperty(lived, fc.nat(60), async ({ entries, lines }, at) => {
        const cut = 1 + (at % (lines.length - 1));
        expect(await problemOf(lines.slice(cut), true)).toBeNull();
        const early = await problemOf(lines.slice(0, cut), true);
        const isMissing = entries.slice(1, cut).some(({ seq }, index) => seq !== entries[index]!.seq + 1);
        if (early === null || !isMissing) expect(early).toBeNull();
        else expect(early).toContain('one that comes after this part may');
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    [
      'a gap that is none',
      [{ from: 2, to: 2, hash: 'x' }],
      'Entry 2 is said to be removed by entry 4, which is not so.',
    ],
    [
      'a gap that comes later',
      [{ from: 9, to: 9, hash: 'x' }],
      'Entry 4 does not say which old calls were removed.',
    ],
    [
      'a gap backwards',
      [{ from: 3, to: 2, hash: 'x' }],
      'Entry 4 does not say which old calls were removed.',
    ],
  ])('that names %s is refused', async (_, gaps, problem) => {
    const made = new Journal();
    for (const kind of ['a.b', 'a.b', 'a.b']) made.add(kind, {});
    made.add(REMOVAL, { until: made.age(), gaps, links: [] });
    expect(await problemOf(made.lines)).toBe(problem);
  });

  it('whose gap is named with another hash, or not whole, is refused', async () => {
    for (const [change, problem] of [
      [
        (gap: Gap) => ({ ...gap, hash: 'x' }),
        'Entry 4 was changed, or one before it was: its hash does not fit.',
      ],
      [(gap: Gap) => ({ ...gap, from: 3 }), 'Entry 2 is missing or was moved'],
      [(gap: Gap) => ({ ...gap, to: 2 }), 'Entry 3 is missing or was moved'],
      [(gap: Gap) => ({ ...gap, from: 1 }), 'Entry 1 is said to be removed by entry 5'],
      [(gap: Gap) => ({ ...gap, to: 4 }), 'Entry 2 is said to be removed by entry 5'],
    ] as const) {
      const made = new Journal();
      for (const kind of ['a.b', 'a.b', 'a.b', 'a.b']) made.add(kind, {});
      const gap = { from: 2, to: 3, hash: made.entries[2]!.hash };
      made.entries.splice(1, 2);
      made.add(REMOVAL, { until: made.age(), gaps: [change(gap)], links: [] });
      expect(await problemOf(made.lines)).toContain(problem);
    }
  });

  it('that names what was not old is refused, whatever it says of when it was', async () => {
    for (const [days, untilMs, problem] of [
      [33, (until: number) => until, 'Entry 4 does not say which old calls were removed.'],
      [35, () => 1000, 'Entry 2 is said to be removed by entry 4 as older than the entry before it'],
    ] as const) {
      const made = new Journal();
      for (const kind of ['a.b', 'call.settled', 'a.b']) made.add(kind, {});
      const { hash } = made.entries[1]!;
      made.entries.splice(1, 1);
      const until = untilMs(made.age(days));
      made.add(REMOVAL, { until, gaps: [{ from: 2, to: 2, hash }], links: [] });
      expect(await problemOf(made.lines)).toContain(problem);
    }
  });
});
