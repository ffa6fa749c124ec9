// Verifies one owner's part of the ledger while it runs: the chain, and that what the ledger decides by now is the sum of the entries.

import { hash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { countGaps, readRemovals } from '../../audit/read-removals.ts';
import type { Schema } from '../../store/schema.ts';
import type { Balance, Ledger } from '../contract.ts';
import type { LedgerReport } from './report.ts';
import { EntryWalk, type OwnersRemoval } from './verify-entries.ts';

/** What is compared, and with which clock. */
export interface CompareParts {
  readonly db: Kysely<Schema>;
  readonly ledger: Pick<Ledger, 'change' | 'balances'>;
  readonly now: () => number;
}

/** Entries read at once: about 5 ms of work, so that requests go on in between. */
const PAGE = 500;

/**
 * With many writers, or at the turn of a minute, balances and entries are read at slightly different moments. Only what differs every
 * time is a fault.
 */
const ATTEMPTS = 5;

/** Compares and leaves an entry that it was done; null while nothing can be recorded, or old calls go from under it. */
export async function compareOwner(parts: CompareParts, ownerId: string): Promise<LedgerReport | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const gaps = await countGaps(parts.db, ownerId);
    const report = await compareWith(parts, ownerId, await readRemovals(parts.db, ownerId));
    if (report === null || gaps === (await countGaps(parts.db, ownerId))) return report;
  }
  return null;
}

async function compareWith(
  parts: CompareParts,
  ownerId: string,
  removals: readonly OwnersRemoval[],
): Promise<LedgerReport | null> {
  const parents = new Map<string, string | null>();
  await readLinks(parts, ownerId, parents);
  const walk = new EntryWalk(parents, removals);
  await walkTo(parts, ownerId, walk, null);
  let different: readonly string[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const linkIds = await readLinks(parts, ownerId, parents);
    const mark = hash('sha256', `${parts.now()} ${walk.lastId} ${attempt}`).slice(0, 16);
    const entries = [{ ownerId, kind: 'ledger.compared', body: { mark } }];
    // A change commits alone: on the embedded engine the balances read right after it are those as of its entry, under any load.
    const changed = await parts.ledger.change({ links: [], rows: [], entries });
    const balances = await parts.ledger.balances(linkIds);
    if (!changed.ok) return null;
    await readLinks(parts, ownerId, parents);
    await walkTo(parts, ownerId, walk, mark);
    // By the time of the entry: the ledger counts by its own clock, which can be ahead of this one.
    different = differing(balances, walk, walk.lastAtMs);
    if (different.length === 0) break;
  }
  for (const linkId of different) {
    const problem = `The balances that the broker decides by for link ${linkId} are not the sums of its entries.`;
    walk.report({ entryId: null, ownerId, problem });
  }
  walk.end();
  return walk.toReport(parents.size);
}

async function readLinks(
  { db }: CompareParts,
  ownerId: string,
  parents: Map<string, string | null>,
): Promise<string[]> {
  const rows = await db
    .selectFrom('links')
    .select(['id', 'parent_id'])
    .where('owner_id', '=', ownerId)
    .execute();
  for (const { id, parent_id } of rows) parents.set(id, parent_id);
  return rows.map(({ id }) => id);
}

/** Takes entries up to the one with this mark, or all there are. */
async function walkTo({ db }: CompareParts, ownerId: string, walk: EntryWalk, mark: string | null) {
  for (;;) {
    const rows = await db
      .selectFrom('journal')
      .selectAll()
      .where('owner_id', '=', ownerId)
      .where('seq', '>', walk.lastSeq)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    for (const row of rows) {
      walk.take({ ...row });
      if (mark !== null && row.kind === 'ledger.compared' && row.body.includes(mark)) return;
    }
    if (rows.length < PAGE) return;
  }
}

const differing = (balances: readonly Balance[], { rebuild }: EntryWalk, atMs: number): string[] =>
  balances
    .filter((balance) => {
      const summed = rebuild.countersOf(balance.linkId, atMs).toBalance(balance.linkId);
      return JSON.stringify(summed) !== JSON.stringify(balance);
    })
    .map(({ linkId }) => linkId);
