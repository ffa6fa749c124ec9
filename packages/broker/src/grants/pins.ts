// What a grant is pinned to, as it is stored: ids of its owner's devices.

import { fail, type Result, succeed } from '@valetkey/core';
import type { Kysely } from 'kysely';
import type { Schema } from '../store/schema.ts';
import type { GrantRefusal } from './contract.ts';

/** The ids in a column; none for a grant that is not pinned. */
export const parsePins = (column: string | null): readonly string[] =>
  column === null ? [] : (JSON.parse(column) as string[]);

/** The same for the column. */
export const formatPins = (deviceIds: readonly string[]): string | null =>
  deviceIds.length === 0 ? null : JSON.stringify(deviceIds);

/** Whether a grant may be pinned to these: devices of its owner that are not lost. */
export const checkPins = async (
  db: Kysely<Schema>,
  ownerId: string,
  deviceIds: readonly string[],
): Promise<Result<void, GrantRefusal>> => {
  if (deviceIds.length === 0) return succeed(undefined);
  const found = await db
    .selectFrom('devices')
    .select('id')
    .where('owner_id', '=', ownerId)
    .where('lost_at', 'is', null)
    .where('id', 'in', [...deviceIds])
    .execute();
  const missing = deviceIds.find((id) => !found.some((row) => row.id === id));
  if (missing === undefined) return succeed(undefined);
  return fail({
    reason: 'no_device',
    detail: `There is no device ${missing} that a grant can be pinned to.`,
  });
};
