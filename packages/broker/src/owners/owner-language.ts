// In which language an owner is written to while nobody asks, such as in alerts: the one last chosen in Settings or spoken by the browser of a
// sign-in. Nothing is decided by it but words.

import { firstSpoken, LANGUAGES, type Language } from '@valetkey/core';
import type { Kysely } from 'kysely';
import type { Schema } from '../store/schema.ts';

/** The language of an owner; English while none was said. */
export const languageOf = async (db: Kysely<Schema>, ownerId: string): Promise<Language> => {
  const own = db.selectFrom('owners').select('language').where('owner_id', '=', ownerId);
  return firstSpoken([(await own.executeTakeFirst())?.language ?? '']) ?? LANGUAGES[0];
};

/** Keeps it. */
export const keepLanguage = async (
  db: Kysely<Schema>,
  ownerId: string,
  language: Language,
): Promise<void> => {
  await db.updateTable('owners').set({ language }).where('owner_id', '=', ownerId).execute();
};
