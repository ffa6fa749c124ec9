// How often something may be tried, counted in the database: replicas count together, and a restart forgets nothing. What was refused is
// refused from memory until its window ends, so that a flood of tries is no flood of writes.

import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** At most `most` in `windowSeconds` from the first one on. */
export interface Quota {
  readonly most: number;
  readonly windowSeconds: number;
}

/** Counts by key. */
export interface Quotas {
  /** Counts one try. @returns null if it may go on, else the seconds until the next one may, however many come at the same time */
  waitFor(key: string, quota: Quota): Promise<number | null>;
  /** Counts one try; false if it is one too many. */
  take(key: string, quota: Quota): Promise<boolean>;
  /** Forgets the tries of a key: the last one was right. */
  forget(key: string): Promise<void>;
  /** Forgets windows that have ended. */
  purge(): Promise<void>;
}

const MOST_REMEMBERED = 50_000;

/** Counts in the table `quotas`. */
export const createQuotas = (db: Kysely<Schema>, now: () => number): Quotas => {
  /** Ends of windows that are used up: no try gets through that could be right, so none is opened again before its end. */
  const usedUp = new Map<string, number>();

  const count = async (key: string, { windowSeconds }: Quota, nowMs: number) => {
    const isOver = sql<boolean>`quotas.ends_at <= ${nowMs}`;
    return await db
      .insertInto('quotas')
      .values({ key, used: 1, ends_at: nowMs + windowSeconds * 1000 })
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet({
          used: sql<number>`case when ${isOver} then 1 else quotas.used + 1 end`,
          ends_at: sql<number>`case when ${isOver} then excluded.ends_at else quotas.ends_at end`,
        }),
      )
      .returning(['used', 'ends_at'])
      .executeTakeFirstOrThrow();
  };

  const waitFor: Quotas['waitFor'] = async (key, quota) => {
    const nowMs = now();
    let endsAtMs = usedUp.get(key) ?? 0;
    if (endsAtMs <= nowMs) {
      const counted = await count(key, quota, nowMs);
      if (Number(counted.used) <= quota.most) return null;
      endsAtMs = Number(counted.ends_at);
      if (usedUp.size >= MOST_REMEMBERED) usedUp.clear();
      usedUp.set(key, endsAtMs);
    }
    return Math.ceil((endsAtMs - nowMs) / 1000);
  };

  return {
    waitFor,
    take: async (key, quota) => (await waitFor(key, quota)) === null,
    async forget(key) {
      usedUp.delete(key);
      await db.deleteFrom('quotas').where('key', '=', key).execute();
    },
    async purge() {
      await db.deleteFrom('quotas').where('ends_at', '<=', now()).execute();
    },
  };
};
