// Notices grants that nobody has used for a month, by themselves or through what they delegated: a way in that nobody needs any more.

import { type Kysely, sql } from 'kysely';
import type { Ambient } from '../clock.ts';
import { readDescendantIds } from '../grants/grant-rows.ts';
import type { Schema } from '../store/schema.ts';
import { raise } from './follower.ts';

/** The same as the dashboard suggests for removal. */
const IDLE_MS = 30 * 86_400_000;

const PAGE = 200;

interface Candidate {
  readonly id: string;
  readonly owner_id: string;
  readonly created_at: number;
}

/** Grants that owners gave long ago, that have not ended and that were not told of since `sinceMs`. */
const readCandidates = (db: Kysely<Schema>, after: string, sinceMs: number): Promise<readonly Candidate[]> =>
  db
    .selectFrom('grants')
    .select(['id', 'owner_id', 'created_at'])
    .where('id', '>', after)
    .where('parent_grant_id', 'is', null)
    .where('status', '=', 'active')
    .where('expired_at', 'is', null)
    .where('created_at', '<=', sinceMs)
    .orderBy('id')
    .limit(PAGE)
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

/** Raises an alert for each, once for each time that it is left alone. */
export const noticeIdleGrants = async (db: Kysely<Schema>, ambient: Ambient): Promise<void> => {
  const nowMs = ambient.now();
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page: readonly Candidate[] = await readCandidates(db, after, nowMs - IDLE_MS);
    for (const { id, owner_id, created_at } of page) {
      const lastUsedAtMs = await readLastUse(db, id);
      const lastUseMs = lastUsedAtMs ?? created_at;
      if (nowMs - lastUseMs < IDLE_MS || (await isTold(db, id, lastUseMs))) continue;
      const details = { last_used_at: lastUsedAtMs };
      const event = `idle:${id}:${lastUseMs}`;
      const noticed = { kind: 'idle', details, event, grantId: id, times: 1, atMs: nowMs } as const;
      await db.transaction().execute((transaction) => raise(transaction, owner_id, noticed, ambient));
    }
    after = page.length === PAGE ? page.at(-1)?.id : undefined;
  }
};
