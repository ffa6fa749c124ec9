// How often something may be tried, counted in the database: replicas count together, and a restart forgets nothing.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../store/schema.ts';

/** At most `most` in `windowSeconds` from the first one on. */
export interface Quota {
  readonly most: number;
  readonly windowSeconds: number;
}

/** Counts by key. */
export interface Quotas {
  /** Counts one try; false if it is one too many, however many come at the same time. */
  take(key: string, quota: Quota): Promise<boolean>;
  /** Forgets windows that have ended. */
  purge(): Promise<void>;
}

/** Counts in the table `quotas`. */
export const createQuotas = (db: Kysely<Schema>, now: () => number): Quotas => ({
  async take(key, { most, windowSeconds }) {
    const nowMs = now();
    const isOver = sql<boolean>`quotas.ends_at <= ${nowMs}`;
    const { used } = await db
      .insertInto('quotas')
      .values({ key, used: 1, ends_at: nowMs + windowSeconds * 1000 })
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet({
          used: sql<number>`case when ${isOver} then 1 else quotas.used + 1 end`,
          ends_at: sql<number>`case when ${isOver} then excluded.ends_at else quotas.ends_at end`,
        }),
      )
      .returning('used')
      .executeTakeFirstOrThrow();
    return Number(used) <= most;
  },

  async purge() {
    await db.deleteFrom('quotas').where('ends_at', '<=', now()).execute();
  },
});
