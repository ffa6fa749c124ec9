// Who changed what and when: an owner's entries that are not of calls, newest first, found by an index whatever else was written.

import { type Kysely, type SqlBool, sql } from 'kysely';
import { CHANGES } from '../store/migrations/0011-journal-changes.ts';
import type { Schema } from '../store/schema.ts';
import { type Body, bodyOf } from './graph/links-as-stood.ts';

/** What changes can be about, with the kinds of entry that are. */
export const CHANGE_TOPICS = {
  access: ['grant.', 'token.', 'stop.', 'consent.', 'request.', 'delegation.refused'],
  keys: ['provider_key.'],
  apps: ['client.'],
  devices: ['device.'],
  sign_in: ['owner.'],
  refusals: ['call.refusals', 'delegation.refusals'],
  money: ['call.corrected', 'ledger.', 'prices.'],
  alerts: ['alert.'],
  broker: ['broker.', 'data.', 'calls.'],
} as const satisfies Record<string, readonly string[]>;

/** What changes can be about. */
export type ChangeTopic = keyof typeof CHANGE_TOPICS;

/** Which changes, and how many. */
export interface ChangeFilter {
  readonly topic?: ChangeTopic | undefined;
  readonly grantId?: string | undefined;
  /** Those before this place in the journal. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** One change. */
export interface JournalChange {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: string;
  readonly grantId: string | null;
  readonly callId: string | null;
  readonly body: Body;
  readonly hash: string;
}

/** The query of {@link readChanges}; exported for the test of its plan. */
export const changesQuery = (db: Kysely<Schema>, ownerId: string, filter: ChangeFilter) => {
  const { topic, grantId, before, limit } = filter;
  let query = db
    .selectFrom('journal')
    .select(['seq', 'at', 'kind', 'grant_id', 'call_id', 'body', 'hash'])
    .where('owner_id', '=', ownerId)
    .where(sql.raw<SqlBool>(CHANGES));
  if (before !== undefined) query = query.where('seq', '<', before);
  if (grantId !== undefined) query = query.where('grant_id', '=', grantId);
  if (topic !== undefined)
    query = query.where((row) =>
      row.or(CHANGE_TOPICS[topic].map((start) => row('kind', 'like', `${start}%`))),
    );
  return query.orderBy('seq', 'desc').limit(limit);
};

/** The owner's changes, newest first. */
export const readChanges = async (
  db: Kysely<Schema>,
  ownerId: string,
  filter: ChangeFilter,
): Promise<readonly JournalChange[]> => {
  const rows = await changesQuery(db, ownerId, filter).execute();
  return rows.map(({ seq, at, kind, grant_id: grantId, call_id: callId, body, hash }) => ({
    seq: Number(seq),
    atMs: Number(at),
    kind,
    grantId,
    callId,
    body: bodyOf({ body }),
    hash,
  }));
};
