// Requests for more as they stand in the database.

import type { LimitPeriod, LimitUnit, ModelAccess } from '@valetkey/core';
import type { Kysely, Selectable } from 'kysely';
import type { AccessRequestsTable, Schema } from '../store/schema.ts';
import type { AccessRequest, RequestStatus, RequestWay } from './contract.ts';

/** A row of `access_requests`. */
export type RequestRow = Selectable<AccessRequestsTable>;

/** What counted against one kind of limit of one link when a request was made. */
export interface UsedThen {
  readonly linkId: string;
  readonly unit: LimitUnit;
  readonly per: LimitPeriod;
  readonly amount: number;
}

/** How a request stands: nothing is written when it expires. */
export const statusOf = ({ status, expires_at }: RequestRow, nowMs: number): RequestStatus =>
  status === 'pending' && expires_at <= nowMs ? 'expired' : (status as RequestStatus);

/** The request of a row. */
export const toRequest = (row: RequestRow, nowMs: number): AccessRequest => ({
  id: row.id,
  ownerId: row.owner_id,
  grantId: row.grant_id,
  via: row.via as RequestWay,
  asked: JSON.parse(row.asked) as ModelAccess[],
  message: row.message,
  status: statusOf(row, nowMs),
  given: row.given === null ? null : (JSON.parse(row.given) as ModelAccess[]),
  createdAtMs: row.created_at,
  expiresAtMs: row.expires_at,
  decidedAtMs: row.decided_at,
});

/** The row of a request, whoever it belongs to. */
export const readRow = (db: Kysely<Schema>, id: string): Promise<RequestRow | undefined> =>
  db.selectFrom('access_requests').selectAll().where('id', '=', id).executeTakeFirst();

/** The requests of a grant that were made after `sinceMs`. */
export const readRecent = (db: Kysely<Schema>, grantId: string, sinceMs: number): Promise<RequestRow[]> =>
  db
    .selectFrom('access_requests')
    .selectAll()
    .where('grant_id', '=', grantId)
    .where('created_at', '>', sinceMs)
    .execute();

const MOST_LISTED = 200;

/** The newest requests of an owner; `pendingAtMs` leaves those that can be decided at that moment. */
export const readOwnerRows = (
  db: Kysely<Schema>,
  ownerId: string,
  pendingAtMs: number | null,
): Promise<RequestRow[]> => {
  let query = db
    .selectFrom('access_requests')
    .selectAll()
    .where('owner_id', '=', ownerId)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(MOST_LISTED);
  if (pendingAtMs !== null)
    query = query.where('status', '=', 'pending').where('expires_at', '>', pendingAtMs);
  return query.execute();
};
