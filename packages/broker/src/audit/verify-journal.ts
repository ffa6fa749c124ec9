// Walks one owner's chain of journal entries and names the first that does not belong. Pure over rows, so that it works on a copy,
// offline, without the broker. It finds change, removal, insertion and re-ordering; a cut at the end shows only against a checkpoint.

import { fail, type Result, succeed } from '@valetkey/core';
import { type EntryColumns, genesisHash, hashEntry } from './hash-entry.ts';

/** A row of `journal`; `id` and other extra columns are not looked at. */
export type JournalEntry = Readonly<Record<string, unknown>>;

/** The last entry of a chain. Kept outside the database it proves that nothing before it is gone. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** The first entry at fault: its place in the chain, from 1, and what is wrong there. */
export interface JournalFault {
  readonly seq: number;
  readonly reason: 'wrong_owner' | 'wrong_position' | 'wrong_hash';
}

const CHAIN_WORDS = {
  wrong_owner: 'belongs to another owner',
  wrong_position: 'is not the next of its owner: one before it is missing, was added or moved',
  wrong_hash: 'was changed, or one before it was: its hash does not fit',
  truncated: 'is missing at the end',
} as const;

/** What is wrong with an entry that does not belong in its owner's chain. */
export const chainProblem = (reason: keyof typeof CHAIN_WORDS): string => CHAIN_WORDS[reason];

/** The head of the chain if every entry belongs, else the first fault. `entries` in the order of `seq`, from the first. */
export function verifyJournal(
  ownerId: string,
  entries: Iterable<JournalEntry>,
): Result<ChainHead, JournalFault> {
  let head = genesisHead(ownerId);
  for (const entry of entries) {
    const next = nextHead(ownerId, head, entry);
    if (!next.ok) return next;
    head = next.value;
  }
  return succeed(head);
}

/** The head of an owner's chain before its first entry. */
export const genesisHead = (ownerId: string): ChainHead => ({ seq: 0, hash: genesisHash(ownerId) });

/** The head of a chain after one more entry, or why that entry does not belong there. */
export function nextHead(
  ownerId: string,
  head: ChainHead,
  entry: JournalEntry,
): Result<ChainHead, JournalFault> {
  const seq = head.seq + 1;
  if (entry.owner_id !== ownerId) return fail({ seq, reason: 'wrong_owner' });
  if (entry.seq !== seq) return fail({ seq, reason: 'wrong_position' });
  const hash = hashEntry(head.hash, seq, entry.at as number, columnsOf(entry));
  return entry.hash === hash ? succeed({ seq, hash }) : fail({ seq, reason: 'wrong_hash' });
}

const columnsOf = (entry: JournalEntry): EntryColumns =>
  [
    entry.owner_id,
    entry.kind,
    entry.call_id,
    entry.grant_id,
    entry.link_id,
    entry.held_nanos,
    entry.settled_nanos,
    entry.held_tokens,
    entry.settled_tokens,
    entry.held_requests,
    entry.settled_requests,
    entry.body,
  ] as unknown as EntryColumns;
