// Random secrets of the house: what signs session cookies, the library's own cookies, forms. Made at first use, never configured by hand.

import type { Kysely } from 'kysely';
import type { Ambient } from '../clock.ts';
import type { Schema } from '../store/schema.ts';
import type { SecretSealer } from './contract.ts';
import { secretPurpose } from './sealed-columns.ts';

/** Where they are kept. */
export interface HouseSecretParts {
  readonly db: Kysely<Schema>;
  readonly vault: SecretSealer;
  readonly ambient: Ambient;
}

/**
 * The secret for `purpose`, 256 bits in base64url; the same at every start and on every replica, also for those that want it first at the
 * same time. Throws if the vault is locked or the row was altered.
 */
export const houseSecret = async (
  { db, vault, ambient }: HouseSecretParts,
  purpose: string,
): Promise<string> => {
  // Earlier releases gave it an id that its purpose does not name.
  const rows = db.selectFrom('secrets').select(['id', 'purpose', 'sealed']).where('purpose', '=', purpose);
  const find = rows.orderBy('created_at', 'desc').orderBy('id').limit(1);
  const found = await find.executeTakeFirst();
  if (found) return vault.openSecret(secretPurpose(found), found.sealed);
  const secret = Buffer.from(ambient.randomBytes(32)).toString('base64url');
  const sealed = vault.sealSecret(purpose, secret);
  await db
    .insertInto('secrets')
    .values({ id: purpose, purpose, sealed, created_at: ambient.now(), retired_at: null })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return houseSecret({ db, vault, ambient }, purpose);
};
