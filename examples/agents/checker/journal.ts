// The journal: whole, in order, every entry's hash right, and its last entry signed. Written after docs/reference/audit.md, not after the
// broker's own code.

import { createHash } from 'node:crypto';
import { jsonOf, known, must } from './fault.ts';
import { checkMissing, type Run } from './removed.ts';
import { type KeySet, verified } from './signatures.ts';

/** One line of the journal. Amounts are nanos, 1e-9 USD. */
export interface Entry {
  readonly seq: number;
  readonly at: number;
  readonly owner_id: string;
  readonly kind: string;
  readonly call_id: string | null;
  readonly grant_id: string | null;
  readonly link_id: string | null;
  readonly held_nanos: number;
  readonly settled_nanos: number;
  readonly body: string;
  readonly previous_hash: string;
  readonly hash: string;
}

const HASHED = [
  'seq',
  'at',
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

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url');

/** The entries, if each follows from the one before, or from one that another entry says was removed. */
export function readJournal(text: string): readonly Entry[] {
  const entries: Entry[] = [];
  const missing: Run[] = [];
  must(text.endsWith('\n'), 'the journal breaks off');
  for (const [index, line] of text.slice(0, -1).split('\n').entries()) {
    const place = `journal, line ${index + 1}`;
    const entry = jsonOf<Entry>(line, place);
    must(JSON.stringify(entry) === line, `${place}: not the form of an entry`);
    const before = entries.at(-1);
    const seq = (before?.seq ?? 0) + 1;
    must(Number.isSafeInteger(entry.seq) && entry.seq >= seq, `${place}: entry ${seq} is missing`);
    must(before === undefined || before.owner_id === entry.owner_id, `${place}: of another owner`);
    must(before === undefined || before.at <= entry.at, `${place}: earlier than the entry before`);
    const isNext = entry.seq === seq;
    const head = before?.hash ?? hashOf(['valetkey-journal-1', entry.owner_id]);
    const previous = isNext ? head : entry.previous_hash;
    if (!isNext) missing.push({ from: seq, to: entry.seq - 1, hash: previous });
    must(entry.previous_hash === previous, `${place}: does not follow the entry before`);
    const members = HASHED.map((name) => (entry as unknown as Record<string, unknown>)[name]);
    must(entry.hash === hashOf([previous, ...members]), `${place}: was changed`);
    entries.push(entry);
  }
  checkMissing(entries, missing);
  return entries;
}

/** Every signed head of this owner agrees with the journal, and one is of its last entry. How many there are. */
export function checkHeads(entries: readonly Entry[], checkpoints: string, keys: KeySet): number {
  const lines = checkpoints.split('\n').filter((line) => line !== '');
  const heads = lines.map((line) =>
    verified<{ owner: string; seq: number; hash: string }>(
      jsonOf<{ checkpoint: string }>(line, 'a signed head').checkpoint,
      keys,
      'valetkey-checkpoint+jws',
    ),
  );
  const last = known(entries.at(-1), 'the journal is empty');
  const own = heads.filter(({ owner }) => owner === last.owner_id);
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  for (const { seq, hash } of own) {
    must(seq <= last.seq, `entry ${seq} was signed and is missing`);
    // Of what was removed, which is named, there is nothing left to compare.
    const entry = bySeq.get(seq);
    must(entry === undefined || entry.hash === hash, `entry ${seq} is not the one that was signed`);
  }
  must(
    own.some(({ seq }) => seq === last.seq),
    `the journal is not signed up to its end, entry ${last.seq}`,
  );
  return own.length;
}
