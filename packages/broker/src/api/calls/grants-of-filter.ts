// Whose calls a filter asks for: one grant, a grant with all below it, or the grants that draw on a provider key. MUST give grants of that owner only.

import type { Kysely } from 'kysely';
import type { Schema } from '../../store/schema.ts';
import type { CallFilter } from './schema.ts';

/** The grant and all below it. */
const treeOf = async (db: Kysely<Schema>, ownerId: string, grantId: string): Promise<readonly string[]> => {
  const rows = await db
    .withRecursive('tree(id)', (tree) =>
      tree
        .selectFrom('grants')
        .select('id')
        .where('id', '=', grantId)
        .where('owner_id', '=', ownerId)
        .unionAll((also) =>
          also
            .selectFrom('tree')
            .innerJoin('grants', 'grants.parent_grant_id', 'tree.id')
            .select('grants.id'),
        ),
    )
    .selectFrom('tree')
    .select('id')
    .execute();
  return rows.map(({ id }) => id);
};

/** Whose calls. */
export interface Callers {
  /** Null for all grants. */
  readonly grantIds: ReadonlySet<string> | null;
  /** The links that the calls were charged to, where only those that drew on one provider key are asked for. */
  readonly linkIds: ReadonlySet<string> | null;
}

/** Whose calls the filter asks for. */
export const callersOf = async (
  db: Kysely<Schema>,
  ownerId: string,
  { grant_id: grantId, include, provider_key_id: keyId }: CallFilter,
): Promise<Callers> => {
  const isTree = grantId !== undefined && include === 'descendants';
  const named = grantId === undefined ? null : new Set([grantId]);
  const grantIds = isTree ? new Set(await treeOf(db, ownerId, grantId)) : named;
  if (keyId === undefined) return { grantIds, linkIds: null };
  const drawing = await db
    .selectFrom('links')
    .select(['id', 'grant_id'])
    .where('provider_key_id', '=', keyId)
    .where('owner_id', '=', ownerId)
    .where('grant_id', 'is not', null)
    .execute();
  const found = drawing
    .flatMap(({ grant_id }) => grant_id ?? [])
    .filter((id) => !grantIds || grantIds.has(id));
  return { grantIds: new Set(found), linkIds: new Set(drawing.map(({ id }) => id)) };
};
