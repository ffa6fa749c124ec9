// What plain SQL over the raw tables says of the ledger: sums over each link's subtree, limits, outcomes, the chain of hashes. MUST NOT use
// the ledger's code, and knows nothing of what was asked.

import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { JournalRow } from './operations.ts';

/** Each link with every link at or below it. */
const SUBTREES = `subtree (top, id) as (
  select id, id from links union all
  select subtree.top, links.id from subtree join links on links.parent_id = subtree.id
)`;

/** The window of each period that a moment in milliseconds falls in, by name; a week is named by its Monday. */
const WINDOWS = {
  total: () => `''`,
  month: (at: string) => `strftime('%Y-%m', ${at} / 1000, 'unixepoch')`,
  week: (at: string) => `date(${at} / 1000, 'unixepoch', 'weekday 0', '-6 days')`,
  day: (at: string) => `date(${at} / 1000, 'unixepoch')`,
  minute: (at: string) => `strftime('%Y-%m-%dT%H:%M', ${at} / 1000, 'unixepoch')`,
} as const;

type Period = keyof typeof WINDOWS;
const PERIODS = Object.keys(WINDOWS) as Period[];
const COLUMNS = { usd: 'nanos', requests: 'requests', tokens: 'tokens' } as const;

const sumOf = (side: 'settled' | 'held', column: string, per: Period): string =>
  `sum(iif(admission.in_${per}, entry.${side}_${column}, 0)) as ${side}_${column}_${per}`;

/** What calls had settled that were removed because they were old: in no window that is open, but in \`total\`. */
const REMOVED = `select null as call_id, sum.value ->> 'link_id' as link_id, 'call.corrected' as kind,
    ${Object.values(COLUMNS)
      .map((column) => `sum.value ->> 'settled_${column}' as settled_${column}, 0 as held_${column}`)
      .join(', ')}
  from journal, json_each(body, '$.links') sum where kind = 'calls.removed'`;

const MOVES = Object.values(COLUMNS)
  .map((column) => `settled_${column}, held_${column}`)
  .join(', ');

/** Every entry counts in the windows of its call's admission, on every link from its own up. */
const SUMS = `with recursive ${SUBTREES}, admission as materialized (
    select call_id, ${PERIODS.map((per) => `${WINDOWS[per]('at')} = ${WINDOWS[per]('?1')} as in_${per}`).join(', ')}
    from journal where kind = 'call.admitted'
    union all select null, ${PERIODS.map((per) => (per === 'total' ? '1' : '0')).join(', ')}
  ), entry as (
    select call_id, link_id, kind, ${MOVES} from journal where link_id is not null
    union all ${REMOVED}
  )
  select subtree.top as link_id,
    sum(case entry.kind when 'call.admitted' then 1 when 'call.corrected' then 0 else -1 end) as open_calls,
    ${PERIODS.flatMap((per) =>
      Object.values(COLUMNS).flatMap((column) => [sumOf('settled', column, per), sumOf('held', column, per)]),
    ).join(',\n    ')}
  from entry
  join admission on admission.call_id is entry.call_id
  join subtree on subtree.id = entry.link_id
  group by subtree.top`;

/** Sums by link: `settled_nanos_month` and the like, and `open_calls`; in the windows open at `atMs`. */
export type SqlSums = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** Every link's sums over the journal. Links without entries are left out. */
export function sumsBySql(database: DatabaseSync, atMs: number): SqlSums {
  const rows = database.prepare(SUMS).all(atMs) as Record<string, number>[];
  return new Map(rows.map((row) => [String(row.link_id), row]));
}

/** The name of a sum. */
export const sumName = (side: 'settled' | 'held', unit: keyof typeof COLUMNS, per: Period): string =>
  `${side}_${COLUMNS[unit]}_${per}`;

/** What a limit allows in the window open now: its amount, and what a reset in that window let go of. */
const LIMITS = `select links.id, each.value ->> 'unit' as unit, each.value ->> 'per' as per,
  each.value ->> 'amount' + coalesce((
    select sum(reset.value ->> 'amount') from json_each(links.resets) reset
    where reset.value ->> 'unit' = each.value ->> 'unit' and reset.value ->> 'per' = each.value ->> 'per'
      and case reset.value ->> 'per'
        ${PERIODS.map((per) => `when '${per}' then ${WINDOWS[per](`(reset.value ->> 'atMs')`)} = ${WINDOWS[per]('?1')}`).join('\n        ')}
      end
  ), 0) as amount
  from links, json_each(links.limits) each`;

/** Limits that are exceeded, as `link unit per`. Only a limit lowered below what was spent, or an overrun, may be. */
export function exceededBySql(
  database: DatabaseSync,
  atMs: number,
  sums: SqlSums = sumsBySql(database, atMs),
): string[] {
  const limits = database.prepare(LIMITS).all(atMs) as {
    id: string;
    unit: keyof typeof COLUMNS;
    per: Period;
    amount: number;
  }[];
  return limits.flatMap(({ id, unit, per, amount }) => {
    const row = sums.get(id);
    const used = (row?.[sumName('settled', unit, per)] ?? 0) + (row?.[sumName('held', unit, per)] ?? 0);
    return used > amount ? [`${id} ${unit} ${per}`] : [];
  });
}

const CALL_FAULTS = `select call_id || ' has ' || group_concat(kind) || ' and holds ' || sum(held_nanos) as fault
  from journal where link_id is not null group by call_id
  having sum(kind = 'call.admitted') <> 1 or sum(kind in ('call.settled', 'call.ceiling', 'call.released')) > 1
    or sum(kind = 'call.corrected') > sum(kind = 'call.ceiling')
    or (count(*) > 1 and (sum(held_nanos) <> 0 or sum(held_requests) <> 0 or sum(held_tokens) <> 0))`;

/** Sentences about calls without exactly one admission, with two outcomes, or with an outcome that gives back what was not held. */
export const callFaults = (database: DatabaseSync): string[] =>
  database
    .prepare(CALL_FAULTS)
    .all()
    .map((row) => String(row.fault));

const COLUMNS_HASHED = [
  'owner_id',
  'kind',
  'call_id',
  'grant_id',
  'link_id',
  'held_nanos',
  'settled_nanos',
  'held_tokens',
  'settled_tokens',
  'held_requests',
  'settled_requests',
  'body',
] as const;

const sha256 = (value: unknown): string => hash('sha256', JSON.stringify(value), 'base64url');

/** The first entry of any owner whose place or hash is wrong, in a sentence; null when every chain holds. */
export function brokenChain(database: DatabaseSync): string | null {
  const rows = database.prepare('select * from journal order by id').iterate() as Iterable<unknown>;
  return chainBreak(rows as Iterable<JournalRow>);
}

/** The same of rows that were read already, in their order. */
export function chainBreak(rows: Iterable<JournalRow>): string | null {
  const journal = [...rows];
  const gaps = gapsNamed(journal);
  const heads = new Map<string, { seq: number; hash: string }>();
  for (const row of journal) {
    const { owner_id, seq, at } = row;
    let head = heads.get(owner_id) ?? { seq: 0, hash: sha256(['valetkey-journal-1', owner_id]) };
    for (
      let gap = gaps.get(`${owner_id} ${head.seq + 1}`);
      gap;
      gap = gaps.get(`${owner_id} ${head.seq + 1}`)
    ) {
      gaps.delete(`${owner_id} ${gap.from}`);
      head = { seq: gap.to, hash: gap.hash };
    }
    const expected = sha256([head.hash, seq, at, ...COLUMNS_HASHED.map((column) => row[column])]);
    if (seq !== head.seq + 1 || row.hash !== expected) return `entry ${seq} of ${owner_id} breaks the chain`;
    heads.set(owner_id, { seq, hash: expected });
  }
  return gaps.size === 0 ? null : `entries are said to be removed that are not: ${[...gaps.keys()]}`;
}

/** Runs of entries that others say were removed, by owner and first place. */
function gapsNamed(journal: readonly JournalRow[]) {
  const gaps = new Map<string, { from: number; to: number; hash: string }>();
  for (const { kind, owner_id, body } of journal)
    if (kind === 'calls.removed')
      for (const gap of JSON.parse(body).gaps) gaps.set(`${owner_id} ${gap.from}`, gap);
  return gaps;
}
