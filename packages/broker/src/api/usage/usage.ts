// What the owner's grants spent: totals from the ledger's own counters, days from the journal. Days and months are UTC.

import { sql } from 'kysely';
import { z } from 'zod';
import type { Grant } from '../../grants/contract.ts';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { callsOf, settledOf } from '../grants/spent.ts';
import { removedCalls, removedOf } from '../removed.ts';
import { errorResponses, toUsd, usdText } from '../wire.ts';

const DAY_MS = 86_400_000;

const sums = { today_usd: usdText, month_usd: usdText, total_usd: usdText };

const usage = z
  .object({
    ...sums,
    calls_today: z.int(),
    calls_month: z.int(),
    by_grant: z.array(z.object({ grant_id: z.string(), name: z.string(), ...sums, calls: z.int() })),
    by_day: z
      .array(z.object({ day: z.iso.date(), usd: usdText, calls: z.int() }))
      .describe('Oldest first, without gaps'),
    removed: removedCalls.describe('Calls from before this moment count in totals, not in days'),
  })
  .meta({ id: 'Usage' });

const querystring = z.strictObject({ days: z.coerce.number().int().min(1).max(366).default(30) });

const readDays = async ({ db, ambient }: Pick<ApiParts, 'db' | 'ambient'>, ownerId: string, days: number) => {
  const firstDay = Math.floor(ambient.now() / DAY_MS) - days + 1;
  const rows = await db
    .selectFrom('journal')
    .select([sql<number>`at / ${sql.lit(DAY_MS)}`.as('day')])
    .select((e) => [e.fn.sum<number>('settled_nanos').as('nanos'), e.fn.countAll<number>().as('calls')])
    .where('owner_id', '=', ownerId)
    .where('at', '>=', firstDay * DAY_MS)
    .where(sql<boolean>`kind in ('call.settled', 'call.ceiling')`)
    .groupBy('day')
    .execute();
  const corrections = await db
    .selectFrom('journal as correction')
    .innerJoin('journal as outcome', 'outcome.call_id', 'correction.call_id')
    .select([sql<number>`outcome.at / ${sql.lit(DAY_MS)}`.as('day')])
    .select((e) => e.fn.sum<number>('correction.settled_nanos').as('nanos'))
    .where('correction.owner_id', '=', ownerId)
    .where(sql<boolean>`correction.kind = 'call.corrected'`)
    .where(sql<boolean>`outcome.kind in ('call.settled', 'call.ceiling', 'call.released')`)
    .where('outcome.at', '>=', firstDay * DAY_MS)
    .groupBy('day')
    .execute();
  const byDay = new Map(rows.map((row) => [Number(row.day), row]));
  const corrected = new Map(corrections.map((row) => [Number(row.day), Number(row.nanos)]));
  return Array.from({ length: days }, (_, index) => {
    const row = byDay.get(firstDay + index);
    const day = new Date((firstDay + index) * DAY_MS).toISOString().slice(0, 10);
    const nanos = Number(row?.nanos ?? 0) + (corrected.get(firstDay + index) ?? 0);
    return { day, usd: toUsd(nanos), calls: Number(row?.calls ?? 0) };
  });
};

const readGrant = async (grants: ApiParts['grants'], { id, name, parentGrantId }: Grant) => {
  const { balances } = await grants.usage(id);
  return {
    id,
    name,
    // What a child spends is charged to its parent, too: only grants at the top add up to the whole.
    isTop: parentGrantId === null,
    nanos: {
      today: settledOf(balances, 'usd', 'day'),
      month: settledOf(balances, 'usd', 'month'),
      total: settledOf(balances, 'usd', 'total'),
    },
    calls: {
      today: callsOf(balances, 'day'),
      month: callsOf(balances, 'month'),
      total: callsOf(balances, 'total'),
    },
  };
};

type GrantSpend = Awaited<ReturnType<typeof readGrant>>;

const toSums = (nanos: GrantSpend['nanos']) => ({
  today_usd: toUsd(nanos.today),
  month_usd: toUsd(nanos.month),
  total_usd: toUsd(nanos.total),
});

/** Registers the call. */
export const registerUsage = (app: App, parts: ApiParts): void => {
  const schema = {
    summary: 'What was spent',
    tags: ['usage'],
    querystring,
    response: { 200: usage, ...errorResponses },
  };
  app.get('/api/v1/usage', { schema }, async ({ owner, query }) => {
    const owned = await parts.grants.list(owner.ownerId);
    const [spends, byDay] = await Promise.all([
      Promise.all(owned.map((grant) => readGrant(parts.grants, grant))),
      readDays(parts, owner.ownerId, query.days),
    ]);
    const top = spends.filter(({ isTop }) => isTop);
    const add = (pick: (spend: GrantSpend) => number) => top.reduce((sum, spend) => sum + pick(spend), 0);
    return {
      ...toSums({
        today: add((s) => s.nanos.today),
        month: add((s) => s.nanos.month),
        total: add((s) => s.nanos.total),
      }),
      calls_today: add((s) => s.calls.today),
      calls_month: add((s) => s.calls.month),
      by_grant: spends.map(({ id, name, nanos, calls }) => ({
        grant_id: id,
        name,
        ...toSums(nanos),
        calls: calls.total,
      })),
      by_day: byDay,
      removed: await removedOf(parts, owner.ownerId),
    };
  });
};
