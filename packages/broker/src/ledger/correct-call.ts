// An owner's correction of a call whose cost was never confirmed: what it was posted at becomes what the provider charged. MUST only ever
// lower it: the ceiling is the most that the call could cost, and more would break budgets after the fact.

import { fail, type Result, succeed } from '@valetkey/core';
import { type Kysely, sql } from 'kysely';
import type { Schema } from '../store/schema.ts';
import type { Correction, Ledger } from './contract.ts';

/** What the owner says a call cost. */
export interface CallCorrection {
  readonly ownerId: string;
  readonly callId: string;
  /** The provider's figure. */
  readonly nanos: number;
}

/** A correction that was made. */
export interface CorrectedCall {
  readonly wasNanos: number;
  readonly nanos: number;
}

/** Why there is nothing to correct, or not so. */
export type CorrectionRefusal =
  | { readonly reason: 'unknown_call' | 'not_unconfirmed' | 'already_corrected' | 'too_old' | 'unavailable' }
  | { readonly reason: 'above_ceiling'; readonly ceilingNanos: number };

/** What is needed for it. */
export interface CorrectionParts {
  readonly db: Kysely<Schema>;
  readonly ledger: Pick<Ledger, 'change'>;
  readonly now: () => number;
  /** Days after which calls leave the journal; null for never. */
  readonly retentionDays: number | null;
}

const DAY_MS = 86_400_000;

interface Posted {
  readonly correction: Omit<Correction, 'nanos' | 'body'>;
  readonly ceilingNanos: number;
}

/** Adds the entry that corrects the call, in the windows of its admission that are still open. No entry is changed. */
export async function correctCall(
  parts: CorrectionParts,
  { ownerId, callId, nanos }: CallCorrection,
): Promise<Result<CorrectedCall, CorrectionRefusal>> {
  const posted = await readPosted(parts.db, ownerId, callId);
  if (!posted.ok) return posted;
  const { correction, ceilingNanos } = posted.value;
  // A day before it may be removed: what is decided now is written before then, and is never of a call that is not there.
  const lastDays = parts.retentionDays === null ? Number.POSITIVE_INFINITY : parts.retentionDays - 1;
  if (correction.settledAtMs < parts.now() - lastDays * DAY_MS) return fail({ reason: 'too_old' });
  if (nanos > ceilingNanos) return fail({ reason: 'above_ceiling', ceilingNanos });
  const body = { was_nanos: ceilingNanos, nanos, by: 'owner' };
  try {
    const changed = await parts.ledger.change({
      links: [],
      rows: [],
      entries: [],
      correction: { ...correction, nanos: nanos - ceilingNanos, body },
    });
    return changed.ok ? succeed({ wasNanos: ceilingNanos, nanos }) : fail({ reason: 'unavailable' });
  } catch (error) {
    // Two at once: the index lets one through.
    const again = await readPosted(parts.db, ownerId, callId);
    if (!again.ok) return again;
    throw error;
  }
}

/** The call as it was posted at its ceiling, from its own immutable entries. */
async function readPosted(
  db: Kysely<Schema>,
  ownerId: string,
  callId: string,
): Promise<Result<Posted, CorrectionRefusal>> {
  const entry = (kinds: ReturnType<typeof sql<boolean>>) =>
    db
      .selectFrom('journal')
      .selectAll()
      .where('call_id', '=', callId)
      .where('owner_id', '=', ownerId)
      .where(kinds)
      .executeTakeFirst();
  // Literals, not parameters: a partial index only serves a query that names its condition word by word.
  const [admission, outcome, correction] = await Promise.all([
    entry(sql<boolean>`kind = 'call.admitted'`),
    entry(sql<boolean>`kind in ('call.settled', 'call.ceiling', 'call.released')`),
    entry(sql<boolean>`kind = 'call.corrected'`),
  ]);
  if (!admission || admission.link_id === null) return fail({ reason: 'unknown_call' });
  if (outcome?.kind !== 'call.ceiling') return fail({ reason: 'not_unconfirmed' });
  if (correction) return fail({ reason: 'already_corrected' });
  const { grant_id: grantId, link_id: linkId } = admission;
  const admittedAtMs = Number(admission.at);
  return succeed({
    correction: {
      ownerId,
      callId,
      grantId,
      linkId,
      admittedAtMs,
      settledAtMs: Number(outcome.at),
      tokens: 0,
    },
    ceilingNanos: Number(outcome.settled_nanos),
  });
}
