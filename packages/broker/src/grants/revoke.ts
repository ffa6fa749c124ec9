// Ends a grant for ever, with everything below it. Whatever was delegated while it ended ends in the next round, so that nothing that is
// alive stands below what is dead.

import { type Result, succeed } from '@valetkey/core';
import type { Kysely } from 'kysely';
import type { Change, LinkChange } from '../ledger/contract.ts';
import type { Schema } from '../store/schema.ts';
import type { Grant, GrantRefusal, Revocation } from './contract.ts';
import { compiled, readDescendantIds } from './grant-rows.ts';

/** What the step needs. `onRevoked` cuts what runs and says how many calls that were. */
export interface RevokeDeps {
  readonly db: Kysely<Schema>;
  readonly nowMs: number;
  readonly change: (change: Change) => Promise<Result<void, GrantRefusal>>;
  readonly onRevoked: (grantIds: readonly string[]) => number;
}

/** Grants that one change ends: other owners are served between two of them. */
const MOST_AT_ONCE = 1000;

/** Ends it; repeated, it ends what an earlier attempt that broke off has left. */
export const revoke = async (
  grant: Grant,
  by: string,
  deps: RevokeDeps,
): Promise<Result<Revocation, GrantRefusal>> => {
  const revokedAtMs = grant.revokedAtMs ?? deps.nowMs;
  const grantIds: string[] = [];
  let callsCut = 0;
  for (let isRootLeft = grant.status !== 'revoked'; ; isRootLeft = false) {
    const below = await readDescendantIds(deps.db, [grant.id], ['active']);
    const ending = (isRootLeft ? [grant.id, ...below] : below).slice(0, MOST_AT_ONCE);
    if (ending.length === 0) return succeed({ grantId: grant.id, revokedAtMs, grantIds, callsCut });
    const changed = await deps.change({
      ...(await endOf(ending, grant, by, revokedAtMs, deps.db)),
      onDurable: () => {
        callsCut += deps.onRevoked(ending);
      },
    });
    if (!changed.ok) return changed;
    grantIds.push(...ending);
  }
};

const endOf = async (
  grantIds: readonly string[],
  root: Grant,
  by: string,
  revokedAtMs: number,
  db: Kysely<Schema>,
): Promise<Change> => {
  const found = await db.selectFrom('links').select('id').where('grant_id', 'in', grantIds).execute();
  const links = found.map(
    ({ id }): LinkChange => ({ kind: 'update', linkId: id, set: { status: 'revoked' } }),
  );
  const set = { status: 'revoked', revoked_at: revokedAtMs };
  // Of two that race the second changes nothing that the first has ended.
  const rows = [db.updateTable('grants').set(set).where('id', 'in', grantIds).where('status', '=', 'active')];
  const body = { by, root: root.id };
  return {
    links,
    rows: rows.map(compiled),
    entries: grantIds.map((grantId) => ({ ownerId: root.ownerId, kind: 'grant.revoked', grantId, body })),
  };
};
