// Verifies an exported journal offline: with its file, a file of checkpoints and public keys, and nothing of a broker. Reads each file
// once, in bounded memory, and names the first entry at fault. MUST NOT throw or hang on any file, however it was made.

import { createReadStream, readFileSync } from 'node:fs';
import { fail, type Result, succeed } from '@valetkey/core';
import { checkpointReader, type ReadCheckpoint } from './checkpoint.ts';
import { type ExportedEntry, parseEntry } from './export-line.ts';
import { GapBook, type GapFault, UNNAMED } from './gap-book.ts';
import { type Line, linesOf } from './lines-of.ts';
import { callsOf, entriesOf, REMOVAL } from './removal.ts';
import { readSignedHeads, type SignedHeads } from './signed-heads.ts';
import { type ChainHead, chainProblem, genesisHead, nextHead } from './verify-journal.ts';

/** What is verified against what. */
export interface ExportFiles {
  /** The export, in the form `jsonl`. */
  readonly journal: string;
  /** Checkpoints and the keys that may have signed them; without them no cut at the end is found, nor a journal written anew. */
  readonly signed: { readonly checkpoints: string; readonly keys: string } | null;
  /** The export is of a period: what is missing before and after it is not looked for. */
  readonly isPart: boolean;
}

/** An export in which every entry belongs. */
export interface ExportReport {
  readonly owner: string;
  readonly entries: number;
  readonly firstSeq: number;
  readonly firstAtMs: number;
  readonly lastSeq: number;
  readonly lastAtMs: number;
  readonly lastHash: string;
  /** Checkpoints that name an entry of the file. */
  readonly checkpoints: number;
  /** Up to this entry nothing was changed since it was signed; null if none of the file was. */
  readonly signedSeq: number | null;
  /** What entries of the file say of old calls that were removed; null if none does. */
  readonly removed: RemovedCalls | null;
}

/** Old calls that were removed. */
export interface RemovedCalls {
  readonly calls: number;
  readonly entries: number;
  /** All of them were from before this moment, epoch milliseconds. */
  readonly untilMs: number;
  /** The place of the entry that said so last. */
  readonly seq: number;
  /** Checkpoints that name one of the removed entries, and can not be compared. */
  readonly checkpoints: number;
}

/** The first thing at fault. */
export interface ExportFault {
  /** The place in the owner's journal, where there is one. */
  readonly seq: number | null;
  /** A sentence. */
  readonly problem: string;
}

const atEntry = (seq: number, problem: string) =>
  fail<ExportFault>({ seq, problem: `Entry ${seq} ${problem}.` });
const outside = (problem: string) => fail<ExportFault>({ seq: null, problem });

/** What was found; fails with the first fault, or with why there was nothing to verify. */
export async function verifyExport(files: ExportFiles): Promise<Result<ExportReport, ExportFault>> {
  try {
    const lines = linesOf(createReadStream(files.journal));
    const walk = new ExportWalk(files);
    for await (const some of lines) {
      for (const line of some) {
        const taken = walk.owner === null ? await walk.begin(line) : walk.take(line);
        if (!taken.ok) return taken;
      }
    }
    return walk.end();
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    return outside(code ? `Cannot read ${path ?? files.journal} (${code}).` : message);
  }
}

/** The way along one file. */
class ExportWalk {
  readonly #files: ExportFiles;
  #first: ExportedEntry | null = null;
  #last: ExportedEntry | null = null;
  #head: ChainHead = { seq: 0, hash: '' };
  #signed: SignedHeads = new Map();
  #checkpoints = 0;
  #signedSeq: number | null = null;
  readonly #gaps = new GapBook();
  /** Places of entries that were signed and are there. */
  readonly #met = new Set<number>();
  #entries = 0;
  #removed = { calls: 0, entries: 0 };

  constructor(files: ExportFiles) {
    this.#files = files;
  }

  /** Whose journal it is, once an entry was taken. */
  get owner(): string | null {
    return this.#first?.owner_id ?? null;
  }

  /** Takes the first line: it says whose journal this is, and so which checkpoints are about it. */
  async begin(line: Line): Promise<Result<void, ExportFault>> {
    const { isPart, signed } = this.#files;
    const parsed = parseEntry(line ?? '');
    if (!parsed.ok || typeof parsed.value.owner_id !== 'string')
      return outside('Line 1 is not as an export writes it. Only the form jsonl can be verified.');
    const entry = parsed.value;
    // Whatever comes before a part is taken on trust; before entry 1 there is nothing.
    const isLater = isPart && entry.seq !== 1;
    this.#head = isLater ? { seq: entry.seq - 1, hash: entry.previous_hash } : genesisHead(entry.owner_id);
    if (signed) {
      const read = readKeys(signed.keys);
      if (!read.ok) return outside(read.error);
      const heads = await readSignedHeads(createReadStream(signed.checkpoints), entry.owner_id, read.value);
      if (!heads.ok) return outside(heads.error);
      this.#signed = heads.value;
    }
    this.#first = entry;
    return this.take(line);
  }

  /** Takes the next line. */
  take(line: Line): Result<void, ExportFault> {
    const seq = this.#head.seq + 1;
    const parsed = parseEntry(line ?? '');
    if (!parsed.ok) return atEntry(seq, 'is not as an export writes it, or was cut off');
    const entry = parsed.value;
    const isAfterGap = entry.seq > seq;
    const head = isAfterGap ? { seq: entry.seq - 1, hash: entry.previous_hash } : this.#head;
    const next = nextHead(this.owner ?? '', head, { ...entry });
    if (!next.ok && next.error.reason === 'wrong_position') return this.#misplaced(seq, entry);
    if (!next.ok && isAfterGap) return atEntry(seq, `is missing, or entry ${entry.seq} after it was changed`);
    if (!next.ok) return atEntry(seq, chainProblem(next.error.reason));
    if (entry.previous_hash !== head.hash) return atEntry(seq, chainProblem('wrong_hash'));
    if (isAfterGap)
      this.#gaps.miss({ from: seq, to: head.seq, hash: head.hash, afterMs: this.#last?.at ?? 0 });
    this.#head = next.value;
    this.#last = entry;
    this.#entries += 1;
    if (entry.kind === REMOVAL && !this.#takeRemoval(entry))
      return atEntry(entry.seq, 'does not say which old calls were removed');
    return this.#compareSigned(next.value);
  }

  #takeRemoval({ seq, at, body }: ExportedEntry): boolean {
    const removal = this.#gaps.name(seq, at, body);
    if (!removal) return false;
    this.#removed.calls += callsOf(removal);
    this.#removed.entries += entriesOf(removal);
    return true;
  }

  /** What was found once the file has ended. */
  end(): Result<ExportReport, ExportFault> {
    const [first, last] = [this.#first, this.#last];
    if (!first || !last) return outside('The file holds no entry.');
    const beyond = this.#signed.keys().find((seq) => seq > last.seq);
    if (beyond !== undefined && !this.#files.isPart)
      return atEntry(
        last.seq + 1,
        `${chainProblem('truncated')}: a checkpoint was signed for entry ${beyond}`,
      );
    const { isPart } = this.#files;
    const firstSeq = isPart ? first.seq : 1;
    const gap = this.#gaps.fault(firstSeq);
    if (gap) return this.#faultInGap(gap, first.seq);
    const checkpoints = this.#compareSignedGaps(firstSeq, last.seq);
    if (!checkpoints.ok) return checkpoints;
    const { newest } = this.#gaps;
    return succeed({
      owner: first.owner_id,
      entries: this.#entries,
      firstSeq: first.seq,
      firstAtMs: first.at,
      lastSeq: last.seq,
      lastAtMs: last.at,
      lastHash: last.hash,
      checkpoints: this.#checkpoints,
      signedSeq: this.#signedSeq,
      removed: newest && { ...this.#removed, ...newest, checkpoints: checkpoints.value },
    });
  }

  #faultInGap({ seq, problem }: GapFault, firstSeq: number): Result<never, ExportFault> {
    if (problem !== UNNAMED) return atEntry(seq, problem);
    const hint = seq < firstSeq ? ' (say --part if only a period was exported)' : '';
    const later = this.#files.isPart ? ' (one that comes after this part may: export up to today)' : '';
    return atEntry(seq, `${problem}${hint}${later}`);
  }

  /** An entry stands behind a later one: what is not in its place first is where that one's gap begins. */
  #misplaced(seq: number, { seq: found }: ExportedEntry): Result<void, ExportFault> {
    const gap = this.#gaps.missing.find(({ from, to }) => from <= found && found <= to);
    if (gap) return atEntry(gap.from, UNNAMED);
    return atEntry(seq, `is missing or was moved: entry ${found} stands in its place`);
  }

  /** Of signed entries that were removed, those that the chain goes on from can be compared. Returns how many of the others there are. */
  #compareSignedGaps(first: number, last: number): Result<number, ExportFault> {
    let others = 0;
    for (const [seq, signed] of this.#signed) {
      if (seq < first || seq > last || this.#met.has(seq)) continue;
      const hash = this.#gaps.hashAt(seq);
      if (hash === undefined) others += 1;
      else if (hash === signed.hash) this.#checkpoints += 1;
      else return atEntry(seq, `was removed, and is not the one that was signed at ${toTime(signed.at)}`);
    }
    return succeed(others);
  }

  /** A chain that was computed anew from some entry on is whole in itself, and its hashes are others than those that were signed. */
  #compareSigned({ seq, hash }: ChainHead): Result<void, ExportFault> {
    const signed = this.#signed.get(seq);
    if (!signed) return succeed(undefined);
    if (signed.hash !== hash) {
      const from = (this.#signedSeq ?? (this.#first?.seq ?? 1) - 1) + 1;
      const suspects = from === seq ? '' : `; the first that was changed is one of ${from} to ${seq}`;
      return atEntry(seq, `is not the one that was signed at ${toTime(signed.at)}${suspects}`);
    }
    this.#checkpoints += 1;
    this.#met.add(seq);
    this.#signedSeq = seq;
    return succeed(undefined);
  }
}

const toTime = (atMs: number): string => new Date(atMs).toISOString();

function readKeys(path: string): Result<ReadCheckpoint, string> {
  const text = readFileSync(path, 'utf8');
  try {
    return succeed(checkpointReader(JSON.parse(text)));
  } catch {
    return fail(`${path} is not a JWK set, as the broker publishes its keys.`);
  }
}
