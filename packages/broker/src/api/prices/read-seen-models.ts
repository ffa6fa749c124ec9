// The models that an owner's calls named, as the journal tells them. MUST read one owner's entries only.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../store/schema.ts';

/** A model that was called, or refused because it had no price. */
export interface SeenModel {
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  readonly lastAtMs: number;
}

/** The models of the owner's newest calls, the most frequent first, and how many calls were looked at. */
export const readSeenModels = async (
  db: Kysely<Schema>,
  ownerId: string,
  mostCalls: number,
): Promise<{ readonly models: readonly SeenModel[]; readonly calls: number }> => {
  const rows = await db
    .selectFrom('journal')
    .select(['kind', 'at', 'body'])
    .where('owner_id', '=', ownerId)
    .where(sql<boolean>`kind in ('call.admitted', 'call.refused')`)
    .orderBy('id', 'desc')
    .limit(mostCalls)
    .execute();
  const seen = new Map<string, SeenModel>();
  for (const { kind, at, body } of rows) {
    const { provider, model, capability, code } = JSON.parse(body) as Record<string, unknown>;
    // Refused for another reason, the name may be anything; without a capability the call costs nothing.
    const counts = kind === 'call.refused' ? code === 'unpriced_model' : capability !== null;
    if (!counts || typeof provider !== 'string' || typeof model !== 'string') continue;
    const key = JSON.stringify([provider, model]);
    const before = seen.get(key);
    const lastAtMs = before?.lastAtMs ?? Number(at);
    seen.set(key, { provider, model, calls: (before?.calls ?? 0) + 1, lastAtMs });
  }
  return { models: [...seen.values()].sort((a, b) => b.calls - a.calls), calls: rows.length };
};
