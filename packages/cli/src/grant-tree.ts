// Grants as a tree: those that were delegated below the one they come from.

import type { Grant } from './api-types.ts';
import { words } from './format.ts';
import type { Cell } from './terminal.ts';

/** A grant and how far below the top of its tree it stands. */
export interface PlacedGrant {
  readonly grant: Grant;
  readonly level: number;
  /** When it or anything below it was last used: what is spent below is spent of it. */
  readonly lastUsedAt: string | null;
}

/** Every grant after its parent, siblings in the order given. One whose parent is not among them stands at the top. */
export function asTree(grants: readonly Grant[]): readonly PlacedGrant[] {
  const known = new Set(grants.map(({ id }) => id));
  const byParent = Map.groupBy(grants, ({ parent_grant_id: parent }) =>
    parent !== null && known.has(parent) ? parent : null,
  );
  const below = (parent: string | null, level: number): PlacedGrant[] =>
    (byParent.get(parent) ?? []).flatMap((grant) => {
      const rest = below(grant.id, level + 1);
      const lastUsedAt = newestUse([grant, ...rest.map((placed) => placed.grant)]);
      return [{ grant, level, lastUsedAt }, ...rest];
    });
  return below(null, 0);
}

/** When the one of these that was used last was; null if none was. Times are in UTC in one form, so that their texts are in order. */
export const newestUse = (grants: readonly Pick<Grant, 'last_used_at'>[]): string | null =>
  grants
    .flatMap(({ last_used_at: at }) => at ?? [])
    .sort()
    .at(-1) ?? null;

/** What stands below one grant. */
export function below(grants: readonly Grant[], id: string): readonly PlacedGrant[] {
  const tree = asTree(grants);
  const at = tree.findIndex(({ grant }) => grant.id === id);
  if (at < 0) return [];
  const { level } = tree[at]!;
  const rest = tree.slice(at + 1);
  const end = rest.findIndex((placed) => placed.level <= level);
  return (end < 0 ? rest : rest.slice(0, end)).map((placed) => ({
    ...placed,
    level: placed.level - level - 1,
  }));
}

/** Its name, moved in for people to see what it hangs below. */
export function nameCell({ grant, level }: PlacedGrant): Cell {
  const cell = words(grant.name ?? grant.client?.name);
  return level === 0
    ? cell
    : { ...cell, text: `${'   '.repeat(level - 1)}└─ ${cell.text}`, plain: cell.plain ?? cell.text };
}
