// Grants as the trees they are: what the owner gave, and what hangs below it. Pure.

import type { Call, Grant, TimeText } from '../api/types.ts';
import { grantName, isLive } from './grants.ts';

/** A grant with what was delegated from it. */
export interface Branch {
  readonly grant: Grant;
  readonly children: readonly Branch[];
  /** The earliest end on the way up: no grant outlives one above it. */
  readonly endsAt: TimeText | null;
  /** When it or anything below it was last used: its budget was, then. */
  readonly lastUsedAt: TimeText | null;
  /** Whether it is live itself but refused for a grant above it: that is paused, has ended, or may not be delegated to it any more. */
  readonly isHeldUp: boolean;
}

/** One tree for each grant that the owner gave, in the order given. A grant whose parent is not among `grants` is left out. */
export function growTrees(grants: readonly Grant[]): readonly Branch[] {
  const below = Map.groupBy(grants, (grant) => grant.parent_grant_id);
  const grow = (grant: Grant, parent: Branch | null): Branch => {
    const isParentActive = parent === null || (parent.grant.status === 'active' && !parent.isHeldUp);
    const stem: Branch = {
      grant,
      children: [],
      endsAt: inOrder([grant.expires_at, parent?.endsAt ?? null])[0] ?? null,
      lastUsedAt: grant.last_used_at,
      isHeldUp: isLive(grant) && (!isParentActive || isBarred(grant)),
    };
    const children = (below.get(grant.id) ?? []).map((child) => grow(child, stem));
    const uses = inOrder([grant.last_used_at, ...children.map((child) => child.lastUsedAt)]);
    return { ...stem, children, lastUsedAt: uses.at(-1) ?? null };
  };
  return (below.get(null) ?? []).map((grant) => grow(grant, null));
}

/** A grant that is made has a part for at least one provider. */
const isBarred = ({ barred_providers: barred, parts }: Grant): boolean =>
  barred.length > 0 && barred.length >= parts.length;

const inOrder = (moments: readonly (TimeText | null)[]): readonly TimeText[] =>
  moments.filter((at) => at !== null).sort((one, other) => Date.parse(one) - Date.parse(other));

/** The branch that begins with the grant of that id; null if no tree has it. */
export function findBranch(branches: readonly Branch[], grantId: string): Branch | null {
  for (const branch of branches) {
    const found = branch.grant.id === grantId ? branch : findBranch(branch.children, grantId);
    if (found !== null) return found;
  }
  return null;
}

/** The grants below a branch, parents before their children; the grant it begins with is not in it. */
export const grantsBelow = ({ children }: Branch): readonly Grant[] =>
  children.flatMap((child) => [child.grant, ...grantsBelow(child)]);

/** How many grants below a branch can be used, and so stop with it. */
export const countLiveBelow = (branch: Branch): number => grantsBelow(branch).filter(isLive).length;

/** Names by grant id. */
export const namesOf = (grants: readonly Grant[]): ReadonlyMap<string, string> =>
  new Map(grants.map((grant) => [grant.id, grantName(grant)]));

/** Every grant of the trees as the way that leads to it, parents before their children. */
export const pathsOf = (
  branches: readonly Branch[],
  above = '',
): readonly { readonly id: string; readonly path: string }[] =>
  branches.flatMap(({ grant, children }) => {
    const path = above + grantName(grant);
    return [{ id: grant.id, path }, ...pathsOf(children, `${path} › `)];
  });

/** The grants above the one that called, the owner's first; an id stands for a name that is not known. */
export const callersAbove = (call: Pick<Call, 'grant_path'>, names: ReadonlyMap<string, string>) =>
  call.grant_path.slice(0, -1).map((id) => ({ id, name: names.get(id) ?? id }));

/** How many models a line names before it counts the rest. */
const MODELS_NAMED = 2;

/** The models of a grant for one line: some by name, and how many more; null if an entry names none. */
export function modelsInShort({ authorization_details: details }: Pick<Grant, 'authorization_details'>) {
  if (details.some(({ models }) => models === undefined || models.includes('*'))) return null;
  const models = [...new Set(details.flatMap((detail) => detail.models ?? []))];
  return { named: models.slice(0, MODELS_NAMED), more: Math.max(0, models.length - MODELS_NAMED) };
}
