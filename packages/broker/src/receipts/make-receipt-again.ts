// The receipt of a call, made again from the journal, for clients that can not read what stands after a body. MUST read one owner's entries
// only.

import { setTimeout as delay } from 'node:timers/promises';
import { fail, type Result, succeed } from '@valetkey/core';
import { type Kysely, sql } from 'kysely';
import type { Grants } from '../grants/contract.ts';
import type { Schema } from '../store/schema.ts';
import { RECEIPT_STATUS, type SettledCall } from './claims.ts';
import type { ReceiptKeys } from './receipt-keys.ts';

/** Which call; with `grantId`, only if that grant made it. */
export interface WantedCall {
  readonly ownerId: string;
  readonly callId: string;
  readonly grantId?: string;
}

/** Why there is no receipt: `unknown` covers calls that were refused or never forwarded, `running` ones whose outcome is not written yet. */
export type NoReceipt = 'unknown' | 'running';

/** An outcome is written some milliseconds after its answer has ended, and whoever got the answer may ask at once. */
const WAITS_MS = [5, 20, 75, 200];

// Literals, not parameters: a partial index only serves a query that names its condition word by word.
const ADMISSION = sql<boolean>`kind = 'call.admitted'`;
const OUTCOME = sql<boolean>`kind in ('call.settled', 'call.ceiling', 'call.released')`;
const CORRECTION = sql<boolean>`kind = 'call.corrected'`;

type Body = Readonly<Record<string, unknown>>;

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
  const { grantId, ...call } = read.value;
  const live = await grants.live(grantId);
  return live ? succeed(keys.sign({ ...call, path: live.path })) : fail('unknown');
};

type ReadCall = Omit<SettledCall, 'path'> & { readonly grantId: string };

const readCall = async (
  db: Kysely<Schema>,
  { ownerId, callId, grantId }: WantedCall,
): Promise<Result<ReadCall, NoReceipt>> => {
  const entry = (kinds: typeof OUTCOME) =>
    db
      .selectFrom('journal')
      .selectAll()
      .where('call_id', '=', callId)
      .where('owner_id', '=', ownerId)
      .where(kinds)
      .executeTakeFirst();
  const admission = await entry(ADMISSION);
  if (!admission || (grantId !== undefined && admission.grant_id !== grantId)) return fail('unknown');
  const [posted, correction] = await Promise.all([entry(OUTCOME), entry(CORRECTION)]);
  if (!posted) return fail('running');
  if (Number(posted.settled_requests) === 0) return fail('unknown');
  const outcome = JSON.parse(posted.body) as Body;
  const kind = posted.kind.slice('call.'.length) as keyof typeof RECEIPT_STATUS;
  return succeed({
    callId,
    grantId: admission.grant_id ?? '',
    admittedAtMs: Number(admission.at),
    intent: JSON.parse(admission.body) as Body,
    outcome,
    status: correction ? 'corrected' : RECEIPT_STATUS[kind],
    // A call that a crash left open was settled when its entry was written.
    settledAtMs: typeof outcome.settled_at === 'number' ? outcome.settled_at : Number(posted.at),
    costNanos: Number(posted.settled_nanos) + Number(correction?.settled_nanos ?? 0),
  });
};
