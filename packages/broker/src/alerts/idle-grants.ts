// Notices grants that nobody has used for a month, by themselves or through what they delegated: a way in that nobody needs any more.

import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, type SqlBool, sql } from 'kysely';
import type { Ambient } from '../clock.ts';
import { readDescendantIds } from '../grants/grant-rows.ts';
import type { Schema } from '../store/schema.ts';
import { raise } from './follower.ts';

/** The same as the dashboard suggests for removal. */
const IDLE_MS = 30 * 86_400_000;

const PAGE = 50;

/** Between two pages calls have the time to themselves: see `grants/expiry.ts`. */
const PAUSE_MS = 100;

interface Candidate {
  readonly id: string;
  readonly owner_id: string;
  readonly created_at: number;
}

/** Grants that owners gave, that have not ended. Written so that no index of parents is taken for it: nearly all grants have none. */
const given = (db: Kysely<Schema>) =>
  db
    .selectFrom('grants')
    .where(sql<SqlBool>`coalesce(parent_grant_id, '') = ''`)
    .where('status', '=', 'active')
    .where('expired_at', 'is', null);

const OWN_USE = sql<number>`coalesce((select at from journal
  where grant_id = grants.id and kind = 'call.admitted' order by id desc limit 1), grants.created_at)`;

/** Its owner was told since it was used itself; then only a use below it that is newer could be a reason to tell again. */
const isSettled = (sinceMs: number) => sql<SqlBool>`exists (select 1 from alerts
  where alerts.grant_id = grants.id and alerts.kind = 'idle' and alerts.raised_at > ${OWN_USE}
    and (alerts.raised_at > ${sinceMs} or not exists (select 1 from grants below where below.parent_grant_id = grants.id)))`;

/** Those of a page that may be worth telling of: the database passes over the others far faster than this process could. */
const readCandidates = (
  db: Kysely<Schema>,
  after: string,
  last: string,
  sinceMs: number,
): Promise<readonly Candidate[]> =>
  given(db)
    .select(['id', 'owner_id', 'created_at'])
    .where('id', '>', after)
    .where('id', '<=', last)
    .where('created_at', '<=', sinceMs)
    .where(OWN_USE, '<=', sinceMs)
    .where((row) => row.not(isSettled(sinceMs)))
    .orderBy('id')
    .execute();

const readLastUse = async (db: Kysely<Schema>, grantId: string): Promise<number | null> => {
  const ids = [grantId, ...(await readDescendantIds(db, [grantId], ['active', 'revoked']))];
  const { rows } = await sql<{ at: number | null }>`select max(uses.at) as at from (
    select (select at from journal where grant_id = grants.id and kind = 'call.admitted' order by id desc limit 1) as at
    from grants where id in (${sql.join(ids)})) uses`.execute(db);
  return rows[0]?.at ?? null;
};

/** Whether its owner heard of it after it was last used. A call that left the journal is no reason to tell of it again. */
const isTold = async (db: Kysely<Schema>, grantId: string, lastUseMs: number): Promise<boolean> => {
  const told = db
    .selectFrom('alerts')
    .select('id')
    .where('grant_id', '=', grantId)
    .where('kind', '=', 'idle');
  return (await told.where('raised_at', '>', lastUseMs).limit(1).executeTakeFirst()) !== undefined;
};

/** Raises an alert for each, once for each time that it is left alone. Stops soon after `stopping` says so. */
export const noticeIdleGrants = async (
  db: Kysely<Schema>,
  ambient: Ambient,
  stopping?: AbortSignal,
): Promise<void> => {
  const nowMs = ambient.now();
  for (let after = ''; !stopping?.aborted; ) {
    const page: readonly { readonly id: string }[] = await given(db)
      .select('id')
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    const last: string = page.at(-1)?.id ?? after;
    for (const { id, owner_id, created_at } of await readCandidates(db, after, last, nowMs - IDLE_MS)) {
      const lastUsedAtMs = await readLastUse(db, id);
      const lastUseMs = lastUsedAtMs ?? created_at;
      if (nowMs - lastUseMs < IDLE_MS || (await isTold(db, id, lastUseMs))) continue;
      const details = { last_used_at: lastUsedAtMs };
      const event = `idle:${id}:${lastUseMs}`;
      const noticed = { kind: 'idle', details, event, grantId: id, times: 1, atMs: nowMs } as const;
      await db.transaction().execute((transaction) => raise(transaction, owner_id, noticed, ambient));
    }
    if (page.length < PAGE) return;
    after = last;
    await delay(PAUSE_MS);
  }
};
