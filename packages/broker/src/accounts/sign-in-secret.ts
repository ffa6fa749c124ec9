// The key that signs session cookies: made at first start, sealed in the vault, never configured by hand.

import type { Kysely } from 'kysely';
import type { Ambient } from '../clock.ts';
import type { Schema } from '../store/schema.ts';
import type { Vault } from '../vault/contract.ts';

const ID = 'sign-in';

/** The secret as text with 256 bits; the same at every start and on every replica. Throws if the vault is locked or the row was altered. */
export const openSignInSecret = async (parts: {
  readonly db: Kysely<Schema>;
  readonly vault: Pick<Vault, 'sealSecret' | 'openSecret'>;
  readonly ambient: Ambient;
}): Promise<string> => {
  const { db, vault, ambient } = parts;
  const find = db.selectFrom('secrets').select('sealed').where('id', '=', ID);
  const found = await find.executeTakeFirst();
  if (found) return vault.openSecret(ID, found.sealed);
  const secret = Buffer.from(ambient.randomBytes(32)).toString('base64url');
  const row = {
    id: ID,
    purpose: ID,
    sealed: vault.sealSecret(ID, secret),
    created_at: ambient.now(),
    retired_at: null,
  };
  await db
    .insertInto('secrets')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return vault.openSecret(ID, (await find.executeTakeFirstOrThrow()).sealed);
};
