// Old calls that left the journal: the entry `calls.removed` names each run that is missing, with the hash that the chain goes on from, and what
// its calls had settled. Whatever else is missing was taken.

import { jsonOf, known, must } from './fault.ts';
import type { Entry } from './journal.ts';

/** A run of entries that is not there; `hash` is that of its last one. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly hash: string;
}

interface RemovedBody {
  readonly until: number;
  readonly gaps: readonly Run[];
  readonly links: readonly { readonly link_id: string; readonly settled_nanos: number }[];
}

const bodiesIn = (entries: readonly Entry[]): readonly (RemovedBody & { readonly seq: number })[] =>
  entries
    .filter(({ kind }) => kind === 'calls.removed')
    .map(({ seq, body }) => ({ seq, ...jsonOf<RemovedBody>(body, `the body of entry ${seq}`) }));

/** Every run that is missing is named, whole and once, by an entry that came later; and nothing is named that is there. */
export function checkMissing(entries: readonly Entry[], missing: readonly Run[]): void {
  const named = new Map<number, Run>();
  for (const { seq, gaps } of bodiesIn(entries)) {
    for (const run of gaps) {
      must(run.from <= run.to && run.to < seq, `entry ${seq}: names entries that are no run before it`);
      must(!named.has(run.from), `entry ${run.from} is said to be removed twice`);
      named.set(run.from, run);
    }
  }
  for (const gap of missing) {
    let last: Run = { from: gap.from, to: gap.from - 1, hash: '' };
    while (last.to < gap.to) {
      const next = last.to + 1;
      last = known(named.get(next), `entry ${next} is missing, and no entry says that it was removed`);
      named.delete(next);
    }
    must(last.to === gap.to, `entry ${gap.to + 1} is said to be removed, and is there`);
    must(last.hash === gap.hash, `entry ${gap.to + 1}: does not follow what was removed before it`);
  }
  for (const from of named.keys()) must(false, `entry ${from} is said to be removed, and is there`);
}

/** What removed calls had settled in nanos, by the grant that made them. */
export function removedNanos(entries: readonly Entry[]): ReadonlyMap<string, number> {
  const nanos = new Map<string, number>();
  for (const { link_id, settled_nanos } of bodiesIn(entries).flatMap(({ links }) => links)) {
    // The link of a grant is named `grant.provider`.
    const grantId = link_id.slice(0, link_id.lastIndexOf('.'));
    nanos.set(grantId, (nanos.get(grantId) ?? 0) + settled_nanos);
  }
  return nanos;
}

/** The moment before which calls were removed; 0 if none was. */
export const removedUntil = (entries: readonly Entry[]): number =>
  Math.max(0, ...bodiesIn(entries).map(({ until }) => until));
