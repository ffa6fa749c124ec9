// A page of calls with what belongs to it: the grants that made them, devices, and where the list begins.

import type { ApiParts } from '../contract.ts';
import { pathOf } from '../grants/lineage.ts';
import { removedOf } from '../removed.ts';
import { presentCall } from './present-call.ts';
import { readCalls } from './read-calls.ts';
import type { CallFilter } from './schema.ts';

const deviceNamesOf = async (db: ApiParts['db'], ownerId: string): Promise<ReadonlyMap<string, string>> => {
  const rows = await db
    .selectFrom('devices')
    .select(['id', 'name'])
    .where('owner_id', '=', ownerId)
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
};

/** How many calls run now, at most: of a grant with all below it, or of everything. */
const openCallsOf = async (
  { owners, grants }: ApiParts,
  ownerId: string,
  grantId: string | undefined,
): Promise<number> => {
  if (grantId === undefined) return owners.openCallsOf(ownerId);
  const { balances } = await grants.usage(grantId);
  return balances.reduce((sum, { openCalls }) => sum + openCalls, 0);
};

/** One page of an owner's calls, newest first, with the names of today. */
export const readPage = async (parts: ApiParts, ownerId: string, filter: CallFilter) => {
  const { db, grants } = parts;
  const [entries, owned, deviceNames, removed] = await Promise.all([
    readCalls(db, ownerId, filter, () => openCallsOf(parts, ownerId, filter.grant_id)),
    grants.list(ownerId),
    deviceNamesOf(db, ownerId),
    removedOf({ db }, ownerId),
  ]);
  const kin = new Map(owned.map((grant) => [grant.id, grant]));
  const shown = entries.slice(0, filter.limit);
  const hasMore = entries.length > filter.limit;
  return {
    data: shown.map((each) => presentCall(each, pathOf(each.grantId, kin), deviceNames)),
    next: hasMore ? String(shown.at(-1)!.cursor) : null,
    removed,
  };
};
