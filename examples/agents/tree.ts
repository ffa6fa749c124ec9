// The grants below the planner's, with what each may spend and what it and everything below it has spent, as the owner sees them.

import type { Owner } from './owner.ts';

/** One grant, and those below it. Amounts are decimal USD. */
export interface TreeNode {
  readonly name: string;
  readonly grantId: string;
  readonly status: string;
  readonly limitUsd: string;
  /** By itself and by everything below it. */
  readonly spentUsd: string;
  readonly children: readonly TreeNode[];
}

interface ApiGrant {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly parent_grant_id: string | null;
  readonly parts: readonly { readonly limits: readonly { readonly amount: string }[] }[];
  readonly spent: { readonly total_usd: string };
}

/** The tree below one of the owner's grants. */
export async function readTree(owner: Owner, grantId: string): Promise<TreeNode> {
  const { data } = await owner.api<{ data: ApiGrant[] }>('GET', '/grants?status=all');
  const nodeOf = (grant: ApiGrant): TreeNode => ({
    name: grant.name,
    grantId: grant.id,
    status: grant.status,
    limitUsd: grant.parts[0]?.limits[0]?.amount ?? 'none',
    spentUsd: grant.spent.total_usd,
    children: data
      .filter((child) => child.parent_grant_id === grant.id)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(nodeOf),
  });
  const root = data.find(({ id }) => id === grantId);
  if (!root) throw new Error(`There is no grant ${grantId}.`);
  return nodeOf(root);
}

/** The tree as text, a line for each grant. */
export function printTree(root: TreeNode): string {
  const rows = rowsOf(root, '', '');
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, rest]) => `${name.padEnd(width)}  ${rest}`).join('\n');
}

function rowsOf(
  { name, limitUsd, spentUsd, status, children }: TreeNode,
  line: string,
  indent: string,
): [name: string, rest: string][] {
  const ended = status === 'active' ? '' : `  ${status}`;
  const own: [string, string] = [`${line}${name}`, `limit $${limitUsd}  spent $${spentUsd}${ended}`];
  const below = children.flatMap((child, at) => {
    const isLast = at === children.length - 1;
    return rowsOf(child, `${indent}${isLast ? '└─ ' : '├─ '}`, `${indent}${isLast ? '   ' : '│  '}`);
  });
  return [own, ...below];
}
