// Keeps what the OAuth library stores: codes, tokens, pushed requests, interactions, replay marks. One-time things are won by a
// conditional write, never by reading first. MUST NOT store an id that opens something: such ids are stored as SHA-256 only.

import type { Kysely } from 'kysely';
import type { Ambient } from '../clock.ts';
import { sha256 } from '../digest.ts';
import type { Schema } from '../store/schema.ts';
import { isStorableText } from '../store/storable-text.ts';

/** One stored thing. `payload` holds everything but its own id. */
export interface Artifact {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly consumedAtMs: number | null;
}

/** The table `oauth_artifacts`, by kind and id. Ids come in the clear. */
export interface Artifacts {
  find(kind: string, id: string): Promise<Artifact | null>;
  /** By what else names it, while it lives; null also if there are two. */
  findBy(kind: string, column: 'uid' | 'user_code', value: string): Promise<Artifact | null>;
  /** Those of a kind that live, at most `most`, those that end soonest first. */
  list(kind: string, most: number): Promise<readonly Artifact[]>;
  /** Adds or replaces; keeps the mark of consumption. */
  put(
    kind: string,
    id: string,
    payload: Readonly<Record<string, unknown>>,
    expiresAtMs: number | null,
  ): Promise<void>;
  /** Adds a bare mark; true for exactly one of any number of callers. */
  claim(kind: string, id: string, expiresAtMs: number): Promise<boolean>;
  /** Marks as used; true for exactly one of any number of callers, false for the others and if there is no such thing. */
  consume(kind: string, id: string): Promise<boolean>;
  remove(kind: string, id: string): Promise<void>;
  removeByGrant(grantId: string): Promise<void>;
  /** Forgets what expired more than a day ago. Until then a second use is still recognised as one. */
  purge(): Promise<void>;
}

/** How long an expired artefact is still known, so that its second use is seen. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;

/** Grants are named by their id everywhere; every other id opens something or tells of a browser. */
const storedId = (kind: string, id: string): string => (kind === 'Grant' ? id : sha256(id));

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const toArtifact = (row: { readonly payload: string; readonly consumed_at: number | null }): Artifact => ({
  payload: JSON.parse(row.payload),
  consumedAtMs: row.consumed_at,
});

/** Artefacts in the database. */
export const createArtifacts = (db: Kysely<Schema>, ambient: Ambient): Artifacts => ({
  async find(kind, id) {
    const row = await db
      .selectFrom('oauth_artifacts')
      .select(['payload', 'consumed_at'])
      .where('kind', '=', kind)
      .where('id', '=', storedId(kind, id))
      .executeTakeFirst();
    return row ? toArtifact(row) : null;
  },

  findBy: (kind, column, value) => findBy(db, ambient.now(), kind, column, value),

  list: (kind, most) => list(db, ambient.now(), kind, most),

  async put(kind, id, { jti: _ownId, ...payload }, expiresAtMs) {
    const values = {
      payload: JSON.stringify(payload),
      grant_id: kind === 'Grant' ? id : textOrNull(payload.grantId),
      uid: textOrNull(payload.uid),
      user_code: textOrNull(payload.userCode),
      expires_at: expiresAtMs,
    };
    await db
      .insertInto('oauth_artifacts')
      .values({ kind, id: storedId(kind, id), consumed_at: null, ...values })
      .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet(values))
      .execute();
  },

  async claim(kind, id, expiresAtMs) {
    const names = { kind, id: storedId(kind, id), grant_id: null, uid: null, user_code: null };
    const row = { ...names, payload: '{}', expires_at: expiresAtMs, consumed_at: null };
    const result = await db
      .insertInto('oauth_artifacts')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['kind', 'id'])
          .doUpdateSet({ expires_at: expiresAtMs })
          .where('oauth_artifacts.expires_at', '<', ambient.now()),
      )
      .executeTakeFirst();
    return result.numInsertedOrUpdatedRows === 1n;
  },

  async consume(kind, id) {
    const result = await db
      .updateTable('oauth_artifacts')
      .set({ consumed_at: ambient.now() })
      .where('kind', '=', kind)
      .where('id', '=', storedId(kind, id))
      .where('consumed_at', 'is', null)
      .executeTakeFirst();
    return result.numUpdatedRows === 1n;
  },

  async remove(kind, id) {
    await db
      .deleteFrom('oauth_artifacts')
      .where('kind', '=', kind)
      .where('id', '=', storedId(kind, id))
      .execute();
  },

  async removeByGrant(grantId) {
    await db.deleteFrom('oauth_artifacts').where('grant_id', '=', grantId).execute();
  },

  async purge() {
    await db
      .deleteFrom('oauth_artifacts')
      .where('expires_at', '<', ambient.now() - REMEMBERED_MS)
      .execute();
  },
});

const findBy = async (
  db: Kysely<Schema>,
  nowMs: number,
  kind: string,
  column: 'uid' | 'user_code',
  value: string,
): Promise<Artifact | null> => {
  if (!isStorableText(value)) return null;
  const [row, ...others] = await db
    .selectFrom('oauth_artifacts')
    .select(['payload', 'consumed_at'])
    .where('kind', '=', kind)
    .where(column, '=', value)
    .where('expires_at', '>', nowMs)
    .limit(2)
    .execute();
  return row && others.length === 0 ? toArtifact(row) : null;
};

const list = async (
  db: Kysely<Schema>,
  nowMs: number,
  kind: string,
  most: number,
): Promise<readonly Artifact[]> => {
  const rows = await db
    .selectFrom('oauth_artifacts')
    .select(['payload', 'consumed_at'])
    .where('kind', '=', kind)
    .where('expires_at', '>', nowMs)
    .orderBy('expires_at')
    .limit(most)
    .execute();
  return rows.map(toArtifact);
};
