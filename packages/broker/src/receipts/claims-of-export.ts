// What an exported journal says of calls, in the claims of receipts: to hold receipts against it, offline. Whether the journal itself is
// whole is `audit verify`'s to say.

import { createReadStream } from 'node:fs';
import { fail, type Result, succeed } from '@valetkey/core';
import { parseEntry } from '../audit/export-line.ts';
import { linesOf } from '../audit/lines-of.ts';
import { parseRemoval, REMOVAL } from '../audit/removal.ts';
import { type CallEntry, callOfEntries } from './call-of-entries.ts';
import { claimsOf, type ReceiptClaims } from './claims.ts';

/** The claims that a journal supports: who signed, when, and how agents were called is in none. */
export type JournalClaims = Omit<ReceiptClaims, 'iss' | 'iat' | 'act'>;

const PLACES: Readonly<Record<string, 'admission' | 'outcome' | 'correction'>> = {
  'call.admitted': 'admission',
  'call.settled': 'outcome',
  'call.ceiling': 'outcome',
  'call.released': 'outcome',
  'call.corrected': 'correction',
};

/** What a journal says of calls. */
export interface ClaimsInJournal {
  /** Of those that it knows, by id. */
  readonly claims: ReadonlyMap<string, JournalClaims>;
  /** Calls from before this moment have left it, epoch milliseconds; 0 if none has. */
  readonly removedUntilMs: number;
}

/** What a file as `valetkey audit export` writes it says of those calls. Fails with a sentence; MUST NOT throw on any file. */
export async function claimsOfExport(
  path: string,
  callIds: readonly string[],
): Promise<Result<ClaimsInJournal, string>> {
  const found = new Map(callIds.map((callId) => [callId, {} as Partial<Record<string, CallEntry>>]));
  let removedUntilMs = 0;
  try {
    for await (const lines of linesOf(createReadStream(path))) {
      for (const line of lines) {
        const entry = parseEntry(line ?? '');
        if (!entry.ok) return fail(`${path} is not as an export writes it. Only the form jsonl can be read.`);
        const { call_id: callId, kind, body } = entry.value;
        if (kind === REMOVAL) removedUntilMs = Math.max(removedUntilMs, parseRemoval(body)?.until ?? 0);
        const place = PLACES[kind];
        const entries = found.get(callId ?? '');
        if (entries && place) entries[place] = entry.value;
      }
    }
    const claims = new Map([...found].flatMap(([callId, entries]) => claimsIn(callId, entries)));
    return succeed({ claims, removedUntilMs });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return fail(code ? `Cannot read ${path} (${code}).` : message);
  }
}

const claimsIn = (callId: string, entries: Partial<Record<string, CallEntry>>): [string, JournalClaims][] => {
  const { admission, outcome, correction } = entries;
  const call = callOfEntries(callId, { admission, outcome, correction });
  if (!call.ok) return [];
  const { iss, iat, act, ...claims } = claimsOf({ ...call.value, path: [] }, '', 0);
  // As it would be on the wire: what is undefined is not there.
  return [[callId, JSON.parse(JSON.stringify({ ...claims, grant_path: call.value.grantIds }))]];
};
