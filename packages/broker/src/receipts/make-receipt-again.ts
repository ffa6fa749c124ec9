// The receipt of a call, made again from the journal, for clients that can not read what stands after a body. MUST read one owner's entries
// only.

import { setTimeout as delay } from 'node:timers/promises';
import { fail, type Result, succeed } from '@valetkey/core';
import { type Kysely, sql } from 'kysely';
import type { Grants } from '../grants/contract.ts';
import type { Schema } from '../store/schema.ts';
import { callOfEntries, type JournalCall, type NoReceipt, pathOf } from './call-of-entries.ts';
import type { ReceiptKeys } from './receipt-keys.ts';

/** Which call; with `grantId`, only if that grant made it, or one below it. */
export interface WantedCall {
  readonly ownerId: string;
  readonly callId: string;
  readonly grantId?: string;
}

/** An outcome is written some milliseconds after its answer has ended, and whoever got the answer may ask at once. */
const WAITS_MS = [5, 20, 75, 200];

// Literals, not parameters: a partial index only serves a query that names its condition word by word.
const ADMISSION = sql<boolean>`kind = 'call.admitted'`;
const OUTCOME = sql<boolean>`kind in ('call.settled', 'call.ceiling', 'call.released')`;
const CORRECTION = sql<boolean>`kind = 'call.corrected'`;

/** What receipts are made again from. */
export interface ReceiptParts {
  readonly db: Kysely<Schema>;
  readonly grants: Pick<Grants, 'live'>;
  readonly keys: Pick<ReceiptKeys, 'sign'>;
}

/** The receipt, waiting a little for the call's outcome. It says what the first one said, but for the time of its signature. */
export const makeReceiptAgain = async (
  { db, grants, keys }: ReceiptParts,
  wanted: WantedCall,
): Promise<Result<string, NoReceipt>> => {
  let read = await readCall(db, wanted);
  for (const waitMs of WAITS_MS) {
    if (read.ok || read.error !== 'running') break;
    await delay(waitMs);
    read = await readCall(db, wanted);
  }
  if (!read.ok) return read;
  const live = await grants.live(read.value.grantIds.at(-1) ?? '');
  return live ? succeed(keys.sign({ ...read.value, path: live.path })) : fail('unknown');
};

const readCall = async (
  db: Kysely<Schema>,
  { ownerId, callId, grantId }: WantedCall,
): Promise<Result<JournalCall, NoReceipt>> => {
  const entry = (kinds: typeof OUTCOME) =>
    db
      .selectFrom('journal')
      .selectAll()
      .where('call_id', '=', callId)
      .where('owner_id', '=', ownerId)
      .where(kinds)
      .executeTakeFirst();
  const admission = await entry(ADMISSION);
  if (grantId !== undefined && !(admission && pathOf(admission).includes(grantId))) return fail('unknown');
  const [outcome, correction] = await Promise.all([entry(OUTCOME), entry(CORRECTION)]);
  return callOfEntries(callId, { admission, outcome, correction });
};
