// What was said: the tree that the example printed. Every grant in it has to be in the journal, at its place, with that limit and that sum; and no
// grant may be left out.

import { jsonOf, known, must } from './fault.ts';
import type { Graph } from './graph.ts';
import { nanosOf } from './nanos.ts';

interface Claim {
  readonly name: string;
  readonly grantId: string;
  readonly limitUsd: string;
  readonly spentUsd: string;
  readonly children: readonly Claim[];
}

/** Compares what was said with the graph. How many grants there are. */
export function checkClaims(text: string, { grants }: Graph, spent: ReadonlyMap<string, number>): number {
  const said = new Set<string>();
  const visit = (claim: Claim, parentId: string | null): void => {
    const { name, grantId, limitUsd, spentUsd, children } = claim;
    const grant = known(grants.get(grantId), `${name}: there is no such grant`);
    must((grant.parent?.id ?? null) === parentId, `${name}: stands below another grant`);
    must(nanosOf(limitUsd) === grant.limitNanos, `${name}: has another limit`);
    must(
      nanosOf(spentUsd) === spent.get(grantId),
      `${name}: ${spentUsd} was said, ${spent.get(grantId)} nanos were spent`,
    );
    must(!said.has(grantId), `${name}: named twice`);
    said.add(grantId);
    for (const child of children) visit(child, grantId);
  };
  visit(jsonOf(text, 'what was said'), null);
  for (const id of grants.keys()) must(said.has(id), `${id} was not mentioned`);
  return said.size;
}
