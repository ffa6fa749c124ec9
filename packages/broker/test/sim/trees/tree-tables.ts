// What plain SQL says of trees of grants, on either engine, compared with the oracle's books and with what every replica says of itself.

import type { ModelAccess } from '@valetkey/core';
import { actorsOf } from '../../../src/grants/actors.ts';
import { PERIODS, UNITS } from '../books.ts';
import type { JournalRow } from '../operations.ts';
import { chainBreak } from '../sql-checks.ts';
import { lets, type Use } from './rights.ts';
import {
  type BookGrant,
  actorsOf as expectedActors,
  linkOf,
  partsOf,
  pathOf,
  stopName,
  type TreeBooks,
} from './tree-books.ts';
import type { Replica, TreeHouse } from './tree-house.ts';

const SUMS = `with recursive subtree (top, id) as (
    select id, id from links union all
    select subtree.top, links.id from subtree join links on links.parent_id = subtree.id
  )
  select subtree.top as link_id,
    cast(sum(settled_nanos + held_nanos) as bigint) as nanos,
    cast(sum(settled_requests + held_requests) as bigint) as requests,
    cast(sum(settled_tokens + held_tokens) as bigint) as tokens
  from subtree join journal on journal.link_id = subtree.id group by subtree.top`;

/** Each of these finds what MUST NOT be, as rows with a `fault`. */
const FAULTS = [
  // Two outcomes, none admitted, or an outcome that gives back what was not held.
  `select call_id as fault from journal where link_id is not null group by call_id
    having sum(case when kind = 'call.admitted' then 1 else 0 end) <> 1
      or sum(case when kind in ('call.settled', 'call.ceiling', 'call.released') then 1 else 0 end) > 1
      or (count(*) > 1 and (sum(held_nanos) <> 0 or sum(held_requests) <> 0 or sum(held_tokens) <> 0))`,
  // A grant and its link that do not agree, or that belong to two owners.
  `select grants.id as fault from grants join links on links.grant_id = grants.id
    where links.owner_id <> grants.owner_id or (grants.status = 'revoked' and links.status <> 'revoked')`,
  `select child.id as fault from links child join links parent on parent.id = child.parent_id
    where parent.owner_id <> child.owner_id`,
] as const;

/** What lives below what was revoked. */
const LEFT_ALIVE = [
  `select child.grant_id as id from links child join links parent on parent.id = child.parent_id
    where parent.status = 'revoked' and child.status <> 'revoked'`,
  `select child.id as id from grants child join grants parent on parent.id = child.parent_grant_id
    where parent.status = 'revoked' and child.status <> 'revoked'`,
] as const;

const USES: readonly Omit<Use, 'provider'>[] = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'gpt-5'].flatMap(
  (model) =>
    (['chat', 'embeddings'] as const).flatMap((capability) =>
      [[], ['function'], ['web_search']].flatMap((tools) =>
        [1, 60, 200].map((size) => ({
          model,
          capability,
          tools,
          inputTokens: size,
          outputCap: size,
          key: null,
        })),
      ),
    ),
);

/**
 * Notes every difference as a violation. `mayBeLeft`: grants below one whose revocation broke off, and was not repeated since; no call gets
 * through there either, which is judged elsewhere.
 */
export async function lookAtTrees(
  books: TreeBooks,
  house: TreeHouse,
  nowMs: number,
  mayBeLeft: (grantId: string) => boolean,
): Promise<void> {
  for (const left of LEFT_ALIVE) {
    const found = (await house.query(left)).map(({ id }) => String(id)).filter((id) => !mayBeLeft(id));
    books.expect(found.length === 0, () => `${found} live below what is revoked`);
  }
  for (const fault of FAULTS) {
    const found = (await house.query(fault)).map((row) => row.fault);
    books.expect(found.length === 0, () => `${found} by: ${fault}`);
  }
  const journal = (await house.query('select * from journal order by id')) as unknown as JournalRow[];
  const broken = chainBreak(journal);
  books.expect(broken === null, () => String(broken));
  const sums = new Map((await house.query(SUMS)).map((row) => [String(row.link_id), row]));
  const names = new Map((await house.query('select id, name from grants')).map(({ id, name }) => [id, name]));
  for (const replica of house.replicas) {
    await compareMoney(books, replica, sums, nowMs);
    await compareRights(books, replica, names);
  }
}

/** Ledger, books and SQL agree, and what children used together their parent has counted. */
async function compareMoney(
  books: TreeBooks,
  { ledger }: Replica,
  sums: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
  nowMs: number,
): Promise<void> {
  const { links } = books.money;
  const balances = await ledger.balances([...links.keys()]);
  const used = new Map<string, number>();
  for (const { linkId, openCalls, windows } of balances) {
    const row = sums.get(linkId);
    for (const unit of UNITS) {
      for (const per of PERIODS) {
        const { settled, held } = windows[unit][per];
        const known = books.money.sum(linkId, unit, per, nowMs);
        const isSame = settled === known.settled && held === known.held;
        const said = () =>
          `${linkId} ${unit} ${per}: ledger ${settled} + ${held}, books ${JSON.stringify(known)}`;
        books.expect(isSame, said);
      }
      const { settled, held } = windows[unit].total;
      const summed = Number(row?.[unit === 'usd' ? 'nanos' : unit] ?? 0);
      books.expect(
        summed === settled + held,
        () => `${linkId} ${unit}: ledger ${settled + held}, SQL ${summed}`,
      );
      used.set(`${linkId} ${unit}`, settled + held);
    }
    const open = books.money.openCallsOf(linkId);
    books.expect(open === openCalls, () => `${linkId}: ${openCalls} calls open, books ${open}`);
  }
  for (const parent of links.values()) {
    const children = [...links.values()].filter(({ parentId }) => parentId === parent.id);
    for (const unit of UNITS) {
      const below = children.reduce((sum, { id }) => sum + used.get(`${id} ${unit}`)!, 0);
      books.expect(below <= used.get(`${parent.id} ${unit}`)!, () => `below ${parent.id}: ${below} ${unit}`);
    }
  }
}

/** What a replica takes a grant to be allowed is what every grant of its path lets through, no more and no less. */
async function compareRights(
  books: TreeBooks,
  { grants, ledger }: Replica,
  names: ReadonlyMap<unknown, unknown>,
): Promise<void> {
  for (const grant of books.grants.values()) {
    const isStopped = books.stopsOf(grant.ownerId).has(stopName('app', String(grant.clientId)));
    const status = isStopped && grant.status === 'active' ? 'stopped' : grant.status;
    for (const provider of grant.parts.keys()) {
      const link = await ledger.link(linkOf(grant.id, provider));
      books.expect(link?.status === status, () => `${grant.id}: ${link?.status}, books ${status}`);
    }
    if (grant.status === 'revoked') continue;
    const path = pathOf(grant);
    const live = await grants.reread(grant.id);
    books.expect(
      `${live?.path.map(({ grantId }) => grantId)}` === `${path.map(({ id }) => id)}`,
      () => `${grant.id}: another path than ${path.map(({ id }) => id)}`,
    );
    const pins = path.flatMap(({ pins: [...ids] }) => (ids.length === 0 ? [] : `${ids.sort()}`));
    const told = (live?.pins ?? []).map((ids) => `${[...ids].sort()}`);
    books.expect(`${told}` === `${pins}`, () => `${grant.id}: pinned to ${told}, not ${pins}`);
    const actors = actorsOf(live?.path ?? [], '').map(({ sub }) => sub);
    books.expect(
      `${actors}` === `${expectedActors(path, (id) => names.get(id))}`,
      () => `${grant.id}: actors ${actors}`,
    );
    for (const provider of grant.parts.keys()) {
      const part = live?.parts.find((each) => each.provider === provider);
      const isThere = part !== undefined;
      books.expect(
        isThere === books.isHeld(path, provider),
        () => `${grant.id}: whether ${provider} may be there`,
      );
      if (part) comparePart(books, grant, path, part.access);
    }
  }
}

/** One provider's part. */
function comparePart(
  books: TreeBooks,
  grant: BookGrant,
  path: readonly BookGrant[],
  access: ModelAccess,
): void {
  const { provider, models, capabilities, tools } = access;
  const { maxInputTokens, maxOutputTokens, maxTokensPerRequest } = access;
  const parts = partsOf(path, provider)!;
  const most = (number: number | null) => number ?? Number.POSITIVE_INFINITY;
  const perRequest = {
    max_input_tokens: most(maxInputTokens),
    max_output_tokens: most(maxOutputTokens),
    tokens_per_request: most(maxTokensPerRequest),
  };
  const own = grant.parts.get(provider)!.rights;
  const told = { ...own, models, capabilities, tools: tools ?? ['function', 'custom'], perRequest };
  const wrong = USES.map((use) => ({ ...use, provider })).filter(
    (use) => lets(told, use) !== parts.every(({ rights }) => lets(rights, use)),
  );
  books.expect(wrong.length === 0, () => `${grant.id}: ${JSON.stringify([access, wrong[0]])}`);
}
