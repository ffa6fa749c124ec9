// The key that seals rows. It is made once per database, stored wrapped, and proves at start whether the master key is the right one.

import type { Kysely } from 'kysely';
import type { Ambient } from '../clock.ts';
import type { Schema } from '../store/schema.ts';
import type { KeyWrapper } from './key-wrapper.ts';

const HOUSE_KEY = 'vault_data_key';

const readWrapped = async (db: Kysely<Schema>): Promise<string | undefined> =>
  (await db.selectFrom('house').select('value').where('key', '=', HOUSE_KEY).executeTakeFirst())?.value;

const holdsSealedRows = async (db: Kysely<Schema>): Promise<boolean> => {
  const providerKey = await db.selectFrom('provider_keys').select('id').limit(1).executeTakeFirst();
  const secret = await db.selectFrom('secrets').select('id').limit(1).executeTakeFirst();
  return providerKey !== undefined || secret !== undefined;
};

/**
 * The data key of this database, made at first start; null when `wrapper` does not open it, and then nothing was written.
 * Replicas that start together agree on one: the first insert wins and everyone reads it back.
 */
export const openDataKey = async (
  db: Kysely<Schema>,
  wrapper: KeyWrapper,
  ambient: Ambient,
): Promise<Uint8Array | null> => {
  const wrapped = await readWrapped(db);
  if (wrapped !== undefined) return wrapper.unwrap(wrapped);
  // Rows without their data key can never be opened: a new key would only hide that the database is damaged.
  if (await holdsSealedRows(db)) return null;
  const value = await wrapper.wrap(ambient.randomBytes(32));
  await db
    .insertInto('house')
    .values({ key: HOUSE_KEY, value })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  return wrapper.unwrap((await readWrapped(db)) ?? '');
};
